import { Failure } from "../failure.ts";
import { existsSync, readFileSync } from "../libc/files.ts";
import { join } from "../libc/paths.ts";
import { type CgroupJoin, joinOf } from "./join.ts";
import { type Location, parseOwnCgroups } from "./location.ts";
import type { CgroupState } from "./state.ts";

/**
 * The cgroups below the container's that `exec --cgroup` names: `PATH` for every hierarchy, or
 * `CONTROLLER[,CONTROLLER]:PATH` for those of v1. Without any it is the container's own cgroups.
 *
 * @param first the container's first process
 * @throws Failure if one is named that is not there
 */
export function joinBelow(state: CgroupState, paths: readonly string[], first: number): CgroupJoin {
  const { v1, v2 } = state;
  if (paths.length === 0) return { ...joinOf(state), ...otherThanOwn(state, first) };
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

/** On v2 where the first process is, if it has moved to a cgroup below the container's. */
function otherThanOwn({ version, v2 }: CgroupState, first: number): { instead: string } | undefined {
  if (version !== 2 || v2 === undefined) return undefined;
  const path = parseOwnCgroups(readFileSync(`/proc/${first}/cgroup`, "latin1").trimEnd()).get("") ?? "";
  const instead = join(v2.mountPoint, path);
  return instead.startsWith(`${v2.directory}/`) && existsSync(instead) ? { instead } : undefined;
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
