import { Failure } from "../failure.ts";
import { closeSync } from "../libc/files.ts";
import { pidfdSendSignal } from "../libc/process.ts";
import { trySystemCall } from "../libc/system_call.ts";
import { ESRCH } from "../program/errno.ts";
import { withSubdirectories } from "./directories.ts";
import { freeze, thaw } from "./freezer.ts";
import { type CgroupState, processDirectory } from "./state.ts";
import { readCgroupFile, writeCgroupFile } from "./write.ts";

const SIGKILL = 9;

/** Every process of the container, also in cgroups that it made itself. */
export function processesOf(state: CgroupState): number[] {
  const directory = processDirectory(state);
  return directory === undefined ? [] : withSubdirectories(directory).flatMap(processesIn);
}

/** The processes of one cgroup, none if it is not there; its threads if it is threaded, whose processes count above. */
export function processesIn(directory: string): number[] {
  const procs = readCgroupFile(`${directory}/cgroup.procs`) ?? readCgroupFile(`${directory}/cgroup.threads`);
  const lines = (procs ?? "").split("\n");
  // A process that our pid namespace does not show is 0, and to signal 0 would be to signal ourselves.
  return lines.map(Number).filter((pid) => pid > 0);
}

/**
 * Signal every process of the container. For SIGKILL they are frozen meanwhile, so that none escapes by forking, and go
 * on to die even if the container was paused.
 *
 * @see cgroup.kill (Linux 5.14); cgroup v1 has nothing like it
 */
export function signalProcesses(state: CgroupState, signal: number): void {
  if (signal !== SIGKILL) {
    signalEach(state, signal);
    return;
  }
  if (processesOf(state).length === 0) return;
  if (state.version === 2 && killAtOnce(state)) return;
  try {
    freeze(state);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // There is no freezer, or it cannot stop them all.
    signalUntilGone(state);
    return;
  }
  try {
    signalEach(state, SIGKILL);
  } finally {
    thaw(state);
  }
}

/** Returns false where the kernel cannot: before Linux 5.14, or if the cgroup is threaded. */
function killAtOnce(state: CgroupState): boolean {
  try {
    writeCgroupFile(`${processDirectory(state)}/cgroup.kill`, "1");
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "EOPNOTSUPP") return false;
    throw error;
  }
}

/** Without a freezer a process may fork while its parent is killed: kill again what is there then. */
function signalUntilGone(state: CgroupState): void {
  const ROUNDS = 100;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let round = 0; round < ROUNDS && signalEach(state, SIGKILL) > 0; round++) Atomics.wait(pause, 0, 0, 1);
}

/** So that descriptors do not run out. */
const PROCESSES_AT_ONCE = 256;

/** Returns how many there were. */
function signalEach(state: CgroupState, signal: number): number {
  const pids = processesOf(state);
  for (let at = 0; at < pids.length; at += PROCESSES_AT_ONCE) {
    signalThese(state, pids.slice(at, at + PROCESSES_AT_ONCE), signal);
  }
  return pids.length;
}

/**
 * Signal those of these processes that are still in the cgroup once a descriptor of them is open: their ids cannot change
 * hands then.
 */
function signalThese(state: CgroupState, pids: readonly number[], signal: number): void {
  const opened = pids.flatMap((pid) => {
    const pidfd = trySystemCall("pidfd_open", pid, 0);
    return pidfd < 0 ? [] : [{ pid, pidfd }];
  });
  try {
    const there = new Set(processesOf(state));
    for (const { pid, pidfd } of opened) {
      const result = there.has(pid) ? pidfdSendSignal(pidfd, signal) : 0;
      if (result < 0 && result !== -ESRCH) {
        throw new Failure(`cannot signal process ${pid}`, { errno: -result, call: "pidfd_send_signal" });
      }
    }
  } finally {
    for (const { pidfd } of opened) closeSync(pidfd);
  }
}
