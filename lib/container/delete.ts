import { isFrozen, thawKilled } from "../cgroup/freezer.ts";
import { signalProcesses } from "../cgroup/processes.ts";
import { debugLog } from "../debug_log.ts";
import { Failure } from "../failure.ts";
import { existsSync } from "../libc/files.ts";
import { destroyCgroups } from "./destroy_cgroups.ts";
import { withLock } from "./lock.ts";
import { runPoststopHooks } from "./poststop.ts";
import { killAndWait, signalProcess } from "./signal.ts";
import { type ContainerState, checkId, containerDirectory, loadState, removeDirectory } from "./state.ts";
import { containerStatus } from "./status.ts";

const KILL_TIMEOUT = 10_000;
const SIGKILL = 9;

/**
 * Delete a container: its cgroups and its directory. A created one is killed first.
 *
 * @param options force: a running one is killed, and one that does not exist is no error
 * @throws Failure
 * @see runtime.md, "Delete"
 */
export async function deleteContainer(root: string, id: string, options: { force: boolean }): Promise<void> {
  checkId(id);
  if (!options.force) {
    loadState(root, id);
    await withLock(root, id, () => destroy(root, loadState(root, id), false));
    return;
  }
  if (!existsSync(containerDirectory(root, id))) return;
  // Before waiting for the lock: whoever holds it may wait for this process.
  const known = loadStateIfAny(root, id);
  if (known !== undefined) killFirst(known);
  try {
    await withLock(root, id, async () => {
      const state = loadStateIfAny(root, id);
      if (state !== undefined) await destroy(root, state, true);
      // Killed before it wrote its state, or the state is damaged: the directory is all there is to find.
      else removeDirectory(root, id);
    });
  } catch (failure) {
    // Someone else has deleted it meanwhile.
    if (!(failure instanceof Failure && failure.code === "container.not_found")) throw failure;
  }
}

function loadStateIfAny(root: string, id: string): ContainerState | undefined {
  try {
    return loadState(root, id);
  } catch (failure) {
    debugLog("delete", () => String(failure));
    return undefined;
  }
}

/** Kill the container's first process, and wait until it is gone. A frozen one does not end before it is thawed. */
function killFirst(state: ContainerState): boolean {
  if (signalProcess(state.pid, state.startTime, SIGKILL) === 0 && isFrozen(state.cgroup)) thawKilled(state.cgroup);
  return killAndWait(state.pid, state.startTime, KILL_TIMEOUT);
}

/** Delete a container whose lock is held. @throws Failure */
export async function destroy(root: string, state: ContainerState, force: boolean): Promise<void> {
  const status = containerStatus(root, state);
  if (status !== "stopped" && status !== "created" && status !== "creating" && !force) {
    throw new Failure(`cannot delete container ${state.id} that is not stopped: ${status}`, {
      code: "container.wrong_status",
    });
  }
  if (!killFirst(state)) {
    throw new Failure(`container ${state.id} is still there after SIGKILL`);
  }
  debugLog("delete", () => `the first process of ${state.id} is gone; its cgroups and its directory follow`);
  // What the first process left behind, where it was not the first of a pid namespace of its own.
  signalProcesses(state.cgroup, SIGKILL);
  await destroyCgroups(state.cgroup);
  if (state.resctrl !== undefined) (await import("./resctrl.ts")).leaveResctrl(state.resctrl);
  if (state.coveredRoot !== undefined) (await import("./covered_root.ts")).uncoverRoot(state.rootfs, state.coveredRoot);
  await runPoststopHooks(root, state);
  removeDirectory(root, state.id);
}
