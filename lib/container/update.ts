import { changeResources } from "../cgroup/change.ts";
import { Failure } from "../failure.ts";
import type { Resources } from "../spec/types.ts";
import { readConfigCopy, saveConfigCopy } from "./config_copy.ts";
import { withLock } from "./lock.ts";
import { loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

/** Schemas of Intel RDT, as `linux.intelRdt` has them. */
export interface RdtSchemas {
  readonly l3CacheSchema?: string;
  readonly memBwSchema?: string;
}

/**
 * Change the limits of a container that has processes. What is not given stays as it is; device rules are never touched.
 * If a limit cannot be set, those set before it are put back.
 *
 * @throws Failure
 */
export async function updateContainer(
  root: string,
  id: string,
  resources: Resources,
  schemas: RdtSchemas = {},
): Promise<void> {
  loadState(root, id);
  await withLock(root, id, async () => {
    const state = loadState(root, id);
    if (containerStatus(root, state) === "stopped") {
      throw new Failure("container not running", { code: "container.wrong_status" });
    }
    const config = readConfigCopy(root, id);
    const change =
      state.cgroup.systemd === undefined
        ? changeResources
        : (await import("../cgroup/systemd/driver.ts")).changeUnitResources;
    const inForce = change(state.cgroup, resources, config.linux?.resources ?? {});
    let linux = { ...config.linux, resources: inForce };
    if (Object.keys(schemas).length > 0) {
      const { updateSchemas } = await import("./update_schemas.ts");
      linux = { ...linux, intelRdt: updateSchemas(root, state, config, schemas) };
    }
    saveConfigCopy(root, id, { ...config, linux });
  });
}
