/** Where an engine is told to put its containers' cgroups: below one, or in a slice where systemd makes them. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupDriver } from "../harness/cgroup_place.ts";
import { succeeded } from "../harness/command.ts";
import { cgroupLayout, cgroupV1Hierarchies } from "../harness/facilities.ts";
import { systemctl, unitsNamed } from "../harness/systemd.ts";

/** Whether engines are to leave cgroups to systemd. */
export const bySystemd = cgroupDriver === "systemd";

/** The name of the slice. A hyphen would put it into another one. */
const sliceOf = (id: string): string => `${id.replaceAll("-", "")}.slice`;

/** What goes by the name of "cgroup parent" with most engines. @param id the scenario's */
export const cgroupParent = (id: string): string => (bySystemd ? sliceOf(id) : `/${id}`);

/** The limits of a cgroup, as the kernel has them. */
export interface Limits {
  readonly memory: string;
  readonly quota: string;
  readonly pids: string;
  readonly cpus: string;
}

/**
 * Read the limits of a container.
 *
 * @param id the scenario's
 * @param name of the container's cgroup, without `.scope`
 */
export function limitsBelow(id: string, name: string): Limits {
  const path = bySystemd ? `/${sliceOf(id)}/${name}.scope` : `/${id}/${name}`;
  const v1 = cgroupLayout() !== "v2";
  const read = (controller: string, file: string): string => {
    const hierarchy = v1 ? (cgroupV1Hierarchies().get(controller) ?? "") : "/sys/fs/cgroup";
    return readFileSync(join(hierarchy, path, `${controller}.${file}`), "utf8").trim();
  };
  return {
    memory: read("memory", v1 ? "limit_in_bytes" : "max"),
    quota: read("cpu", v1 ? "cfs_quota_us" : "max").split(" ")[0] ?? "",
    pids: read("pids", "max"),
    cpus: read("cpuset", "cpus"),
  };
}

/** Remove the slice, in which nothing may be left. @param id the scenario's @throws Error if there is something */
export async function removeSlice(id: string): Promise<void> {
  if (!bySystemd) return;
  const slice = sliceOf(id);
  const units = await unitsNamed(`*${slice.slice(0, -".slice".length)}*`);
  const left = units.filter((unit) => unit !== slice);
  if (units.includes(slice)) succeeded(await systemctl("stop", slice));
  if (left.length > 0) throw new Error(`left in systemd: ${left.join(", ")}`);
}
