import { processesOf } from "../cgroup/processes.ts";
import { loadState } from "./state.ts";

/** The ids of every process of a container, in the host's pid namespace, also of those in cgroups that it made itself. */
export function containerProcesses(root: string, id: string): number[] {
  return processesOf(loadState(root, id).cgroup);
}
