/** Defects that a runtime may have, one at a time, and the test of the suite that finds each. */

import { mkdirSync } from "node:fs";
import type { Features, State } from "../../../lib/spec/types.ts";
import type { TestConfig } from "../../harness/base_configs.ts";
import { cgroupV1Hierarchies } from "../../harness/facilities.ts";
import type { Anchor } from "../test.ts";
import { put } from "../trial.ts";

/** A command line on its way to the runtime. */
export interface Call {
  readonly command: string;
  readonly args: readonly string[];
  readonly id: string;
  readonly bundle: string;
  readonly root: string;
}

type Change = (config: TestConfig, bundle: string) => void;

export interface Defect {
  /** The section whose test fails. */
  readonly section?: Anchor;
  /** A part of that test's name. */
  readonly foundBy?: string;
  /** What it makes of the config at `create` and `run`. */
  readonly config?: Change;
  /** What it makes of the command line; nothing is called if it is empty. */
  readonly args?: (call: Call) => readonly string[];
  /** What it makes of the output of `state` and `features`. */
  readonly output?: (text: string, call: Call) => string;
  /** What it makes of the exit status; `again` calls the runtime once more. */
  readonly status?: (status: number, call: Call, again: (args: readonly string[]) => number) => number;
  /** Descriptors of the caller's that it passes on. */
  readonly descriptors?: readonly number[];
}

const changed = (section: Anchor, foundBy: string, change: Change): Defect => ({ section, foundBy, config: change });

/** A property that is not looked at. */
const dropped = (section: Anchor, foundBy: string, path: string): Defect =>
  changed(section, foundBy, (config) => put(config, path, undefined));

const replaced = <T>(section: Anchor, foundBy: string, change: (document: T) => unknown): Defect => ({
  section,
  foundBy,
  output: (text) => `${JSON.stringify(change(JSON.parse(text) as T))}\n`,
});

const onCommand =
  (command: string, change: (call: Call) => readonly string[]): NonNullable<Defect["args"]> =>
  (call) =>
    call.command === command ? change(call) : call.args;

const succeedsAtOnce =
  (command: string): NonNullable<Defect["status"]> =>
  (status, call) =>
    call.command === command ? 0 : status;

const HOOKS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] as const;

export const DEFECTS: Readonly<Record<string, Defect>> = {
  none: {},

  "root: readonly is ignored": dropped("config.md#root", "nothing in / can be made", "root.readonly"),
  "hostname is ignored": dropped("config.md#hostname", "hostname is the container's", "hostname"),
  "domainname is ignored": dropped("config.md#domainname", "domainname is the container's", "domainname"),
  "env is dropped": dropped("config.md#process", "env is the environment", "process.env"),
  "cwd is /": changed("config.md#process", "cwd is the working directory", (config) => {
    config.process.cwd = "/";
  }),
  "args get one more": changed("config.md#process", "args is what the process", (config) => {
    config.process.args.push("--more");
  }),
  "consoleSize is ignored": dropped("config.md#process", "consoleSize is its size", "process.consoleSize"),
  "rlimits are dropped": dropped("config.md#posix-process", "RLIMIT_NOFILE: soft", "process.rlimits"),
  "the last of rlimits of one type holds": changed("config.md#posix-process", "the same type twice", (config) => {
    config.process.rlimits = [...new Map((config.process.rlimits ?? []).map((limit) => [limit.type, limit])).values()];
  }),
  "capabilities are kept": changed(
    "config.md#linux-process",
    "capabilities: bounding is the bounding set",
    (config) => {
      for (const set of ["bounding", "effective", "permitted"] as const)
        config.process.capabilities?.[set]?.push("CAP_SYS_ADMIN");
    },
  ),
  "ambient capabilities are dropped": dropped(
    "config.md#linux-process",
    "ambient is the ambient set",
    "process.capabilities.ambient",
  ),
  "noNewPrivileges is ignored": dropped("config.md#linux-process", "noNewPrivileges is set", "process.noNewPrivileges"),
  "oomScoreAdj is ignored": dropped("config.md#linux-process", "oomScoreAdj 500", "process.oomScoreAdj"),
  "scheduler is ignored": dropped("config.md#linux-process", "scheduler: SCHED_BATCH", "process.scheduler"),
  "ioPriority is ignored": dropped("config.md#linux-process", "ioPriority: IOPRIO_CLASS_BE", "process.ioPriority"),
  "umask is ignored": dropped("config.md#posix-platform-user", "umask 077", "process.user.umask"),
  "additionalGids are dropped": dropped(
    "config.md#posix-platform-user",
    "additionalGids are",
    "process.user.additionalGids",
  ),
  "gid is that of root": changed("config.md#posix-platform-user", "uid and gid are the process's", (config) => {
    config.process.user.gid = 0;
  }),
  "mounts are mounted in reverse": changed("config.md#mounts", "the later one at a place", (config) => {
    config.mounts.splice(7, Infinity, ...config.mounts.slice(7).reverse());
  }),
  "noexec is ignored": changed("config.md#linux-mount-options", "noexec: nothing can be executed", (config) => {
    for (const mount of config.mounts) mount.options = (mount.options ?? []).filter((option) => option !== "noexec");
  }),
  "rbind is bind": changed("config.md#linux-mount-options", "rbind: mounts below", (config) => {
    for (const mount of config.mounts)
      mount.options = (mount.options ?? []).map((option) => (option === "rbind" ? "bind" : option));
  }),
  "mappings of mounts are ignored": changed("config.md#posix-platform-mounts", "idmap: the owners", (config) => {
    for (const mount of config.mounts) {
      delete mount.uidMappings;
      delete mount.gidMappings;
      mount.options = (mount.options ?? []).filter((option) => option !== "idmap");
    }
  }),
  "annotations without a key are taken": changed("config.md#annotations", '{"":"value"}', (config) => {
    if (config.annotations !== undefined) delete config.annotations[""];
  }),
  "ociVersion is not looked at": changed("config.md#specification-version", 'ociversion "2.0.0"', (config) => {
    config.ociVersion = "1.0.0";
  }),
  "unknown properties are refused": {
    section: "config.md#extensibility",
    foundBy: "an unknown property of the config",
    config: (config: TestConfig) => {
      if ("unknownProperty" in config) config.ociVersion = "refused";
    },
  },
  "hooks are skipped": dropped("config.md#createruntime-hooks", "createRuntime hooks are called during", "hooks"),
  "poststop hooks are skipped": dropped("config.md#poststop", "poststop hooks are called during", "hooks.poststop"),
  "hooks are called in reverse": changed(
    "config.md#prestart",
    "prestart hooks are called in the listed order",
    (config) => {
      for (const kind of HOOKS) config.hooks?.[kind]?.reverse();
    },
  ),
  "hooks that fail are passed over": changed("runtime.md#lifecycle", "a createRuntime hook that fails", (config) => {
    for (const hook of config.hooks?.createRuntime ?? [])
      if (hook.args !== undefined) hook.args[hook.args.length - 1] = "0";
  }),
  "the network is the host's": changed("config-linux.md#namespaces", "network: a new one is made", (config) => {
    config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "network");
    config.mounts = config.mounts.filter(({ type }) => type !== "sysfs" && type !== "cgroup");
  }),
  "paths of namespaces are ignored": changed("config-linux.md#namespaces", "ipc: the process is put into", (config) => {
    for (const namespace of config.linux.namespaces) delete namespace.path;
  }),
  "namespaces may be listed twice": changed("config-linux.md#namespaces", "the same type twice", (config) => {
    config.linux.namespaces = [...new Map(config.linux.namespaces.map((one) => [one.type, one])).values()];
  }),
  "timeOffsets are ignored": dropped(
    "config-linux.md#offset-for-time-namespace",
    "the clocks differ",
    "linux.timeOffsets",
  ),
  "ids are mapped to others": changed(
    "config-linux.md#user-namespace-mappings",
    "root inside is the mapped user",
    (config) => {
      for (const mapping of config.linux.uidMappings ?? []) mapping.hostID++;
    },
  ),
  "rootfsPropagation is ignored": dropped(
    "config-linux.md#rootfs-mount-propagation",
    "unbindable: the mount of /",
    "linux.rootfsPropagation",
  ),
  "devices are missing": dropped("config-linux.md#devices", "a character device is there", "linux.devices"),
  "the mode of devices is ignored": changed("config-linux.md#devices", "a character device is there", (config) => {
    for (const device of config.linux.devices ?? []) delete device.fileMode;
  }),
  "a default device is missing": changed("config-linux.md#default-devices", "/dev/full is there", (config, bundle) => {
    put(config, "hooks.createContainer", [{ path: "/bin/rm", args: ["rm", "-f", `${bundle}/rootfs/dev/full`] }]);
  }),
  "all devices are allowed": changed(
    "config-linux.md#allowed-device-list",
    "a device that nobody has allowed",
    (config) => {
      config.linux.resources.devices = [{ allow: true, access: "rwm" }];
    },
  ),
  "the order of the allowed devices is another": changed(
    "config-linux.md#allowed-device-list",
    "what is denied last",
    (config) => {
      const { devices = [] } = config.linux.resources;
      config.linux.resources.devices = [...devices.slice(0, 1), ...devices.slice(1).reverse()];
    },
  ),
  "cgroupsPath is ignored": changed(
    "config-linux.md#cgroups-path",
    "an absolute path is the process's cgroup",
    (config) => {
      config.linux.cgroupsPath = config.linux.cgroupsPath?.split("/").slice(0, 2).join("/") ?? "";
    },
  ),
  "the memory limit is ignored": dropped(
    "config-linux.md#memory",
    "a process that takes more",
    "linux.resources.memory",
  ),
  "the processors are ignored": dropped(
    "config-linux.md#cpu",
    "the process runs on the given processors",
    "linux.resources.cpu",
  ),
  "the limit of processes is ignored": dropped(
    "config-linux.md#pids",
    "no more processes can be made",
    "linux.resources.pids",
  ),
  "sysctl is ignored": dropped("config-linux.md#sysctl", "kernel.msgmax is set", "linux.sysctl"),
  "seccomp is ignored": dropped("config-linux.md#seccomp", "the process is filtered", "linux.seccomp"),
  "errnoRet is ignored": changed("config-linux.md#seccomp", "errnoRet is the errno", (config) => {
    for (const rule of config.linux.seccomp?.syscalls ?? []) delete rule.errnoRet;
  }),
  "masked paths are not masked": dropped("config-linux.md#masked-paths", "a file cannot be read", "linux.maskedPaths"),
  "read-only paths can be written": dropped(
    "config-linux.md#readonly-paths",
    "a file cannot be written",
    "linux.readonlyPaths",
  ),
  "personality is ignored": dropped("config-linux.md#personality", "LINUX32 makes", "linux.personality"),
  "memoryPolicy is ignored": dropped("config-linux.md#memory-policy", "MPOL_BIND", "linux.memoryPolicy"),

  "state tells a wrong pid": replaced<State>("runtime.md#state", "pid is that of the container's process", (state) => ({
    ...state,
    pid: 1,
  })),
  "state tells no annotations": replaced<State>(
    "runtime.md#state",
    "annotations are those",
    ({ annotations: _, ...rest }) => rest,
  ),
  "state always tells running": replaced<State>("runtime.md#state", "status is created after", (state) => ({
    ...state,
    status: "running",
  })),
  "state tells a relative bundle": replaced<State>("runtime.md#state", "bundle is absolute", (state) => ({
    ...state,
    bundle: ".",
  })),
  "state knows every container": {
    section: "runtime.md#query-state",
    foundBy: "an error for a container that there is not",
    status: succeedsAtOnce("state"),
  },
  "create runs the process": {
    section: "runtime.md#create",
    foundBy: "does not run the process",
    status: (status, { command, id }, again) => (command === "create" && status === 0 ? again(["start", id]) : status),
  },
  "create takes an id twice": {
    section: "runtime.md#create",
    foundBy: "an id that is taken",
    status: succeedsAtOnce("create"),
  },
  "start may be repeated": {
    section: "runtime.md#start",
    foundBy: "an error for a running container",
    status: succeedsAtOnce("start"),
  },
  "kill does nothing": {
    section: "runtime.md#kill",
    foundBy: "sends the given signal",
    args: onCommand("kill", () => []),
  },
  "kill sends TERM whatever was asked for": {
    section: "runtime.md#kill",
    foundBy: "sends the given signal",
    args: onCommand("kill", ({ root, id }) => ["--root", root, "kill", id, "TERM"]),
  },
  "kill of a stopped container succeeds": {
    section: "runtime.md#kill",
    foundBy: "an error for a stopped container",
    status: succeedsAtOnce("kill"),
  },
  "delete ends what runs": {
    section: "runtime.md#delete",
    foundBy: "an error for a running container",
    args: onCommand("delete", ({ root, id }) => ["--root", root, "delete", "--force", id]),
  },
  "delete leaves the cgroup": {
    section: "runtime.md#delete",
    foundBy: "removes the cgroup",
    status: (status, { command, id }) => {
      if (command === "delete" && status === 0)
        mkdirSync(`${cgroupV1Hierarchies().get("memory") ?? "/sys/fs/cgroup"}/${id}`, { recursive: true });
      return status;
    },
  },
  "descriptors of the caller are passed on": {
    section: "runtime-linux.md#file-descriptors",
    foundBy: "only 0, 1 and 2 are open",
    args: onCommand("run", ({ args }) => [...args.slice(0, -1), "--preserve-fds", "1", ...args.slice(-1)]),
    descriptors: [3],
  },
  "features lists a mount option that there is not": replaced<Features>(
    "features.md#mount-options",
    "each of the options is recognised",
    (features) => ({ ...features, mountOptions: ["nosuchoption"] }),
  ),
  "features tells versions the wrong way round": replaced<Features>(
    "features.md#specification-version",
    "ociVersionMax is not less",
    (features) => ({ ...features, ociVersionMin: "1.9.0" }),
  ),
};
