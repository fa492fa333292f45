import { readFileSync } from "../libc/files.ts";

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
 * Read the mounted hierarchies from a mountinfo. Where one is mounted in several places the first counts that is not
 * covered by a later mount.
 *
 * @see proc_pid_mountinfo(5), cgroups(7)
 */
export function parseHierarchies(mountinfo: string): Hierarchies {
  let v1: (Hierarchy & { readonly device: string })[] = [];
  let v2: Hierarchy | undefined;
  for (const line of mountinfo.split("\n")) {
    const covers = COVERING.find((path) => line.includes(` ${path} `) && line.split(" ")[4] === path);
    if (covers !== undefined) {
      v1 = v1.filter((it) => !it.mountPoint.startsWith(`${covers}/`));
      if (v2?.mountPoint.startsWith(covers)) v2 = undefined;
    }
    if (!line.includes(" - cgroup")) continue;
    const fields = line.split(" ");
    const separator = fields.indexOf("-");
    const device = fields[2]!;
    const root = unescapeField(fields[3]!);
    const mountPoint = unescapeField(fields[4]!);
    const type = fields[separator + 1];
    if (type === "cgroup2") {
      v2 ??= { controllers: [], mountPoint, root };
    } else if (type === "cgroup") {
      v1.push({ controllers: fields[separator + 3]!.split(",").filter(isController), mountPoint, root, device });
    }
  }
  const firsts = v1.filter(({ device }, i) => v1.findIndex((it) => it.device === device) === i);
  return { v1: firsts.map(({ device: _, ...hierarchy }) => hierarchy), v2 };
}

/** Where a mount hides those that were mounted below it before. */
const COVERING = ["/sys/fs/cgroup", "/sys"];

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
