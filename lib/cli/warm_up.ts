import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { readHierarchies, versionOf } from "../cgroup/hierarchies.ts";
import { isPrivileged } from "../container/host_facts.ts";
import { prepareMonitor } from "../container/run.ts";
import { loadState } from "../container/state.ts";
import { executorImage } from "../executor/image.ts";
import { systemCall } from "../libc/system_call.ts";
import { SIGSET_SIZE } from "../program/constants.ts";
import { encodeProgram } from "../program/encode.ts";
import { keptFilterPath, makeCache } from "../seccomp/cache.ts";
import type { Config, Resources, Seccomp } from "../spec/types.ts";
import { defaultConfig, rootlessConfig } from "./default_config.ts";
import { main } from "./main.ts";

/** linux/prctl.h */
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;
const SIGCHLD = 17;
const SIG_DFL = 0n;
const SIG_IGN = 1n;
const INIT = "/init";
/** The first time code is loaded and linked, the second time the properties that it reads are known. */
const ROUNDS = 2;

/** What Docker and containerd ask for, beside what a config to start from has. */
const SYSCTLS = { "net.ipv4.ip_unprivileged_port_start": "0", "net.ipv4.ping_group_range": "0 2147483647" };
const LIMITS: Resources = {
  devices: [
    { allow: false, access: "rwm" },
    { allow: true, type: "c", major: 1, minor: 3, access: "rwm" },
    { allow: false, type: "c", major: 10, minor: 229, access: "rwm" },
  ],
  memory: { limit: 256 * 1024 * 1024, disableOOMKiller: false },
  cpu: { shares: 512, quota: 50_000, period: 100_000 },
  pids: { limit: 100 },
  blockIO: { weight: 0 },
};

/** A profile, which is found built: what builds it, libseccomp, shall not be in the image. */
const SECCOMP: Seccomp = {
  defaultAction: "SCMP_ACT_ERRNO",
  defaultErrnoRet: 1,
  architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
  syscalls: [
    { names: ["read", "write", "execve", "exit_group"], action: "SCMP_ACT_ALLOW" },
    { names: ["personality"], action: "SCMP_ACT_ALLOW", args: [{ index: 0, value: 0, op: "SCMP_CMP_EQ" }] },
  ],
};
/** `struct sock_filter`: return SECCOMP_RET_ALLOW. */
const ALLOW_ALL = Buffer.from([0x06, 0, 0, 0, 0, 0, 0xff, 0x7f]);

/**
 * Carry out what engines and people call most, before the start image is taken: what has run once is quick. Containers
 * come and go, and none of their processes executes anything but tsrun. Commands may fail, where the caller may not make
 * containers; they are as quick then as far as they got.
 *
 * @param directory an empty directory of ours
 * @returns how many commands failed
 */
export async function warmUp(directory: string): Promise<number> {
  // Whoever takes the image may be killed, and nobody else ends this engine.
  systemCall("prctl", PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  const bundle = `${directory}/bundle`;
  writeBundle(bundle);
  const id = `tsrun-image-${process.pid}`;
  const root = `${directory}/root`;
  makeCache(root);
  writeFileSync(keptFilterPath(root, SECCOMP), ALLOW_ALL, { mode: 0o600 });
  let failures = 0;
  const command = async (...words: string[]): Promise<void> => {
    if ((await main(["--root", root, ...words])) !== 0) failures++;
  };
  // An ordinary user's container may have no cgroup, and cannot be joined before it is started: as far as they get.
  const privileged = isPrivileged();
  const commandOfRoot = async (...words: string[]): Promise<void> => {
    if (privileged) await command(...words);
    else await main(["--root", root, ...words]);
  };
  // Nobody else waits for the containers' processes.
  setSignal(SIGCHLD, SIG_IGN);
  for (let round = 0; round < ROUNDS; round++) {
    await command("create", "--bundle", bundle, "--pid-file", `${directory}/pid`, id);
    await commandOfRoot("exec", "--detach", id, INIT);
    await commandOfRoot("pause", id);
    await commandOfRoot("resume", id);
    await commandOfRoot("update", "--pids-limit", "50", id);
    await commandOfRoot("events", "--stats", id);
    await command("state", id);
    await command("list");
    prepareForForeground(root, id);
    await command("delete", "--force", id);
    await command("run", "--detach", "--bundle", bundle, id);
    await command("delete", "--force", id);
    await command("features");
  }
  setSignal(SIGCHLD, SIG_DFL);
  return failures;
}

/** What `run` and `exec` in the foreground do last: then they become what they have prepared here. */
function prepareForForeground(root: string, id: string): void {
  try {
    const state = loadState(root, id);
    const { program, descriptors } = prepareMonitor(
      { root, id, keep: false, globals: [] },
      state,
      undefined,
      undefined,
    );
    encodeProgram(program);
    for (const descriptor of descriptors) systemCall("close", descriptor);
  } catch {
    // The command before has failed, and was counted.
  }
}

function setSignal(signal: number, handler: bigint): void {
  systemCall("rt_sigaction", signal, BigUint64Array.of(handler, 0n, 0n, 0n), 0, SIGSET_SIZE);
}

function writeBundle(bundle: string): void {
  mkdirSync(`${bundle}/rootfs`, { recursive: true });
  writeFileSync(`${bundle}/rootfs${INIT}`, executorImage());
  chmodSync(`${bundle}/rootfs${INIT}`, 0o755);
  writeFileSync(`${bundle}/config.json`, JSON.stringify(config()));
}

function config(): Config {
  const hasCgroupV2 = versionOf(readHierarchies()) === 2;
  if (!isPrivileged()) {
    const base = rootlessConfig(hasCgroupV2, process.geteuid?.() ?? 0, process.getegid?.() ?? 0);
    return { ...base, process: processOf(base), linux: { ...base.linux, seccomp: SECCOMP } };
  }
  const base = defaultConfig(hasCgroupV2);
  return {
    ...base,
    process: { ...processOf(base), user: { uid: 0, gid: 0, additionalGids: [0] }, oomScoreAdj: 0 },
    linux: { ...base.linux, seccomp: SECCOMP, sysctl: SYSCTLS, resources: LIMITS },
  };
}

function processOf({ process }: Config): NonNullable<Config["process"]> {
  return { ...process!, terminal: false, args: [INIT] };
}
