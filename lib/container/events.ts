import { oomKills } from "../cgroup/cgroup.ts";
import { readStats, type Stats } from "../cgroup/stats.ts";
import { Failure } from "../failure.ts";
import { isAlive } from "./process_identity.ts";
import { loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

/** What `events` prints, one JSON document a line. */
export type ContainerEvent =
  | { readonly type: "stats"; readonly id: string; readonly data: Stats }
  | { readonly type: "oom"; readonly id: string };

/** How often is looked whether the kernel has killed a process: its own notice is different on each cgroup version. */
const OOM_INTERVAL = 200;

/** What a container uses now. @throws Failure unless it has processes */
export function statsEvent(root: string, id: string): ContainerEvent {
  const state = loadState(root, id);
  const status = containerStatus(root, state);
  if (status === "stopped" || status === "creating") {
    throw new Failure(`container with id ${id} is not running`, { code: "container.wrong_status" });
  }
  return { type: "stats", id, data: readStats(state.cgroup) };
}

/**
 * Tell what a container uses, again and again, and each time that the kernel kills a process for lack of memory, until
 * the container ends.
 *
 * @param interval milliseconds between two statistics
 * @throws Failure unless it has processes
 */
export async function watchEvents(
  root: string,
  id: string,
  interval: number,
  tell: (event: ContainerEvent) => void,
): Promise<void> {
  const state = loadState(root, id);
  tell(statsEvent(root, id));
  let killed = oomKills(state.cgroup);
  let next = performance.now() + interval;
  while (isAlive(state.pid, state.startTime)) {
    const pause = Math.min(OOM_INTERVAL, Math.max(0, next - performance.now()));
    await new Promise((resolve) => setTimeout(resolve, pause));
    const now = oomKills(state.cgroup);
    for (; killed < now; killed++) tell({ type: "oom", id });
    if (performance.now() < next || !isAlive(state.pid, state.startTime)) continue;
    tell({ type: "stats", id, data: readStats(state.cgroup) });
    next += interval;
  }
}
