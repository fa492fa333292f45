import { freeze, thaw } from "../cgroup/freezer.ts";
import { Failure } from "../failure.ts";
import { withLock } from "./lock.ts";
import { loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

/**
 * Suspend every process of a running or created container.
 *
 * @throws Failure
 */
export function pauseContainer(root: string, id: string): Promise<void> {
  return inStatus(root, id, ["running", "created"], "container not running", freeze);
}

/** Let the processes of a paused container go on. @throws Failure */
export function resumeContainer(root: string, id: string): Promise<void> {
  return inStatus(root, id, ["paused"], "container not paused", thaw);
}

async function inStatus(
  root: string,
  id: string,
  allowed: readonly string[],
  otherwise: string,
  change: typeof freeze,
): Promise<void> {
  loadState(root, id);
  await withLock(root, id, () => {
    const state = loadState(root, id);
    if (!allowed.includes(containerStatus(root, state))) {
      throw new Failure(otherwise, { code: "container.wrong_status" });
    }
    change(state.cgroup);
  });
}
