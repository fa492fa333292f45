/** The programs of a few configs, on a host on which nothing differs from one test to the next. For tests only. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Architecture, Program } from "../program/instruction.ts";
import type { Config, Mount } from "../spec/types.ts";
import { type ContainerInput, compileContainer } from "./container.ts";
import { compileExec } from "./exec.ts";
import { UNSEEN } from "./image_places.ts";
import { compileDelete } from "./life_cycle/delete.ts";
import { compileKill } from "./life_cycle/kill.ts";
import { compileStart } from "./life_cycle/start.ts";
import { compileState } from "./life_cycle/state.ts";
import { compileAddMounts, compileRemoveMounts } from "./running_mounts.ts";

const configs = join(import.meta.dirname, "../../conformance/configs");
const readConfig = (name: string): Config => JSON.parse(readFileSync(join(configs, `${name}.json`), "utf8")) as Config;

/** All capabilities of Linux 6.18. */
const EVERY_CAPABILITY = (1n << 41n) - 1n;

/** `return SECCOMP_RET_ALLOW` */
const SECCOMP = { instructions: new Uint8Array([6, 0, 0, 0, 0, 0, 0xff, 0x7f]), flags: 0, listens: false };

function input(config: Config, architecture: Architecture): ContainerInput {
  return {
    architecture,
    config,
    id: "golden",
    rootfs: "/bundle/rootfs",
    directory: "/run/tsrun/golden",
    bundle: "/bundle",
    waitsForStart: true,
    image: UNSEEN,
    hasKcore: true,
    waitsForCgroup: false,
    cgroupJoin: { tasks: ["/sys/fs/cgroup/pids/golden/tasks"], unified: undefined },
    cgroups: {
      version: 1,
      hierarchies: [{ name: "pids", options: "pids", aliases: [], directory: "/sys/fs/cgroup/pids/golden" }],
    },
    report: 3,
    preservedDescriptors: 0,
    grantable: EVERY_CAPABILITY,
    console: config.process?.terminal ? { socket: 4, size: config.process.consoleSize } : undefined,
    stateSize: 1024,
    mountLabel: undefined,
    seccomp: config.linux?.seccomp && SECCOMP,
    home: "/root",
    privileged: true,
    setgroups: "allowed",
    pivot: true,
    nullStreams: [],
    newKeyring: true,
    umask: 0o022,
    kernelMounts: [],
  };
}

function container(name: string, architecture: Architecture, change?: (config: Config) => Config): Program {
  const config = readConfig(name);
  return compileContainer(input(change?.(config) ?? config, architecture)).program;
}

/** The same config, rootless: its ids mapped, no devices of its own. */
function mapped(config: Config): Config {
  const ids = [{ containerID: 0, hostID: 100000, size: 65536 }];
  const namespaces = [...(config.linux?.namespaces ?? []), { type: "user" as const }];
  return { ...config, linux: { ...config.linux, namespaces, uidMappings: ids, gidMappings: ids } };
}

/** Where SELinux is on. */
function labelled(architecture: Architecture): Program {
  const config = readConfig("docker-default");
  const process = { ...config.process!, selinuxLabel: "system_u:system_r:container_t:s0:c1,c2" };
  const mountLabel = "system_u:object_r:container_file_t:s0:c1,c2";
  return compileContainer({ ...input({ ...config, process }, architecture), mountLabel }).program;
}

function exec(architecture: Architecture, listens = false): Program {
  const { process, ...config } = readConfig("docker-readonly-user");
  const { report, cgroupJoin, ...common } = input(config as Config, architecture);
  return compileExec({
    ...common,
    report,
    config,
    process: process!,
    pidfd: 5,
    pid: 4711,
    cgroupJoin,
    asksForCgroup: false,
    seccomp: { ...SECCOMP, listens },
  });
}

/** Mounts of two kinds, added to a container or removed from it. */
function runningMounts(compile: typeof compileAddMounts, architecture: Architecture, privileged = true): Program {
  const mounts: Mount[] = [
    { destination: "/data", type: "bind", source: "/srv/data", options: ["rbind", "ro"] },
    { destination: "/scratch/deep", type: "tmpfs", source: "tmpfs", options: ["nosuid", "size=64k"] },
  ];
  const config = readConfig("docker-default");
  const common = { architecture, config, mounts, pidfd: 5, report: 3, label: undefined, privileged };
  return compile({ ...common, image: UNSEEN });
}

const first = { pid: 4711, startTime: 123456 };
const frozenSigns = [{ path: "/sys/fs/cgroup/freezer/golden/freezer.state", letter: "F" }];
const text = (status: string): Uint8Array => new TextEncoder().encode(`{ "status": "${status}" }\n`);

/** By what they are for. */
export const testedPrograms: Readonly<Record<string, (architecture: Architecture) => Program>> = {
  "docker-default": (it) => container("docker-default", it),
  "docker-default-labelled": labelled,
  "docker-tty": (it) => container("docker-tty", it),
  "docker-readonly-user": (it) => container("docker-readonly-user", it),
  "containerd-ctr": (it) => container("containerd-ctr", it),
  "containerd-ctr-mapped": (it) => container("containerd-ctr", it, mapped),
  exec: (it) => exec(it),
  "exec-listener": (it) => exec(it, true),
  "mounts-add": (it) => runningMounts(compileAddMounts, it),
  "mounts-add-user": (it) => runningMounts(compileAddMounts, it, false),
  "mounts-remove": (it) => runningMounts(compileRemoveMounts, it),
  start: (architecture) => compileStart({ architecture, frozenSigns }),
  kill: (architecture) => compileKill({ architecture, process: first, frozenSigns, sharesPidNamespace: false }),
  state: (architecture) => {
    const texts = {
      created: text("created"),
      running: text("running"),
      paused: text("paused"),
      stopped: text("stopped"),
    };
    return compileState({ architecture, process: first, frozenSigns, texts });
  },
  delete: (architecture) =>
    compileDelete({
      architecture,
      id: "golden",
      process: first,
      cgroups: ["/sys/fs/cgroup/pids/golden"],
      cgroupsAbove: ["/sys/fs/cgroup/pids"],
      files: ["config.json", "state.json"],
    }),
};
