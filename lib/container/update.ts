import { updateResources } from "../cgroup/cgroup.ts";
import { Failure } from "../failure.ts";
import type { Resources } from "../spec/types.ts";
import { withLock } from "./lock.ts";
import { loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

/**
 * Change the limits of a container that has processes. What is not given stays as it is; device rules are never touched.
 *
 * @throws Failure
 */
export async function updateContainer(root: string, id: string, resources: Resources): Promise<void> {
  loadState(root, id);
  await withLock(root, id, () => {
    const state = loadState(root, id);
    if (containerStatus(root, state) === "stopped") {
      throw new Failure("container not running", { code: "container.wrong_status" });
    }
    updateResources(state.cgroup, resources);
  });
}
