/** The config.json of the demonstration, for root and for an ordinary user. */

import { existsSync } from "node:fs";
import type { Config, Mount, Namespace } from "../../lib/spec/types.ts";
import { usualCapabilities } from "../harness/base_configs.ts";
import { cgroupLayout, cgroupV1Hierarchies } from "../harness/facilities.ts";

const mounts: readonly Mount[] = [
  { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
  { destination: "/dev", type: "tmpfs", source: "tmpfs", options: ["nosuid", "strictatime", "mode=755", "size=64k"] },
  {
    destination: "/dev/pts",
    type: "devpts",
    source: "devpts",
    options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"],
  },
  { destination: "/tmp", type: "tmpfs", source: "tmpfs", options: ["nosuid", "nodev", "mode=1777", "size=16m"] },
];

/** Whether the machine has what a limit needs; a demonstration does without the others. */
function hasController(name: string): boolean {
  return cgroupLayout() === "v2" ? existsSync("/sys/fs/cgroup/cgroup.controllers") : cgroupV1Hierarchies().has(name);
}

/**
 * @param id the container's, for its cgroup.
 * @param script what the shell inside runs.
 * @param user the caller's ids; another than 0 gets a user namespace in which it is root, and no limits.
 */
export function demoConfig(id: string, script: string, user: { uid: number; gid: number }): Config {
  const isRoot = user.uid === 0;
  const namespaces: Namespace[] = (["pid", "network", "ipc", "uts", "mount"] as const).map((type) => ({ type }));
  if (!isRoot) namespaces.push({ type: "user" });
  return {
    ociVersion: "1.0.2",
    hostname: "container",
    root: { path: "rootfs", readonly: true },
    process: {
      user: { uid: 0, gid: 0 },
      args: ["sh", "-c", script],
      env: ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C"],
      cwd: "/",
      noNewPrivileges: true,
      capabilities: { bounding: usualCapabilities, effective: usualCapabilities, permitted: usualCapabilities },
      rlimits: [{ type: "RLIMIT_NOFILE", soft: 256, hard: 256 }],
    },
    mounts: [...mounts, ...(isRoot ? [cgroupMount] : [])],
    linux: {
      namespaces,
      maskedPaths: ["/proc/kcore", "/proc/keys", "/proc/timer_list"],
      readonlyPaths: ["/proc/sys", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/sysrq-trigger"],
      ...(isRoot ? { cgroupsPath: `/${id}`, resources: limits() } : rootless(user)),
    },
  };
}

const cgroupMount: Mount = {
  destination: "/sys/fs/cgroup",
  type: "cgroup",
  source: "cgroup",
  options: ["ro", "nosuid", "noexec", "nodev"],
};

function limits(): NonNullable<Config["linux"]>["resources"] & object {
  return {
    ...(cgroupLayout() === "v2" ? {} : { devices: [{ allow: false, access: "rwm" }] }),
    ...(hasController("memory") ? { memory: { limit: 64 << 20 } } : {}),
    ...(hasController("pids") ? { pids: { limit: 50 } } : {}),
  };
}

function rootless({ uid, gid }: { uid: number; gid: number }): NonNullable<Config["linux"]> {
  return {
    uidMappings: [{ containerID: 0, hostID: uid, size: 1 }],
    gidMappings: [{ containerID: 0, hostID: gid, size: 1 }],
  };
}
