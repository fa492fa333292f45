import type { ProgramBuilder } from "../program/builder.ts";
import { CLOSE_RANGE_CLOEXEC, F_SETFD, FD_CLOEXEC, LAST_DESCRIPTOR } from "../program/constants.ts";

const FIRST_AFTER_STDIO = 3;

/**
 * Close whatever was inherited but the standard streams, the descriptors to preserve, and those that the program uses;
 * the latter are close-on-exec from now on.
 *
 * @param preserved how many descriptors from 3 on the container's process is to get (`--preserve-fds`)
 * @param used descriptors by number
 * @see CVE-2024-21626
 */
export function keepOnly(p: ProgramBuilder, preserved: number, used: readonly number[]): void {
  const sorted = [...used].sort((a, b) => a - b);
  let from = FIRST_AFTER_STDIO + preserved;
  for (const fd of sorted) {
    if (fd > from) p.call("close_range", [from, fd - 1, 0]);
    p.call("fcntl", [fd, F_SETFD, FD_CLOEXEC]);
    if (fd >= from) from = fd + 1;
  }
  p.call("close_range", [from, LAST_DESCRIPTOR, 0]);
}

/** Nothing beyond the standard streams and the preserved descriptors reaches the container's process. */
export function closeOnExec(p: ProgramBuilder, preserved: number): void {
  p.call("close_range", [FIRST_AFTER_STDIO + preserved, LAST_DESCRIPTOR, CLOSE_RANGE_CLOEXEC]);
}
