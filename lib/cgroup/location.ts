import { readFileSync } from "node:fs";
import { posix } from "node:path";
import { Failure } from "../failure.ts";
import { type Hierarchies, type Hierarchy, versionOf } from "./hierarchies.ts";

/** A container's cgroup in one hierarchy. */
export interface Location {
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** Its directory, an absolute path. */
  readonly directory: string;
}

/**
 * Where a container's cgroups are. An absolute `cgroupsPath` starts at the mount point; a relative one, or the
 * container's id in place of none, at tsrun's own cgroup on v1 and beside it on v2, where a cgroup with processes
 * cannot have controllers for its children.
 *
 * @param own the text of /proc/self/cgroup
 * @throws Failure if the path leads out of the hierarchy
 * @see config-linux.md, "Cgroups Path"; the rules are runc's
 */
export function locate(
  hierarchies: Hierarchies,
  cgroupsPath: string | undefined,
  id: string,
  own: string,
): { readonly v1: readonly Location[]; readonly v2: Location | undefined } {
  const path = cgroupsPath || id;
  if (path.split("/").includes("..")) {
    throw new Failure(`/linux/cgroupsPath: ${JSON.stringify(path)} contains ".."`, {
      code: "config.invalid",
      pointer: "/linux/cgroupsPath",
    });
  }
  const ownPaths = parseOwnCgroups(own);
  const unified = versionOf(hierarchies) === 2;
  const place = (hierarchy: Hierarchy, ownPath: string): Location => {
    const base = path.startsWith("/") ? "/" : posix.relative(hierarchy.root, ownPath);
    return {
      controllers: hierarchy.controllers,
      mountPoint: hierarchy.mountPoint,
      directory: posix.join(hierarchy.mountPoint, base, path),
    };
  };
  return {
    v1: hierarchies.v1.map((hierarchy) => place(hierarchy, ownPaths.get(hierarchy.controllers.join(",")) ?? "/")),
    v2:
      hierarchies.v2 &&
      place(hierarchies.v2, unified ? posix.dirname(ownPaths.get("") ?? "/") : (ownPaths.get("") ?? "/")),
  };
}

export function readOwnCgroups(): string {
  return readFileSync("/proc/self/cgroup", "utf8");
}

/** Cgroup paths by controllers, as `cpu,cpuacct`; the v2 one under the empty name. @see cgroups(7), /proc/pid/cgroup */
export function parseOwnCgroups(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split("\n")) {
    const first = line.indexOf(":");
    const second = line.indexOf(":", first + 1);
    if (second > 0) paths.set(line.slice(first + 1, second), line.slice(second + 1));
  }
  return paths;
}
