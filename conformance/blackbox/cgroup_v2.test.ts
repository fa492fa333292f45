/** Control groups, version 2: where the container is put, and what its limits are written as. */

import { describe, expect } from "bun:test";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Resources } from "../../lib/spec/types.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { cgroupsPathOf, unifiedCgroupOf } from "../harness/cgroup_place.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { scenario, scenarioWith } from "../harness/scenario.ts";
import { containerCgroup, readCgroup } from "../harness/unified_cgroup.ts";

const placed = scenarioWith(["cgroup-v2", "cgroupfs"]);

describe("place", () => {
  placed("hands down every controller that the container could have", async (t) => {
    const pid = await t.startSleeping();
    const directory = containerCgroup(pid, t.id);
    const above = readFileSync(join(dirname(directory), "cgroup.controllers"), "utf8")
      .trim()
      .split(" ");
    const own = readFileSync(join(directory, "cgroup.controllers"), "utf8").trim().split(" ");
    expect(own).toEqual(expect.arrayContaining(above.filter((name) => ["cpu", "io", "memory", "pids"].includes(name))));
  });

  placed("an absolute cgroupsPath starts at the hierarchy's root", async (t) => {
    expect(unifiedCgroupOf(await t.startSleeping())).toBe(cgroupsPathOf(t.id) ?? "");
  });

  placed(
    "a relative one starts beside the runtime's own cgroup",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        config.linux.cgroupsPath = `${t.id}-relative`;
      });
      expect(unifiedCgroupOf(pid)).toBe(join(dirname(unifiedCgroupOf("self")), `${t.id}-relative`));
    },
    { needs: ["not-runtime:crun"] }, // crun starts at the root
  );

  placed(
    "none at all gives a cgroup of the container's id",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        delete config.linux.cgroupsPath;
      });
      expect(basename(unifiedCgroupOf(pid))).toBe(t.id);
    },
    { needs: ["root"] },
  );

  placed("what is missing above it is made, and removed with it", async (t) => {
    const pid = await t.startSleeping((config) => {
      config.linux.cgroupsPath = `${cgroupsPathOf(t.id)}/between/inner`;
      config.linux.resources.pids = { limit: 20 };
    });
    const directory = join("/sys/fs/cgroup", unifiedCgroupOf(pid));
    expect(directory).toEndWith(`/${t.id}/between/inner`);
    expect(readCgroup(directory, "pids.max")).toBe("20");
    succeeded(await t.runtime.delete(t.id, "--force"));
    expect(existsSync(directory)).toBeFalse();
    t.defer(() => {
      // the others leave it
      for (const above of [dirname(directory), dirname(dirname(directory))]) if (existsSync(above)) rmdirSync(above);
    });
    if (t.runtime.kind === "tsrun") expect(existsSync(dirname(directory))).toBeFalse();
  });

  placed(
    "a cgroup with processes in it is refused, and they live on",
    async (t) => {
      const folder = join("/sys/fs/cgroup", cgroupsPathOf(t.id) ?? "");
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
    { needs: ["not-runtime:runc", "not-runtime:crun"] }, // runc 1.1.5 warns, crun accepts
  );
});

interface Written {
  readonly what: string;
  readonly resources: Resources;
  /** The controller it needs. */
  readonly needs: string;
  readonly files: Readonly<Record<string, string | RegExp>>;
  readonly alsoNeeds?: readonly Need[];
}

const MiB = 1 << 20;

const written: readonly Written[] = [
  {
    what: "memory",
    needs: "memory",
    resources: { memory: { limit: 64 * MiB, reservation: 32 * MiB } },
    files: { "memory.max": `${64 * MiB}`, "memory.low": `${32 * MiB}` },
  },
  {
    what: "memory and swap",
    needs: "memory",
    resources: { memory: { limit: 64 * MiB, swap: 96 * MiB } },
    files: { "memory.max": `${64 * MiB}`, "memory.swap.max": `${32 * MiB}` },
  },
  {
    what: "memory without swap",
    needs: "memory",
    resources: { memory: { limit: 64 * MiB, swap: 64 * MiB } },
    files: { "memory.swap.max": "0" },
  },
  {
    what: "memory and swap without limits",
    needs: "memory",
    resources: { memory: { limit: -1, swap: -1 } },
    files: { "memory.max": "max", "memory.swap.max": "max" },
  },
  {
    what: "cpu quota and period",
    needs: "cpu",
    resources: { cpu: { quota: 50_000, period: 200_000 } },
    files: { "cpu.max": "50000 200000" },
  },
  {
    what: "cpu burst",
    needs: "cpu",
    resources: { cpu: { quota: 50_000, period: 100_000, burst: 20_000 } },
    files: { "cpu.max.burst": "20000" },
    alsoNeeds: ["not-runtime:runc", "not-runtime:crun"], // Debian's do not know it
  },
  {
    what: "cpu shares, the default of which is the default",
    needs: "cpu",
    resources: { cpu: { shares: 1024 } },
    files: { "cpu.weight": "100" },
    alsoNeeds: ["not-runtime:runc", "not-runtime:crun"], // Debian's convert by the old formula
  },
  {
    what: "cpu.idle",
    needs: "cpu",
    resources: { cpu: { idle: 1 } },
    files: { "cpu.idle": "1", "cpu.weight": "0" },
    alsoNeeds: ["not-runtime:runc"], // Debian's does not know it
  },
  {
    what: "cpuset",
    needs: "cpuset",
    resources: { cpu: { cpus: "0", mems: "0" } },
    files: { "cpuset.cpus": "0", "cpuset.mems": "0" },
  },
  { what: "pids", needs: "pids", resources: { pids: { limit: 20 } }, files: { "pids.max": "20" } },
  {
    what: "pids without a limit",
    needs: "pids",
    resources: { pids: { limit: -1 } },
    files: { "pids.max": "max" },
    alsoNeeds: ["not-runtime:crun"], // 1.8.1 writes -1
  },
  {
    what: "throttled block devices",
    needs: "io",
    resources: {
      blockIO: {
        throttleReadBpsDevice: [{ major: 7, minor: 0, rate: MiB }],
        throttleWriteIOPSDevice: [{ major: 7, minor: 0, rate: 100 }],
      },
    },
    files: { "io.max": "7:0 rbps=1048576 wbps=max riops=max wiops=100" },
    alsoNeeds: ["file:/dev/loop0"],
  },
  {
    what: "huge pages",
    needs: "hugetlb",
    resources: { hugepageLimits: [{ pageSize: "2MB", limit: 4 * MiB }] },
    files: { "hugetlb.2MB.max": `${4 * MiB}` },
    alsoNeeds: ["cgroupfs"], // systemd does not know the controller
  },
  {
    what: "files of version 2 by their names",
    needs: "memory",
    resources: { unified: { "memory.high": `${48 * MiB}`, "memory.oom.group": "1", "pids.max": "30" } },
    files: { "memory.high": `${48 * MiB}`, "memory.oom.group": "1", "pids.max": "30" },
    alsoNeeds: ["unified:pids"],
  },
];

describe("limits", () => {
  for (const { what, resources, needs, files, alsoNeeds = [] } of written)
    scenario(
      what,
      async (t) => {
        const pid = await t.startSleeping((config) => {
          Object.assign(config.linux.resources, resources);
        });
        const directory = containerCgroup(pid, t.id);
        for (const [file, value] of Object.entries(files))
          expect(`${file} ${readCgroup(directory, file)}`).toBe(`${file} ${value}`);
      },
      { needs: ["cgroup-v2", `unified:${needs}`, ...alsoNeeds] },
    );

  /** With the BFQ scheduler its own file has the weight, otherwise that of the cost model. */
  scenario(
    "weights of block devices",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        config.linux.resources.blockIO = { weight: 500 };
      });
      const directory = containerCgroup(pid, t.id);
      const [bfq, io] = ["io.bfq.weight", "io.weight"].map((file) => readCgroup(directory, file));
      if (bfq !== undefined) expect(bfq).toBe("default 500");
      else expect(io).toBe("default 4950");
    },
    { needs: ["cgroup-v2", "unified:io", "cgroupfs", "not-runtime:crun"] }, // crun converts for BFQ too
  );

  scenario(
    "update changes them, and leaves the others",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        config.linux.resources.pids = { limit: 20 };
        config.linux.resources.memory = { limit: 64 * MiB };
      });
      const directory = containerCgroup(pid, t.id);
      succeeded(await t.runtime.command(["update", "--pids-limit", "30", t.id]));
      expect(readCgroup(directory, "pids.max")).toBe("30");
      expect(readCgroup(directory, "memory.max")).toBe(`${64 * MiB}`);
      const file = join(t.folder, "resources");
      writeFileSync(file, JSON.stringify({ memory: { limit: 96 * MiB }, cpu: { quota: 30_000, period: 100_000 } }));
      succeeded(await t.runtime.command(["update", "--resources", file, t.id]));
      expect(readCgroup(directory, "pids.max")).toBe("30");
      expect(readCgroup(directory, "memory.max")).toBe(`${96 * MiB}`);
      expect(readCgroup(directory, "cpu.max")).toBe("30000 100000");
    },
    { needs: ["cgroup-v2", "unified:pids", "unified:memory", "unified:cpu"] },
  );
});

describe("limits that cannot be", () => {
  const cases: readonly (readonly [string, Resources, string])[] = [
    ["processors that the machine does not have", { cpu: { cpus: "4000" } }, "/linux/resources/cpu/cpus"],
    ["swap below memory", { memory: { limit: 64 * MiB, swap: 32 * MiB } }, "/linux/resources/memory/swap"],
    ["a quota that the kernel refuses", { cpu: { quota: 1, period: 100_000 } }, "/linux/resources/cpu/quota"],
    ["a file that is none", { unified: { "no.such.file": "1" } }, "/linux/resources/unified/no.such.file"],
    ["a file of another cgroup", { unified: { "../cgroup.procs": "1" } }, "/linux/resources/unified/"],
    ["network classes, which version 2 does not have", { network: { classID: 5 } }, "/linux/resources/network/classID"],
  ];
  for (const [what, resources, pointer] of cases)
    scenario(
      `${what} are an error, and nothing is left`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          Object.assign(config.linux.resources, resources);
        });
        expectFailure(await t.runtime.create(t.id, bundle.path), t.runtime.kind === "tsrun" ? pointer : "");
        await t.expectNothingLeft();
      },
      // crun 1.8.1 leaves the cgroups, runc 1.1.5 passes some over
      { needs: ["cgroup-v2", "unified:cpuset", "runtime:tsrun"] },
    );
});

describe("without permission to make cgroups", () => {
  const denied = scenarioWith(["cgroup-v2", "none", "ordinary-user"]);

  denied("a container without limits runs", async (t) => {
    expect(succeeded(await t.sh("echo fine")).stdout).toBe("fine\n");
  });

  const asked: readonly (readonly [string, (config: TestConfig) => void])[] = [
    ["limits", (config) => Object.assign(config.linux.resources, { pids: { limit: 20 } })],
    ["a cgroupsPath", (config) => Object.assign(config.linux, { cgroupsPath: "/somewhere" })],
  ];
  for (const [what, ask] of asked)
    denied(
      `one with ${what} is refused in a clear sentence`,
      async (t) => {
        const bundle = await t.bundle(ask);
        const sentence = "rootless needs no limits + no cgrouppath when no permission is granted for cgroups";
        expectFailure(await t.runtime.create(t.id, bundle.path), sentence);
        await t.expectNothingLeft();
      },
      { needs: ["not-runtime:crun"] }, // with its own cgroup manager "disabled" it takes no notice
    );
});
