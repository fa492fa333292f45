/** Configurations that tests start from. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Config, Linux, Mount, Namespace, Process, Resources, Root } from "../../lib/spec/types.ts";
import { cgroupsPathOf } from "./cgroup_place.ts";
import { inUserNamespace, isOrdinaryUser } from "./ordinary_user.ts";
import { configsFolder } from "./paths.ts";

/** A config with the parts that every test relies on. */
export interface TestConfig extends Config {
  root: Root;
  process: Process & { args: string[]; env: string[]; user: { uid: number; gid: number } };
  mounts: Mount[];
  linux: Linux & { namespaces: Namespace[]; resources: Resources };
}

const searchPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** The capabilities that engines leave to a container. */
export const usualCapabilities = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FSETID",
  "CAP_FOWNER",
  "CAP_MKNOD",
  "CAP_NET_RAW",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETFCAP",
  "CAP_SETPCAP",
  "CAP_NET_BIND_SERVICE",
  "CAP_SYS_CHROOT",
  "CAP_KILL",
  "CAP_AUDIT_WRITE",
];

/**
 * Let a config's container have a cgroup of this name. Where the user may make none it has no limits either.
 */
export function setCgroup({ linux }: TestConfig, name: string): void {
  const path = cgroupsPathOf(name);
  if (path !== undefined) linux.cgroupsPath = path;
  else {
    delete linux.cgroupsPath;
    linux.resources = {};
  }
}

/** Let a config's container see the machine's processes. A user namespace can only be shown the machine's /proc then. */
export function withoutPidNamespace(config: TestConfig): void {
  config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "pid");
  if (!isOrdinaryUser) return;
  config.mounts = config.mounts.map((mount) =>
    mount.destination === "/proc"
      ? { ...mount, type: "bind", source: "/proc", options: ["rbind", "nosuid", "noexec", "nodev"] }
      : mount,
  );
}

/** As little as a container needs: its namespaces and /proc. No resources, so that no cgroup need be configured. */
export function minimalConfig(): TestConfig {
  return {
    ociVersion: "1.0.2",
    root: { path: "rootfs" },
    process: { user: { uid: 0, gid: 0 }, args: ["true"], env: [searchPath], cwd: "/" },
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
    linux: inUserNamespace({
      namespaces: [{ type: "pid" }, { type: "ipc" }, { type: "uts" }, { type: "mount" }, { type: "network" }],
      resources: {},
    }),
  };
}

/** What an engine typically asks for. */
export function typicalConfig(): TestConfig {
  const config = minimalConfig();
  config.hostname = "typical";
  config.process.capabilities = {
    bounding: [...usualCapabilities],
    effective: [...usualCapabilities],
    permitted: [...usualCapabilities],
  };
  config.process.noNewPrivileges = true;
  config.process.rlimits = [{ type: "RLIMIT_NOFILE", hard: 1024, soft: 1024 }];
  config.mounts = [
    { destination: "/proc", type: "proc", source: "proc", options: ["nosuid", "noexec", "nodev"] },
    {
      destination: "/dev",
      type: "tmpfs",
      source: "tmpfs",
      options: ["nosuid", "strictatime", "mode=755", "size=65536k"],
    },
    {
      destination: "/dev/pts",
      type: "devpts",
      source: "devpts",
      options: ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"],
    },
    {
      destination: "/dev/shm",
      type: "tmpfs",
      source: "shm",
      options: ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"],
    },
    { destination: "/dev/mqueue", type: "mqueue", source: "mqueue", options: ["nosuid", "noexec", "nodev"] },
    { destination: "/sys", type: "sysfs", source: "sysfs", options: ["nosuid", "noexec", "nodev", "ro"] },
    { destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["ro", "nosuid", "noexec", "nodev"] },
  ];
  config.linux.resources = { devices: [{ allow: false, access: "rwm" }] };
  config.linux.maskedPaths = ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/sys/firmware"];
  config.linux.readonlyPaths = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"];
  return config;
}

/**
 * A config.json that an engine wrote (conformance/configs), with everything of the engine's machine replaced: the root,
 * bind sources (by an empty file beside config.json), the cgroup. Hooks are left out.
 *
 * @param seccomp whether the system call filter is left in
 */
export function engineConfig(name: string, seccomp = false): TestConfig {
  const config = JSON.parse(readFileSync(join(configsFolder, name), "utf8")) as TestConfig;
  config.root.path = "rootfs";
  delete config.hooks;
  if (!seccomp) delete config.linux.seccomp;
  config.linux = inUserNamespace(config.linux);
  for (const mount of config.mounts) if (mount.type === "bind") mount.source = "bind-source";
  return config;
}
