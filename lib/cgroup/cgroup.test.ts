/** Against the kernel: as root, on whichever version of cgroups this machine has. */

import { afterEach, describe, expect, test } from "bun:test";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { applyResources, createCgroup, destroyCgroup, locateCgroup, procsFiles, updateResources } from "./cgroup.ts";
import { attachDeviceFilter } from "./device_filter_attach.ts";
import { freeze, isFrozen, thaw } from "./freezer.ts";
import { processesOf, signalProcesses } from "./processes.ts";
import { type CgroupState, controllerDirectory, ownDirectories } from "./state.ts";
import { readStats } from "./stats.ts";

const MIB = 1 << 20;
const SIGKILL = 9;

function isWritable(): boolean {
  if (process.getuid?.() !== 0) return false;
  try {
    destroyCgroup(createCgroup(locateCgroup(uniquePath(), "probe")));
    return true;
  } catch {
    return false;
  }
}

let count = 0;
function uniquePath(): string {
  count++;
  return `/tsrun-test-${process.pid}-${count}`;
}

const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0).toReversed()) cleanup();
});

function create(path = uniquePath()): CgroupState {
  const state = createCgroup(locateCgroup(path, "test"));
  cleanups.push(() => {
    signalProcesses(state, SIGKILL);
    destroyCgroup(state);
  });
  return state;
}

/** A process that does nothing, in these cgroups. */
function sleeper(procs: readonly string[]): ChildProcess {
  const child = spawn("sleep", ["1000"], { stdio: "ignore" });
  cleanups.push(() => child.kill("SIGKILL"));
  for (const file of procs) writeFileSync(file, String(child.pid));
  return child;
}

function stateOf(pid: number | undefined): string | undefined {
  const stat = `/proc/${pid}/stat`;
  return existsSync(stat) ? readFileSync(stat, "latin1").split(") ")[1]?.[0] : undefined;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await new Promise((done) => child.once("exit", done));
}

function read(state: CgroupState, v1: string, v2: string): string {
  const name = state.version === 1 ? v1 : v2;
  const directory = controllerDirectory(state, v1.slice(0, v1.indexOf(".")));
  return readFileSync(`${directory}/${name}`, "latin1").trim();
}

describe.skipIf(!isWritable())("the kernel's cgroups", () => {
  test("are made in every hierarchy, and removed with what was made above them", () => {
    const path = uniquePath();
    const state = createCgroup(locateCgroup(`${path}/inner`, "test"));
    for (const directory of ownDirectories(state)) expect(existsSync(directory)).toBeTrue();
    expect(state.madeAbove.length).toBe(ownDirectories(state).length);
    destroyCgroup(state);
    for (const directory of ownDirectories(state)) expect(existsSync(dirname(directory))).toBeFalse();
  });

  test("are those of a process that is written to them, and its own below them too", async () => {
    const state = create();
    const child = sleeper(procsFiles(state));
    const paths = readFileSync(`/proc/${child.pid}/cgroup`, "latin1");
    for (const directory of ownDirectories(state)) {
      expect(paths).toContain(directory.slice(directory.lastIndexOf("/")));
    }
    const inner = ownDirectories(state).map((directory) => join(directory, "inner"));
    for (const directory of inner) mkdirSync(directory);
    const cpuset = inner.find((directory) => existsSync(`${directory}/cpuset.mem_exclusive`));
    for (const file of cpuset ? ["cpuset.cpus", "cpuset.mems"] : []) {
      writeFileSync(`${cpuset}/${file}`, readFileSync(`${dirname(cpuset ?? "")}/${file}`));
    }
    const other = sleeper(inner.map((directory) => `${directory}/cgroup.procs`));
    expect(processesOf(state).toSorted()).toEqual([child.pid, other.pid].map(Number).toSorted());
    signalProcesses(state, SIGKILL);
    await Promise.all([ended(child), ended(other)]);
    expect(processesOf(state)).toEqual([]);
  });

  test("get limits", () => {
    const state = create();
    const resources = {
      memory: { limit: 64 * MIB, reservation: 32 * MIB },
      cpu: { shares: 512, quota: 50_000, period: 200_000, cpus: "0" },
      pids: { limit: 20 },
    };
    applyResources(state, resources, true);
    expect(read(state, "memory.limit_in_bytes", "memory.max")).toBe(String(64 * MIB));
    expect(read(state, "memory.soft_limit_in_bytes", "memory.low")).toBe(String(32 * MIB));
    expect(read(state, "cpu.shares", "cpu.weight")).toBe(state.version === 1 ? "512" : "59");
    expect(read(state, "cpu.cfs_quota_us", "cpu.max")).toBe(state.version === 1 ? "50000" : "50000 200000");
    expect(read(state, "cpuset.cpus", "cpuset.cpus")).toBe("0");
    expect(read(state, "pids.max", "pids.max")).toBe("20");
    expect(readStats(state)).toMatchObject({ pids: { limit: 20 }, memory: { usage: { limit: 64 * MIB } } });
  });

  test("get other limits later, in whichever order the kernel takes them", () => {
    const state = create();
    const file = `${controllerDirectory(state, "memory")}/memory.${state.version === 1 ? "memsw.limit_in_bytes" : "swap.max"}`;
    const swap = existsSync(file);
    for (const mebibytes of [64, 16, 128]) {
      const limit = mebibytes * MIB;
      const burst = mebibytes * 100;
      updateResources(state, {
        memory: swap ? { limit, swap: limit * 2 } : { limit },
        cpu: { quota: mebibytes * 1000, period: 100_000, burst },
      });
      expect(read(state, "memory.limit_in_bytes", "memory.max")).toBe(String(limit));
      expect(read(state, "cpu.cfs_burst_us", "cpu.max.burst")).toBe(String(burst));
    }
  });

  test("tell which entry of the config is wrong", () => {
    const state = create();
    expect(() => applyResources(state, { cpu: { cpus: "4000" } }, true)).toThrow("/linux/resources/cpu/cpus: write(");
    expect(() => applyResources(state, { cpu: { quota: 1 } }, true)).toThrow(
      /\/linux\/resources\/cpu\/quota: .* EINVAL/,
    );
  });

  test("are refused if a process is in them or below them, and it lives on", () => {
    const path = uniquePath();
    const state = locateCgroup(path, "test");
    const [directory = ""] = ownDirectories(state).slice(-1);
    mkdirSync(join(directory, "inner"), { recursive: true });
    cleanups.push(() => {
      rmdirSync(join(directory, "inner"));
      rmdirSync(directory);
    });
    const child = sleeper([join(directory, "inner/cgroup.procs")]);
    cleanups.push(() => writeFileSync(join(dirname(directory), "cgroup.procs"), String(child.pid)));
    expect(() => createCgroup(state)).toThrow("container's cgroup is not empty: 1 process(es) found");
    const others = ownDirectories(state).filter((other) => other !== directory);
    for (const other of others) expect(existsSync(other)).toBeFalse();
    // What was located but never made is not ours to end.
    signalProcesses(state, SIGKILL);
    destroyCgroup(state);
    expect(stateOf(child.pid)).toMatch(/[RS]/);
    expect(readdirSync(directory)).toContain("inner");
  });

  test("are frozen and thawed, and frozen processes can be killed", async () => {
    const state = create();
    const child = sleeper(procsFiles(state));
    expect(isFrozen(state)).toBeFalse();
    freeze(state);
    expect(isFrozen(state)).toBeTrue();
    expect(() => createCgroup({ ...state, made: false })).toThrow();
    thaw(state);
    expect(isFrozen(state)).toBeFalse();
    freeze(state);
    signalProcesses(state, SIGKILL);
    await ended(child);
    expect(child.signalCode).toBe("SIGKILL");
  });

  test("are frozen while processes come and go", async () => {
    const state = create();
    const loop = spawn("sh", ["-c", "read go; while :; do /bin/true & /bin/true; done"], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    for (const file of procsFiles(state)) writeFileSync(file, String(loop.pid));
    loop.stdin.write("go\n");
    await Bun.sleep(50);
    for (let round = 0; round < 5; round++) {
      freeze(state);
      expect(isFrozen(state)).toBeTrue();
      thaw(state);
      await Bun.sleep(5);
    }
    signalProcesses(state, SIGKILL);
    await ended(loop);
    expect(loop.signalCode).toBe("SIGKILL");
  });

  test("an empty cgroup that is frozen is refused", () => {
    const state = create();
    freeze(state);
    expect(() => createCgroup({ ...state, made: false })).toThrow("container's cgroup unexpectedly frozen");
    thaw(state);
  });

  test("a device filter decides what a process opens, and takes the place of the one before", () => {
    const state = create();
    if (state.v2 === undefined) return;
    const { directory } = state.v2;
    const opens = (device: string): boolean =>
      spawnSync("sh", ["-c", `echo $$ >${directory}/cgroup.procs && exec <${device}`]).status === 0;
    expect(opens("/dev/kmsg")).toBeTrue();
    attachDeviceFilter(directory, [{ allow: false, access: "rwm" }]);
    expect([opens("/dev/kmsg"), opens("/dev/null")]).toEqual([false, true]);
    attachDeviceFilter(directory, [{ allow: true, type: "c", major: 1, minor: 11, access: "r" }]);
    expect([opens("/dev/kmsg"), opens("/dev/null")]).toEqual([true, true]);
    attachDeviceFilter(directory, undefined);
    expect(opens("/dev/kmsg")).toBeFalse();
  });
});
