/** Where the tests' containers get their cgroups: by whom they are made, and below which one. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Who makes a container's cgroups: the runtime in the hierarchy, systemd, or nobody, since the user may make none. */
export type CgroupDriver = "cgroupfs" | "systemd" | "none";

/** CGROUP_DRIVER, cgroupfs if it is not set. */
export const cgroupDriver: CgroupDriver = (() => {
  const name = process.env.CGROUP_DRIVER || "cgroupfs";
  if (name === "cgroupfs" || name === "systemd" || name === "none") return name;
  throw new Error(`CGROUP_DRIVER=${name}: it is cgroupfs, systemd or none`);
})();

/** A cgroup that the user may make others in, an absolute path from the hierarchies' roots: CGROUP_PARENT. */
const parent = process.env.CGROUP_PARENT ?? "";

/** `linux.cgroupsPath` of a container with this id; undefined where it must have none. */
export function cgroupsPathOf(id: string): string | undefined {
  if (cgroupDriver === "none") return undefined;
  // crun has no default for the slice
  const slice = process.getuid?.() === 0 ? "system.slice" : "user.slice";
  return cgroupDriver === "systemd" ? `${slice}:test:${id}` : `${parent}/${id}`;
}

/** The path of the cgroup that root's container gets by {@link cgroupsPathOf}, from the hierarchies' roots. */
export function cgroupOfRoots(id: string): string {
  return cgroupDriver === "systemd" ? `/system.slice/test-${id}.scope` : `${parent}/${id}`;
}

/** The path of a process's cgroup of version 2. */
export function unifiedCgroupOf(pid: number | "self"): string {
  return /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1] ?? "/";
}

/** The path of a process's cgroup in the hierarchy that systemd looks after. */
export function systemdCgroupOf(pid: number): string {
  return /^(?:0:|\d+:name=systemd):(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8"))?.[1] ?? "/";
}

/** The directory of a process's cgroup of version 2, on a machine that has no other. */
export function unifiedDirectoryOf(pid: number | "self"): string {
  return join("/sys/fs/cgroup", unifiedCgroupOf(pid));
}

/** The version 2 controllers that a test's container can have. */
export function unifiedControllers(): string[] {
  const uid = process.getuid?.() ?? 0;
  const systemd = uid === 0 ? "" : `user.slice/user-${uid}.slice/user@${uid}.service`;
  const place = cgroupDriver === "cgroupfs" ? parent : systemd;
  const file = join("/sys/fs/cgroup", place, "cgroup.controllers");
  if (cgroupDriver === "none" || !existsSync(file)) return [];
  return readFileSync(file, "utf8").trim().split(" ");
}
