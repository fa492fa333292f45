/** Looking at a container's cgroups of version 1 from outside. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupV1Hierarchies } from "./facilities.ts";

/** Paths of a process in the hierarchies, by controller. */
export function v1CgroupsOf(pid: number | "self"): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n")) {
    const [, controllers = "", ...path] = line.split(":");
    for (const controller of controllers.split(",")) found.set(controller.replace(/^name=/, ""), path.join(":"));
  }
  return found;
}

/** The directory of a process's cgroup in a controller's hierarchy. */
export function v1DirectoryOf(pid: number, controller: string): string {
  return join(cgroupV1Hierarchies().get(controller) ?? "", v1CgroupsOf(pid).get(controller) ?? "");
}

/** A file of a process's cgroup, without the line's end, in the hierarchy of the controller that it is named by. */
export function readV1(pid: number, file: string): string {
  const controller = file.slice(0, file.indexOf("."));
  return readFileSync(join(v1DirectoryOf(pid, controller), file), "utf8").trim();
}
