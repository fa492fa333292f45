/** Control groups, version 1: where the container is put, which limits it gets, and that its groups go with it. */

import { describe, expect } from "bun:test";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Resources } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { cgroupV1Hierarchies } from "../harness/facilities.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { readV1, v1CgroupsOf } from "../harness/v1_cgroup.ts";

/** About paths in the hierarchies, which systemd has its own of. */
const v1 = { needs: ["cgroup-v1", "cgroupfs"] } as const;

/** Mount points of all hierarchies, a hybrid layout's unified one included. */
function everyHierarchy(): string[] {
  const unified = "/sys/fs/cgroup/unified";
  return [...new Set(cgroupV1Hierarchies().values()), ...(existsSync(unified) ? [unified] : [])];
}

describe("place", () => {
  scenario(
    "an absolute cgroupsPath starts at the hierarchies' roots",
    async (t) => {
      const pid = await t.startSleeping();
      const groups = v1CgroupsOf(pid);
      for (const controller of cgroupV1Hierarchies().keys())
        if (groups.has(controller)) expect(`${controller} ${groups.get(controller)}`).toBe(`${controller} /${t.id}`);
    },
    v1,
  );

  scenario(
    "a relative one starts at the runtime's own cgroup",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        config.linux.cgroupsPath = `${t.id}-relative`;
      });
      const [own, groups] = [v1CgroupsOf("self"), v1CgroupsOf(pid)];
      expect(groups.get("memory")).toBe(join(own.get("memory") ?? "", `${t.id}-relative`));
    },
    { needs: ["cgroupfs", "controller:memory", "not-runtime:crun"] }, // crun starts at the root
  );

  scenario(
    "none at all gives a cgroup of the container's id",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        delete config.linux.cgroupsPath;
      });
      expect(v1CgroupsOf(pid).get("memory")).toEndWith(`/${t.id}`);
    },
    { needs: ["cgroupfs", "controller:memory"] },
  );

  scenario(
    "one in another that is there already",
    async (t) => {
      const parents = everyHierarchy().map((folder) => join(folder, t.id));
      for (const parent of parents) mkdirSync(parent, { recursive: true });
      for (const parent of parents.filter((path) => existsSync(join(path, "cpuset.cpus"))))
        for (const file of ["cpuset.cpus", "cpuset.mems"])
          writeFileSync(join(parent, file), readFileSync(join(parent, "..", file)));
      t.defer(() => {
        for (const parent of parents) rmdirSync(parent);
      });
      const pid = await t.startSleeping((config) => {
        config.linux.cgroupsPath = `/${t.id}/inner`;
      });
      expect(v1CgroupsOf(pid).get("pids")).toBe(`/${t.id}/inner`);
      succeeded(await t.runtime.delete(t.id, "--force"));
      for (const parent of parents) {
        expect(existsSync(join(parent, "inner"))).toBeFalse();
        expect(existsSync(parent)).toBeTrue();
      }
    },
    { needs: ["cgroupfs", "controller:pids"] },
  );

  scenario(
    "parents that are missing are made",
    async (t) => {
      t.defer(() => {
        const parents = everyHierarchy().map((folder) => join(folder, t.id));
        for (const parent of parents.filter(existsSync)) rmdirSync(parent);
      });
      const pid = await t.startSleeping((config) => {
        config.linux.cgroupsPath = `/${t.id}/inner`;
      });
      expect(v1CgroupsOf(pid).get("pids")).toBe(`/${t.id}/inner`);
      expect(readV1(pid, "cpuset.cpus")).not.toBe("");
    },
    { needs: ["cgroupfs", "controller:pids", "controller:cpuset"] },
  );

  scenario(
    "a cgroup with processes in it is refused, and they live on",
    async (t) => {
      const folder = join(cgroupV1Hierarchies().get("pids") ?? "", t.id);
      mkdirSync(folder);
      const stranger = spawn("sleep", ["1004"], { stdio: "ignore" });
      t.defer(async () => {
        stranger.kill("SIGKILL");
        await new Promise((resolve) => stranger.once("exit", resolve));
        if (existsSync(folder)) rmdirSync(folder);
      });
      writeFileSync(join(folder, "cgroup.procs"), String(stranger.pid));
      const bundle = await t.bundle();
      expectFailure(await t.runtime.create(t.id, bundle.path), "not empty");
      expect(stranger.exitCode).toBeNull();
      expect(existsSync(folder)).toBeTrue();
    },
    { needs: ["cgroupfs", "controller:pids", "not-runtime:runc", "not-runtime:crun"] }, // runc 1.1.5 warns, crun accepts
  );

  scenario(
    "a cgroup that is frozen is refused, and stays",
    async (t) => {
      const folder = join(cgroupV1Hierarchies().get("freezer") ?? "", t.id);
      mkdirSync(folder);
      t.defer(() => {
        if (existsSync(folder)) rmdirSync(folder);
      });
      writeFileSync(join(folder, "freezer.state"), "FROZEN");
      const bundle = await t.bundle();
      expectFailure(await t.runtime.create(t.id, bundle.path), "unexpectedly frozen");
      expect(existsSync(folder)).toBeTrue();
    },
    { needs: ["cgroupfs", "controller:freezer", "not-runtime:crun"] }, // it waits in there
  );
});

describe("limits", () => {
  /** Start with these resources; the result reads a file of the container's cgroup. */
  async function start(t: Scenario, resources: Resources): Promise<(file: string) => string> {
    const pid = await t.startSleeping((config) => {
      Object.assign(config.linux.resources, resources);
    });
    return (file) => readV1(pid, file);
  }

  scenario(
    "memory",
    async (t) => {
      const read = await start(t, { memory: { limit: 64 << 20, reservation: 32 << 20 } });
      expect(read("memory.limit_in_bytes")).toBe(String(64 << 20));
      expect(read("memory.soft_limit_in_bytes")).toBe(String(32 << 20));
    },
    { needs: ["controller:memory"] },
  );

  scenario(
    "memory and swap",
    async (t) => {
      const read = await start(t, { memory: { limit: 64 << 20, swap: 96 << 20 } });
      expect(read("memory.limit_in_bytes")).toBe(String(64 << 20));
      expect(read("memory.memsw.limit_in_bytes")).toBe(String(96 << 20));
    },
    { needs: ["controller:memory", "file:/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes"] },
  );

  scenario(
    "cpu",
    async (t) => {
      const read = await start(t, { cpu: { shares: 512, quota: 50_000, period: 200_000 } });
      expect(read("cpu.shares")).toBe("512");
      expect(read("cpu.cfs_quota_us")).toBe("50000");
      expect(read("cpu.cfs_period_us")).toBe("200000");
    },
    { needs: ["controller:cpu"] },
  );

  scenario(
    "cpuset",
    async (t) => {
      const read = await start(t, { cpu: { cpus: "0", mems: "0" } });
      expect(read("cpuset.cpus")).toBe("0");
      expect(read("cpuset.mems")).toBe("0");
    },
    { needs: ["controller:cpuset"] },
  );

  /** Fields that are one number in one file; where `without` is given, these runtimes do something else. */
  const fields: readonly [
    string,
    Resources,
    controller: string,
    Record<string, string>,
    ...without: ("not-runtime:runc" | "not-runtime:crun")[],
  ][] = [
    ["swappiness", { memory: { limit: 64 << 20, swappiness: 10 } }, "memory", { "memory.swappiness": "10" }],
    [
      "kernelTCP",
      { memory: { kernelTCP: 16 << 20 } },
      "memory",
      { "memory.kmem.tcp.limit_in_bytes": String(16 << 20) },
      "not-runtime:runc", // ignores it
    ],
    ["disableOOMKiller", { memory: { limit: 64 << 20, disableOOMKiller: true } }, "memory", {}],
    ["kernel, which kernels have given up", { memory: { kernel: 32 << 20 } }, "memory", {}],
    [
      "realtimeRuntime and realtimePeriod, which is set first",
      { cpu: { realtimeRuntime: 1_000, realtimePeriod: 2_000 } },
      "cpu",
      { "cpu.rt_runtime_us": "1000", "cpu.rt_period_us": "2000" },
      "not-runtime:runc", // the other way round
      "not-runtime:crun", // the same
    ],
    [
      "burst",
      { cpu: { quota: 50_000, period: 50_000, burst: 20_000 } },
      "cpu",
      { "cpu.cfs_burst_us": "20000" },
      "not-runtime:runc", // is older
      "not-runtime:crun", // is older
    ],
    ["idle", { cpu: { idle: 1 } }, "cpu", { "cpu.idle": "1" }, "not-runtime:runc"],
  ];
  for (const [what, resources, controller, files, ...without] of fields)
    scenario(
      what,
      async (t) => {
        const read = await start(t, resources);
        for (const [file, value] of Object.entries(files)) expect(`${file} ${read(file)}`).toBe(`${file} ${value}`);
        if (resources.memory?.disableOOMKiller) expect(read("memory.oom_control")).toContain("oom_kill_disable 1");
      },
      {
        needs: [
          `controller:${controller}`,
          ...Object.keys(files).map((file) => `file:/sys/fs/cgroup/${controller}/${file}` as const),
          ...without,
        ],
      },
    );

  for (const [limit, written] of [
    [20, "20"],
    [-1, "max"],
  ] as const)
    scenario(
      `pids ${limit}`,
      async (t) => {
        const read = await start(t, { pids: { limit } });
        expect(read("pids.max")).toBe(written);
      },
      // crun 1.8.1 writes -1 as it stands, which the kernel refuses
      { needs: ["controller:pids", ...(limit < 0 ? (["not-runtime:crun"] as const) : [])] },
    );

  scenario(
    "throttled block devices",
    async (t) => {
      const [major, minor] = [7, 0];
      const read = await start(t, {
        blockIO: {
          throttleReadBpsDevice: [{ major, minor, rate: 1_048_576 }],
          throttleWriteIOPSDevice: [{ major, minor, rate: 100 }],
        },
      });
      expect(read("blkio.throttle.read_bps_device")).toBe("7:0 1048576");
      expect(read("blkio.throttle.write_iops_device")).toBe("7:0 100");
    },
    { needs: ["controller:blkio", "file:/dev/loop0"] },
  );

  scenario(
    "devices: nothing but what is allowed",
    async (t) => {
      const read = await start(t, {
        devices: [
          { allow: false, access: "rwm" },
          { allow: true, type: "c", major: 10, minor: 229, access: "rw" },
          { allow: true, type: "b", major: 8, access: "r" },
        ],
      });
      const list = read("devices.list").split("\n");
      expect(list).not.toContain("a *:* rwm");
      expect(list).toEqual(expect.arrayContaining(["c 10:229 rw", "b 8:* r"]));
      // what every container may use
      expect(list).toEqual(
        expect.arrayContaining(["c 1:3 rwm", "c 1:5 rwm", "c 1:7 rwm", "c 1:8 rwm", "c 1:9 rwm", "c 5:0 rwm"]),
      );
      expect(list).toEqual(expect.arrayContaining(["c 136:* rwm", "c 5:2 rwm", "c *:* m", "b *:* m"]));
    },
    { needs: ["controller:devices"] },
  );
});

describe("effect", () => {
  scenario(
    "the pids limit stops a fork",
    async (t) => {
      const result = await t.sh("for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 30 & done", (config) => {
        config.linux.resources.pids = { limit: 6 };
      });
      expect(result.stderr).toContain("fork");
    },
    { needs: ["controller:pids"] },
  );

  scenario(
    "too much memory is the process's end",
    async (t) => {
      const result = await t.sh("head -c 100000000 /dev/zero | tail >/dev/null", (config) => {
        // what is too much goes to swap, where there is any
        const [limit, swaps] = [24 << 20, existsSync("/sys/fs/cgroup/memory/memory.memsw.limit_in_bytes")];
        config.linux.resources.memory = { limit, ...(swaps && { swap: limit }) };
      });
      expect(result.status).toBe(137);
      await t.expectNothingLeft();
    },
    { needs: ["controller:memory"] },
  );

  for (const cpu of [{ realtimeRuntime: 10_000, realtimePeriod: 100_000 }, {}])
    scenario(
      `a real-time policy ${cpu.realtimeRuntime === undefined ? "is refused without a share of" : "has its share of"} real time`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          config.linux.resources.cpu = cpu;
          config.process.scheduler = { policy: "SCHED_FIFO", priority: 3 };
          config.process.args = ["sh", "-c", "cut -d ' ' -f 41 /proc/self/stat"];
        });
        const result = await t.runtime.run(t.id, bundle.path);
        if (cpu.realtimeRuntime === undefined) expectFailure(result, ["/process/scheduler", "realtimeRuntime"]);
        else expect(succeeded(result).stdout).toBe("1\n");
      },
      { needs: ["controller:cpu", "file:/sys/fs/cgroup/cpu/cpu.rt_runtime_us", "runtime:tsrun"] },
    ); // Debian's runc and crun do not know process.scheduler

  scenario(
    "the process runs on the cpuset's processors",
    async (t) => {
      const probe = await t.probe((config) => {
        config.linux.resources.cpu = { cpus: "0" };
      });
      expect(probe.scheduler.cpus).toEqual([0]);
    },
    { needs: ["controller:cpuset", "probe"] },
  );
});

describe("removal", () => {
  scenario(
    "takes groups that the container made below its own along",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        const cgroup = config.mounts.find(({ type }) => type === "cgroup");
        if (cgroup?.options) cgroup.options = cgroup.options.filter((option) => option !== "ro");
        const make = "mkdir -p /sys/fs/cgroup/pids/a/b && echo $$ >/sys/fs/cgroup/pids/a/b/cgroup.procs";
        config.process.args = ["sh", "-c", `${make}; exec sleep 1000`];
      });
      expect(pid).toBeGreaterThan(1);
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.delete(t.id));
      await t.expectNothingLeft();
    },
    { needs: ["controller:pids"] },
  );
});

describe("limits that cannot be", () => {
  const cases: readonly (readonly [string, Resources])[] = [
    ["processors that the machine does not have", { cpu: { cpus: "4000" } }],
    ["swap below memory", { memory: { limit: 64 << 20, swap: 32 << 20 } }],
    ["a quota that the kernel refuses", { cpu: { quota: 1, period: 100_000 } }],
  ];
  for (const [what, resources] of cases)
    scenario(
      `${what} are an error, and nothing is left`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          Object.assign(config.linux.resources, resources);
        });
        const result = await t.runtime.create(t.id, bundle.path);
        expect(result.status).toBe(1);
        await t.expectNothingLeft();
      },
      { needs: ["cgroup-v1", "not-runtime:crun"] }, // crun 1.8.1 leaves the cgroups
    );
});
