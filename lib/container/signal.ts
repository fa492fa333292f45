import { closeSync } from "../libc/files.ts";
import { pidfdOpen, pidfdSendSignal } from "../libc/process.ts";
import { SystemCallError } from "../libc/system_call.ts";
import { isAlive } from "./process_identity.ts";

const ESRCH = 3;

/**
 * Signal the process that had this id and start time, and no other: the descriptor is opened first, then the start time
 * compared, so that the id cannot change hands in between.
 *
 * @returns 0, or the negative errno (ESRCH: it is gone)
 * @see pidfd_open(2)
 */
export function signalProcess(pid: number, startTime: number, signal: number): number {
  let pidfd: number;
  try {
    pidfd = pidfdOpen(pid);
  } catch (error) {
    if (error instanceof SystemCallError) return -error.errno;
    throw error;
  }
  try {
    return isAlive(pid, startTime) ? pidfdSendSignal(pidfd, signal) : -ESRCH;
  } finally {
    closeSync(pidfd);
  }
}

/**
 * Kill the process for good and wait until it is gone.
 *
 * @param timeout in milliseconds
 * @returns whether it is gone
 */
export function killAndWait(pid: number, startTime: number, timeout: number): boolean {
  const SIGKILL = 9;
  signalProcess(pid, startTime, SIGKILL);
  return waitUntilGone(pid, startTime, timeout);
}

/** Wait for the end of a process that has begun to end. @returns whether it is gone, after at most `timeout` milliseconds */
export function waitUntilGone(pid: number, startTime: number, timeout: number): boolean {
  const deadline = performance.now() + timeout;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let wait = 1; isAlive(pid, startTime); wait = Math.min(wait * 2, 100)) {
    if (performance.now() > deadline) return false;
    Atomics.wait(pause, 0, 0, wait);
  }
  return true;
}
