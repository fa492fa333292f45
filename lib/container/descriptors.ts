import { Failure } from "../failure.ts";
import { trySystemCall } from "../libc/system_call.ts";
import { FD_CLOEXEC } from "../program/constants.ts";

const F_GETFD = 1;
const FIRST_AFTER_STDIO = 3;

/**
 * Check that the descriptors to preserve are there. Those that were inherited are not close-on-exec; all of our own are.
 *
 * @param count how many, from 3 on (`--preserve-fds`)
 */
export function checkPreserved(count: number): void {
  for (let fd = FIRST_AFTER_STDIO; fd < FIRST_AFTER_STDIO + count; fd++) {
    const flags = trySystemCall("fcntl", fd, F_GETFD);
    if (flags < 0 || (flags & FD_CLOEXEC) !== 0) {
      throw new Failure(`--preserve-fds ${count}: descriptor ${fd} is not open`, { code: "usage" });
    }
  }
}
