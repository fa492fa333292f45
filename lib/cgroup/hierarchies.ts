import { readFileSync } from "node:fs";

/** One mounted cgroup hierarchy. */
export interface Hierarchy {
  /** The controllers of a v1 hierarchy, or `name=systemd`; of the v2 one none is told here. */
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** The cgroup that is mounted there, `/` but in a container without a cgroup namespace. */
  readonly root: string;
}

/** How this machine mounts cgroups. */
export interface Hierarchies {
  readonly v1: readonly Hierarchy[];
  readonly v2: Hierarchy | undefined;
}

/** `v1` also where a v2 hierarchy without controllers stands beside it (hybrid). */
export type Version = 1 | 2;

export function versionOf({ v1 }: Hierarchies): Version {
  return v1.length > 0 ? 1 : 2;
}

/**
 * Read the mounted hierarchies from a mountinfo.
 *
 * @see proc_pid_mountinfo(5), cgroups(7)
 */
export function parseHierarchies(mountinfo: string): Hierarchies {
  const v1: Hierarchy[] = [];
  let v2: Hierarchy | undefined;
  for (const line of mountinfo.split("\n")) {
    const separator = line.indexOf(" - cgroup");
    if (separator < 0) continue;
    const fields = line.split(" ");
    const [type, , superOptions = ""] = line.slice(separator + 3).split(" ");
    const [root, mountPoint] = [unescape(fields[3]!), unescape(fields[4]!)];
    if (type === "cgroup2") v2 ??= { controllers: [], mountPoint, root };
    else {
      const controllers = superOptions.split(",").filter((option) => isController(option));
      // The same hierarchy may be mounted in several places; the first counts.
      if (!v1.some((known) => known.controllers.join() === controllers.join()))
        v1.push({ controllers, mountPoint, root });
    }
  }
  return { v1, v2 };
}

export function readHierarchies(): Hierarchies {
  return parseHierarchies(readFileSync("/proc/self/mountinfo", "utf8"));
}

const NO_CONTROLLERS = new Set(["rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode", "favordynmods"]);

function isController(option: string): boolean {
  return !NO_CONTROLLERS.has(option) && !option.startsWith("release_agent=");
}

/** mountinfo writes blanks and backslashes as octal numbers. */
function unescape(field: string): string {
  return field.includes("\\")
    ? field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
    : field;
}
