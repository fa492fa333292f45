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

/** 1 also where a v2 hierarchy without controllers stands beside v1 (hybrid). */
export type Version = 1 | 2;

/**
 * Which version the machine uses. What is mounted at /sys/fs/cgroup itself decides: some programs mount a lone v1
 * hierarchy such as net_cls beside v2.
 */
export function versionOf({ v1, v2 }: Hierarchies): Version {
  return v1.length === 0 || v2?.mountPoint === "/sys/fs/cgroup" ? 2 : 1;
}

/**
 * Read the mounted hierarchies from a mountinfo. Where one is mounted in several places the first counts.
 *
 * @see proc_pid_mountinfo(5), cgroups(7)
 */
export function parseHierarchies(mountinfo: string): Hierarchies {
  const v1: Hierarchy[] = [];
  const devices: string[] = [];
  let v2: Hierarchy | undefined;
  for (const line of mountinfo.split("\n")) {
    if (!line.includes(" - cgroup")) continue;
    const fields = line.split(" ");
    const separator = fields.indexOf("-");
    const device = fields[2]!;
    const root = unescapeField(fields[3]!);
    const mountPoint = unescapeField(fields[4]!);
    const type = fields[separator + 1];
    if (type === "cgroup2") {
      v2 ??= { controllers: [], mountPoint, root };
    } else if (type === "cgroup" && !devices.includes(device)) {
      devices.push(device);
      v1.push({ controllers: fields[separator + 3]!.split(",").filter(isController), mountPoint, root });
    }
  }
  return { v1, v2 };
}

export function readHierarchies(): Hierarchies {
  return parseHierarchies(readFileSync("/proc/self/mountinfo", "utf8"));
}

const NO_CONTROLLERS = ["rw", "ro", "xattr", "noprefix", "clone_children", "cpuset_v2_mode", "favordynmods"];

function isController(option: string): boolean {
  return !NO_CONTROLLERS.includes(option) && !option.startsWith("release_agent=");
}

/** mountinfo writes blanks and backslashes as octal numbers. */
function unescapeField(field: string): string {
  return field.includes("\\")
    ? field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8)))
    : field;
}
