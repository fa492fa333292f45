/** update: the limits of a container that is there. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Resources } from "../../lib/spec/types.ts";
import { cgroupOfRoots } from "../harness/cgroup_place.ts";
import { type CommandOptions, type Result, succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { cgroupV1Hierarchies } from "../harness/facilities.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const v1 = { needs: ["cgroup-v1", "controller:memory", "controller:cpu", "controller:pids"] } as const;
const MIB = 1 << 20;

const start = (t: Scenario, resources: Resources = {}): Promise<number> =>
  t.startSleeping((config) => {
    Object.assign(config.linux.resources, resources);
  });

const update = (t: Scenario, flags: readonly string[], options?: CommandOptions): Promise<Result> =>
  t.runtime.command(["update", ...flags, t.id], options);

/** The file of a container's cgroup, by its controller. */
function pathOf(t: Scenario, file: string): string {
  const controller = file.startsWith("cpu.") ? "cpu" : (file.split(".")[0] ?? "");
  return join(cgroupV1Hierarchies().get(controller) ?? "", cgroupOfRoots(t.id), file);
}

const read = (t: Scenario, file: string): string => readFileSync(pathOf(t, file), "utf8").trim();

/** Each flag, the file that it is written to, and what is there then. */
const flags: readonly (readonly [flag: string, value: string, file: string, written: string])[] = [
  ["--memory", "64m", "memory.limit_in_bytes", String(64 * MIB)],
  ["--memory", "67108864", "memory.limit_in_bytes", String(64 * MIB)],
  ["--memory", "-1", "memory.limit_in_bytes", "9223372036854771712"],
  ["--memory-reservation", "32m", "memory.soft_limit_in_bytes", String(32 * MIB)],
  ["--cpu-share", "512", "cpu.shares", "512"],
  ["--cpu-period", "200000", "cpu.cfs_period_us", "200000"],
  ["--cpu-quota", "50000", "cpu.cfs_quota_us", "50000"],
  ["--cpu-burst", "20000", "cpu.cfs_burst_us", "20000"],
  ["--cpu-idle", "1", "cpu.idle", "1"],
  ["--cpuset-cpus", "0", "cpuset.cpus", "0"],
  ["--cpuset-mems", "0", "cpuset.mems", "0"],
  ["--pids-limit", "33", "pids.max", "33"],
  ["--pids-limit", "-1", "pids.max", "max"],
];

/** What Debian's runc 1.1.5 and crun 1.8.1 do not have, or not so. */
const notInPeers: Readonly<Record<string, readonly ("not-runtime:runc" | "not-runtime:crun")[]>> = {
  "--cpu-burst": ["not-runtime:runc", "not-runtime:crun"],
  "--cpu-idle": ["not-runtime:runc", "not-runtime:crun"],
  "--pids-limit -1": ["not-runtime:crun"],
  "--memory 64m": ["not-runtime:crun"],
  "--memory-reservation": ["not-runtime:crun"],
};

describe("flags", () => {
  for (const [flag, value, file, written] of flags)
    scenario(
      `${flag} ${value}`,
      async (t) => {
        await start(t, { cpu: { quota: 40_000, period: 100_000 } });
        if (!existsSync(pathOf(t, file))) return;
        succeeded(await update(t, [flag, value]));
        expect(read(t, file)).toBe(written);
        expect(await t.runtime.status(t.id)).toBe("running");
      },
      { needs: [...v1.needs, ...(notInPeers[flag] ?? []), ...(notInPeers[`${flag} ${value}`] ?? [])] },
    );

  scenario(
    "what is not given stays",
    async (t) => {
      await start(t, { cpu: { quota: 40_000, period: 100_000, shares: 300 }, pids: { limit: 50 } });
      succeeded(await update(t, ["--cpu-share", "400"]));
      const files = ["cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares", "pids.max"];
      expect(files.map((file) => read(t, file))).toEqual(["40000", "100000", "400", "50"]);
    },
    v1,
  );

  scenario(
    "an empty value is none, as of a script whose variable is not set",
    async (t) => {
      await start(t, { cpu: { quota: 40_000, period: 100_000 }, memory: { limit: 64 * MIB } });
      const empty = ["--memory", "", "--memory-swap=", "--cpu-quota=", "--cpu-period", "", "--cpuset-cpus="];
      succeeded(await update(t, [...empty, "--cpu-share", "400"]));
      const files = ["memory.limit_in_bytes", "cpu.cfs_quota_us", "cpu.cfs_period_us", "cpu.shares"];
      expect(files.map((file) => read(t, file))).toEqual([String(64 * MIB), "40000", "100000", "400"]);
    },
    { needs: [...v1.needs, "not-runtime:crun"] }, // it wants numbers
  );

  scenario(
    "--kernel-memory and --kernel-memory-tcp change nothing",
    async (t) => {
      await start(t);
      const result = succeeded(await update(t, ["--kernel-memory", "64m", "--kernel-memory-tcp", "64m"]));
      expect(result.stdout).toBe("");
    },
    { needs: [...v1.needs, "not-runtime:runc", "not-runtime:crun"] }, // removed in runc 1.1, written in crun 1.8
  );

  scenario(
    "Intel RDT schemas are refused where there is no Intel RDT, and nothing has changed",
    async (t) => {
      await start(t, { pids: { limit: 50 } });
      expectFailure(await update(t, ["--l3-cache-schema", "L3:0=f"]), "Intel RDT/CAT: l3 cache schema is not enabled");
      expectFailure(
        await update(t, ["--mem-bw-schema", "MB:0=50"]),
        "Intel RDT/MBA: memory bandwidth schema is not enabled",
      );
    },
    { needs: [...v1.needs, "not-runtime:crun", "no-file:/sys/fs/resctrl/schemata"] },
  );

  for (const line of [
    ["--memory", "lots"],
    ["--cpu-share", "-5"],
    ["--cpu-period", "1.5"],
    ["--pids-limit", "many"],
  ])
    scenario(
      `${line.join(" ")} is refused`,
      async (t) => {
        await start(t);
        expect((await update(t, line)).status).toBe(1);
      },
      { needs: [...v1.needs, "not-runtime:crun"] },
    );
});

const document = { memory: { limit: 96 * MIB }, cpu: { shares: 700, quota: 30_000, period: 100_000 } };

function expectDocument(t: Scenario): void {
  expect(read(t, "memory.limit_in_bytes")).toBe(String(96 * MIB));
  expect(read(t, "cpu.shares")).toBe("700");
  expect(read(t, "cpu.cfs_quota_us")).toBe("30000");
}

describe("--resources", () => {
  for (const flag of ["--resources", "-r"])
    scenario(
      `${flag} FILE`,
      async (t) => {
        await start(t);
        const file = join(t.folder, "resources.json");
        writeFileSync(file, JSON.stringify(document));
        succeeded(await update(t, [flag, file]));
        expectDocument(t);
      },
      v1,
    );

  scenario(
    "=- reads standard input, as containerd calls it",
    async (t) => {
      await start(t);
      succeeded(await update(t, ["--resources=-"], { stdin: JSON.stringify(document) }));
      expectDocument(t);
    },
    { needs: [...v1.needs, "not-runtime:crun"] }, // it opens /dev/stdin, which is a socket here
  );

  scenario(
    "makes other options count for nothing",
    async (t) => {
      await start(t);
      succeeded(await update(t, ["--cpu-share", "444", "-r", "-"], { stdin: JSON.stringify(document) }));
      expectDocument(t);
    },
    { needs: [...v1.needs, "not-runtime:crun"] },
  );

  scenario(
    "never touches device rules",
    async (t) => {
      await start(t);
      // systemd writes them anew, in another order
      const rules = (): string[] => read(t, "devices.list").split("\n").sort();
      const before = rules();
      const devices = [{ allow: true, access: "rwm" }];
      succeeded(await update(t, ["--resources=-"], { stdin: JSON.stringify({ ...document, devices }) }));
      expect(rules()).toEqual(before);
      expectDocument(t);
    },
    { needs: [...v1.needs, "controller:devices", "not-runtime:crun"] },
  );

  for (const [what, text] of [
    ["no JSON", "{"],
    ["no resources", '{"memory": {"limit": "lots"}}'],
  ] as const)
    scenario(
      `with ${what} fails`,
      async (t) => {
        await start(t);
        expectFailure(await update(t, ["--resources=-"], { stdin: text }), "");
      },
      { needs: ["not-runtime:crun"] },
    );
});

describe("a container", () => {
  scenario("that is not there", async (t) => {
    const result = await update(t, ["--pids-limit", "9"]);
    expectFailure(result, t.runtime.kind === "crun" ? "" : "container does not exist");
  });

  scenario(
    "that has stopped",
    async (t) => {
      await start(t);
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      expectFailure(await update(t, ["--pids-limit", "9"]), "container not running");
    },
    { needs: ["not-runtime:crun"] },
  );

  scenario(
    "that is created or paused can be updated",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sleep", "1000"];
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      succeeded(await update(t, ["--pids-limit", "77"]));
      expect(read(t, "pids.max")).toBe("77");
      expect(await t.runtime.status(t.id)).toBe("created");
      succeeded(await t.runtime.start(t.id));
      succeeded(await t.runtime.command(["pause", t.id]));
      succeeded(await update(t, ["--pids-limit", "78"]));
      expect(read(t, "pids.max")).toBe("78");
      expect(await t.runtime.status(t.id)).toBe("paused");
    },
    v1,
  );
});

describe("a limit that the kernel refuses", () => {
  scenario(
    "is named, and those before it are put back",
    async (t) => {
      await start(t, { pids: { limit: 50 }, cpu: { shares: 300, quota: 40_000, period: 100_000 } });
      const line = ["--cpu-share", "400", "--cpu-quota", "50000", "--pids-limit", "60", "--cpuset-cpus", "4000"];
      expectFailure(await update(t, line), t.runtime.kind === "tsrun" ? "/linux/resources/cpu/cpus" : "cpuset.cpus");
      const files = ["cpu.shares", "cpu.cfs_quota_us", "pids.max"];
      expect(files.map((file) => read(t, file))).toEqual(["300", "40000", "50"]);
      // what failed is forgotten too
      succeeded(await update(t, ["--pids-limit", "51"]));
      expect(files.map((file) => read(t, file))).toEqual(["300", "40000", "51"]);
    },
    { needs: [...v1.needs, "controller:cpuset", "not-runtime:crun"] },
  );
});

describe("what was updated", () => {
  scenario(
    "counts for later updates, and for processes that join",
    async (t) => {
      await start(t, { memory: { limit: 64 * MIB } });
      succeeded(await update(t, ["--memory", "96m", "--cpu-share", "222"]));
      succeeded(await update(t, ["--pids-limit", "44"]));
      expect(read(t, "memory.limit_in_bytes")).toBe(String(96 * MIB));
      expect(read(t, "cpu.shares")).toBe("222");
      succeeded(await t.runtime.command(["exec", t.id, "true"]));
    },
    { needs: [...v1.needs, "not-runtime:crun"] },
  );
});
