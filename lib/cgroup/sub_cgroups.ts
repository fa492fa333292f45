import { existsSync } from "node:fs";
import { posix } from "node:path";
import { Failure } from "../failure.ts";
import type { Location } from "./location.ts";
import type { CgroupState } from "./state.ts";

/**
 * The `cgroup.procs` files of cgroups below the container's, as `exec --cgroup` names them: `PATH` for every hierarchy, or
 * `CONTROLLER[,CONTROLLER]:PATH` for those of v1. Without any it is the container's own cgroups.
 *
 * @throws Failure if one is named that is not there
 */
export function procsFilesOf({ v1, v2 }: CgroupState, paths: readonly string[]): string[] {
  const below = new Map<Location, string>();
  const all = [...v1, ...(v2 === undefined ? [] : [v2])];
  for (const spelled of paths) {
    const colon = spelled.indexOf(":");
    const controllers = colon < 0 ? undefined : spelled.slice(0, colon).split(",");
    const path = spelled.slice(colon + 1);
    const chosen = controllers === undefined ? all : controllers.map((name) => hierarchyOf(v1, name, spelled));
    for (const location of chosen) below.set(location, path);
  }
  return all.map((location) => {
    const path = below.get(location) ?? "";
    const directory = posix.join(location.directory, path);
    if (`${directory}/`.startsWith(`${location.directory}/`) && existsSync(directory))
      return `${directory}/cgroup.procs`;
    throw new Failure(`--cgroup ${path}: ${directory} is no cgroup of the container`, { code: "usage" });
  });
}

function hierarchyOf(v1: readonly Location[], controller: string, spelled: string): Location {
  const found = v1.find(({ controllers }) => controllers.includes(controller));
  if (found !== undefined) return found;
  throw new Failure(`--cgroup ${spelled}: the container has no cgroup of the controller ${controller}`, {
    code: "usage",
  });
}
