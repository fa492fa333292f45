import { Failure } from "../failure.ts";
import { existsSync } from "../libc/files.ts";
import { join } from "../libc/paths.ts";
import { type CgroupJoin, joinOf } from "./join.ts";
import type { Location } from "./location.ts";
import type { CgroupState } from "./state.ts";

/**
 * The cgroups below the container's that `exec --cgroup` names: `PATH` for every hierarchy, or
 * `CONTROLLER[,CONTROLLER]:PATH` for those of v1. Without any it is the container's own cgroups.
 *
 * @throws Failure if one is named that is not there
 */
export function joinBelow(state: CgroupState, paths: readonly string[]): CgroupJoin {
  const { v1, v2 } = state;
  const below = new Map<string, string>();
  for (const spelled of paths) {
    const colon = spelled.indexOf(":");
    const path = spelled.slice(colon + 1);
    for (const { directory } of colon < 0 ? [...v1, ...(v2 === undefined ? [] : [v2])] : chosen(v1, spelled, colon)) {
      const full = join(directory, path);
      if (!`${full}/`.startsWith(`${directory}/`) || !existsSync(full)) {
        throw new Failure(`--cgroup ${spelled}: ${full} is no cgroup of the container`, { code: "usage" });
      }
      below.set(directory, path);
    }
  }
  return joinOf(state, below);
}

function chosen(v1: readonly Location[], spelled: string, colon: number): Location[] {
  return spelled
    .slice(0, colon)
    .split(",")
    .map((name) => hierarchyOf(v1, name, spelled));
}

function hierarchyOf(v1: readonly Location[], controller: string, spelled: string): Location {
  const found = v1.find(({ controllers }) => controllers.includes(controller));
  if (found !== undefined) return found;
  throw new Failure(`--cgroup ${spelled}: the container has no cgroup of the controller ${controller}`, {
    code: "usage",
  });
}
