import { Failure } from "../failure.ts";
import { systemCall, trySystemCall } from "../libc/system_call.ts";
import { F_SETFD, FD_CLOEXEC, O_RDONLY } from "../program/constants.ts";
import { EBADF } from "../program/errno.ts";

const FIRST_AFTER_STDIO = 3;
/** fcntl.h */
const F_GETFL = 3;
const O_ACCMODE = 3;

/**
 * Let what is started from now on inherit the descriptors to preserve. The engine marks every descriptor close-on-exec
 * when it starts, so the launcher counts those that it was started with.
 *
 * @param count how many, from 3 on (`--preserve-fds`)
 * @returns the descriptors
 * @throws Failure if tsrun was not started with that many
 */
export function inheritPreserved(count: number): number[] {
  const descriptors: number[] = [];
  for (let i = 0; i < count; i++) descriptors.push(FIRST_AFTER_STDIO + i);
  const inherited = Number(process.env.TSRUN_INHERITED_DESCRIPTORS ?? 0);
  if (count > inherited) {
    throw new Failure(`--preserve-fds ${count}: descriptor ${FIRST_AFTER_STDIO + inherited} is not open`, {
      code: "usage",
    });
  }
  for (const fd of descriptors) systemCall("fcntl", fd, F_SETFD, 0);
  return descriptors;
}

/** The container has them now. */
export function closePreserved(descriptors: readonly number[]): void {
  for (const fd of descriptors) trySystemCall("fcntl", fd, F_SETFD, FD_CLOEXEC);
}

/**
 * A descriptor that tsrun was started with, to write to.
 *
 * @param option which names it
 * @throws Failure unless it is open for writing
 */
export function writableDescriptor(fd: number, option: string): number {
  const inherited = Number(process.env.TSRUN_INHERITED_DESCRIPTORS ?? 0);
  const flags = fd < FIRST_AFTER_STDIO + inherited ? trySystemCall("fcntl", fd, F_GETFL) : -EBADF;
  const refuse = (why: string): never => {
    throw new Failure(`${option} ${fd}: ${why}`, { code: "usage" });
  };
  if (flags < 0) refuse("the descriptor is not open");
  if ((flags & O_ACCMODE) === O_RDONLY) refuse("the descriptor is not open for writing");
  return fd;
}
