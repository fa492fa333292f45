import { Failure } from "../failure.ts";
import { closeSync, openSync, readFileSync } from "../libc/files.ts";
import { ARCHITECTURE, cString, trySystemCall } from "../libc/system_call.ts";
import { AT_SYMLINK_NOFOLLOW, O_DIRECTORY, O_PATH } from "../program/constants.ts";
import { describeErrno, ENOENT, EPERM } from "../program/errno.ts";
import { makesNamespace } from "../spec/namespaces.ts";
import type { Config } from "../spec/types.ts";
import type { CgroupState } from "./state.ts";

/** What may be given away where the kernel does not say. @see config-linux.md, "Cgroup ownership" */
const DELEGATED = ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"];
const LIST = "/sys/kernel/cgroup/delegate";
const KEEP = -1;

/**
 * Whether the container is to manage its own cgroup: only on v2, where that is safe, in a cgroup namespace of its own,
 * with a writable mount of it.
 *
 * @see config-linux.md, "Cgroup ownership"
 */
export function managesOwnCgroup(config: Config, { version, v2 }: CgroupState): boolean {
  if (version !== 2 || v2 === undefined || !makesNamespace(config, "cgroup")) return false;
  return (config.mounts ?? []).some(
    ({ type, source, destination, options = [] }) =>
      (source === "cgroup" || type === "cgroup" || type === "cgroup2") &&
      /^\/+sys\/+fs\/+cgroup\/*$/.test(destination) &&
      !options.includes("ro"),
  );
}

/**
 * Give the container's cgroup, and those of its files that may be given away, to the user of the container's process.
 *
 * @param pid of that process, by whose user namespace the user is known on the host
 * @param privileged whether this process may change owners; otherwise what cannot be given away stays
 * @throws Failure
 * @see cgroups(7), "Cgroups v2 delegation: delegating a hierarchy to a less privileged user"
 */
export function delegateCgroup({ v2 }: CgroupState, config: Config, pid: number, privileged: boolean): void {
  const uid = hostUser(readFileSync(`/proc/${pid}/uid_map`, "latin1"), config.process?.user?.uid ?? 0);
  if (v2 === undefined || uid === undefined) return;
  const directory = openSync(v2.directory, O_PATH | O_DIRECTORY[ARCHITECTURE]);
  try {
    for (const name of [".", ...delegatedFiles()]) {
      const result = trySystemCall("fchownat", directory, cString(name), uid, KEEP, AT_SYMLINK_NOFOLLOW);
      if (result === -ENOENT || (result === -EPERM && !privileged)) continue;
      if (result < 0) throw refusal(`${v2.directory}/${name}`, uid, -result);
    }
  } finally {
    closeSync(directory);
  }
}

/**
 * The id on the host of a container's user.
 *
 * @param map lines of `inside outside count`
 * @returns undefined if it has none
 * @see user_namespaces(7)
 */
export function hostUser(map: string, uid: number): number | undefined {
  for (const line of map.trim().split("\n")) {
    const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
    if (uid >= inside && uid < inside + count) return outside + uid - inside;
  }
  return undefined;
}

function delegatedFiles(): string[] {
  try {
    return readFileSync(LIST, "latin1").split("\n").filter(Boolean);
  } catch {
    return DELEGATED; // Linux before 4.15
  }
}

function refusal(path: string, uid: number, errno: number): Failure {
  const pointer = "/linux/cgroupsPath";
  const call = `chown(${JSON.stringify(path)}, ${uid})`;
  return new Failure(`${pointer}: ${call}: ${describeErrno(errno)}`, { code: "cgroup.failed", pointer, call, errno });
}
