import { Failure } from "../failure.ts";
import { readFileSync } from "../libc/files.ts";
import { type Hierarchies, type Hierarchy, versionOf } from "./hierarchies.ts";

const POINTER = "/linux/cgroupsPath";

/** A container's cgroup in one hierarchy. */
export interface Location {
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** Its directory, an absolute path below the mount point. */
  readonly directory: string;
}

/**
 * Where a container's cgroups are. An absolute `cgroupsPath` starts at the mount point; a relative one, or the
 * container's id in place of none, at tsrun's own cgroup on v1 and beside it on v2, where a cgroup with processes
 * cannot have controllers for its children.
 *
 * @param own the text of /proc/self/cgroup
 * @throws Failure if the path is no cgroup of the container's own, or leads out of the hierarchy
 * @see config-linux.md, "Cgroups Path"; the rules are runc's
 */
export function locate(
  hierarchies: Hierarchies,
  cgroupsPath: string | undefined,
  id: string,
  own: string,
): { readonly v1: readonly Location[]; readonly v2: Location | undefined } {
  const path = cgroupsPath || id;
  const names = path.split("/").filter((name) => name !== "" && name !== ".");
  if (names.includes("..")) throw invalid(`${JSON.stringify(path)} contains ".."`);
  // Its limits would be everybody's, and it would be removed with the container.
  if (names.length === 0) throw invalid(`${JSON.stringify(path)} is the root of all cgroups`);
  const below = `/${names.join("/")}`;
  const ownPaths = parseOwnCgroups(own);
  const place = ({ controllers, mountPoint, root }: Hierarchy, ownPath: string): Location => ({
    controllers,
    mountPoint,
    directory: mountPoint + (path.startsWith("/") ? "" : belowRoot(root, ownPath)) + below,
  });
  const ownUnified = ownPaths.get("") ?? "/";
  if (versionOf(hierarchies) === 2) {
    return { v1: [], v2: hierarchies.v2 && place(hierarchies.v2, ownUnified.slice(0, ownUnified.lastIndexOf("/"))) };
  }
  return {
    v1: hierarchies.v1.map((hierarchy) => place(hierarchy, ownPaths.get(hierarchy.controllers.join(",")) ?? "/")),
    v2: hierarchies.v2 && place(hierarchies.v2, ownUnified),
  };
}

/** A cgroup's path from the root of a mount; the root itself, which is empty, where the mount does not show it. */
function belowRoot(root: string, path: string): string {
  const above = root === "/" ? "" : root;
  const isBelow = path.startsWith(`${above}/`) && !path.startsWith("/..");
  return isBelow && path !== "/" ? path.slice(above.length) : "";
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

function invalid(why: string): Failure {
  return new Failure(`${POINTER}: ${why}`, { code: "config.invalid", pointer: POINTER });
}
