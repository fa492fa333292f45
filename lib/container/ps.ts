import { processesOf } from "../cgroup/processes.ts";
import { ownDirectories } from "../cgroup/state.ts";
import { directoryEntries, linkTarget } from "../libc/files.ts";
import { isAlive } from "./process_identity.ts";
import { type ContainerState, loadState } from "./state.ts";

/** The ids of every process of a container, in the host's pid namespace, also of those in cgroups that it made itself. */
export function containerProcesses(root: string, id: string): number[] {
  const state = loadState(root, id);
  return hasCgroup(state) ? processesOf(state.cgroup) : processesWithoutCgroup(state);
}

/** An ordinary user's container may do without. */
export function hasCgroup({ cgroup }: ContainerState): boolean {
  return ownDirectories(cgroup).length > 0;
}

/** Those in the pid namespace of the first process, if it is the container's own; otherwise only that one is known. */
export function processesWithoutCgroup({ pid, startTime, sharesPidNamespace }: ContainerState): number[] {
  if (!isAlive(pid, startTime)) return [];
  if (sharesPidNamespace) return [pid];
  const namespace = pidNamespaceOf(`${pid}`);
  return directoryEntries("/proc")
    .filter(({ name }) => /^[0-9]/.test(name) && pidNamespaceOf(name) === namespace)
    .map(({ name }) => Number(name));
}

/** Undefined for a process that has ended, or is another user's. */
const pidNamespaceOf = (pid: string): string | undefined => linkTarget(`/proc/${pid}/ns/pid`);
