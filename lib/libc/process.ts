import { SIG_SETMASK, SIGSET_SIZE } from "../program/constants.ts";
import { directoryEntries } from "./files.ts";
import { systemCall, trySystemCall } from "./system_call.ts";

const EVERY_SIGNAL = new Uint8Array(SIGSET_SIZE).fill(0xff);
const WNOHANG = 1;
const ECHILD = 10;
const EINTR = 4;

/** How a child ended: its exit status, or 128 and the number of the signal that ended it. */
export function waitForExit(pid: number): number {
  const status = new Int32Array(1);
  while (true) {
    const result = trySystemCall("wait4", pid, status, 0, 0);
    if (result === pid) return exitStatus(status[0]!);
    if (result !== -EINTR) return result === -ECHILD ? 0 : 1;
  }
}

/** Take up a child that has ended, if it has. */
export function reap(pid: number): void {
  trySystemCall("wait4", pid, 0, WNOHANG, 0);
}

/** How a process ended, in words. @param status as wait4(2) gives it */
export function describeWaitStatus(status: number): string {
  const signal = status & 0x7f;
  return signal === 0 ? `exit status ${(status >> 8) & 0xff}` : `killed by signal ${signal}`;
}

function exitStatus(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}

/**
 * Hold the signals of this process back, for what it becomes by execve(2), which inherits them with the mask.
 *
 * @returns whether none can be lost: other threads would still take them
 */
export function holdSignals(): boolean {
  systemCall("rt_sigprocmask", SIG_SETMASK, EVERY_SIGNAL, 0, SIGSET_SIZE);
  return directoryEntries("/proc/self/task").length === 1;
}

/** A descriptor of the process, close-on-exec. @throws SystemCallError (ESRCH: there is no such process) @see pidfd_open(2) */
export function pidfdOpen(pid: number): number {
  return systemCall("pidfd_open", pid, 0);
}

/** Returns 0, or the negative errno. @see pidfd_send_signal(2) */
export function pidfdSendSignal(pidfd: number, signal: number): number {
  return trySystemCall("pidfd_send_signal", pidfd, signal, 0, 0);
}
