/** config-linux.md: limits of the cgroup. A test of the setting for each version of cgroups, and tests of their effect. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { Resources } from "../../../lib/spec/types.ts";
import { cgroupV1Hierarchies } from "../../harness/facilities.ts";
import { equal, includes, ok } from "../assertions.ts";
import { type Anchor, type ConformanceTest, must, section } from "../test.ts";
import { having, type Trial } from "../trial.ts";

const { EAGAIN } = constants.errno;
const SIGKILL = 9;
const MIB = 1 << 20;
const RDMA_DEVICES = "/sys/class/infiniband";

interface Setting {
  readonly section: Anchor;
  readonly name: string;
  readonly resources: Resources;
  /** Controller, file, and what is in it. */
  readonly v1?: readonly [string, string, string];
  readonly v2?: readonly [string, string];
  readonly since?: string;
}

const SETTINGS: readonly Setting[] = [
  {
    section: "config-linux.md#memory",
    name: "limit is the limit",
    resources: { memory: { limit: 64 * MIB } },
    v1: ["memory", "memory.limit_in_bytes", String(64 * MIB)],
    v2: ["memory.max", String(64 * MIB)],
  },
  {
    section: "config-linux.md#memory",
    name: "reservation is the soft limit",
    resources: { memory: { reservation: 32 * MIB } },
    v1: ["memory", "memory.soft_limit_in_bytes", String(32 * MIB)],
    v2: ["memory.low", String(32 * MIB)],
  },
  {
    section: "config-linux.md#memory",
    name: "swap is the limit of memory and swap together",
    resources: { memory: { limit: 64 * MIB, swap: 96 * MIB } },
    v1: ["memory", "memory.memsw.limit_in_bytes", String(96 * MIB)],
    v2: ["memory.swap.max", String(32 * MIB)],
  },
  {
    section: "config-linux.md#memory",
    name: "limit -1 is no limit",
    resources: { memory: { limit: -1 } },
    v1: ["memory", "memory.limit_in_bytes", "9223372036854771712"],
    v2: ["memory.max", "max"],
  },
  {
    section: "config-linux.md#memory",
    name: "swappiness is the cgroup's",
    resources: { memory: { swappiness: 33 } },
    v1: ["memory", "memory.swappiness", "33"],
  },
  {
    section: "config-linux.md#memory",
    name: "disableOOMKiller switches the killer off",
    resources: { memory: { limit: 64 * MIB, disableOOMKiller: true } },
    v1: ["memory", "memory.oom_control", "oom_kill_disable 1"],
  },
  {
    section: "config-linux.md#cpu",
    name: "shares are the cgroup's",
    resources: { cpu: { shares: 512 } },
    v1: ["cpu", "cpu.shares", "512"],
  },
  {
    section: "config-linux.md#cpu",
    name: "quota is the cgroup's",
    resources: { cpu: { quota: 50_000, period: 200_000 } },
    v1: ["cpu", "cpu.cfs_quota_us", "50000"],
    v2: ["cpu.max", "50000 200000"],
  },
  {
    section: "config-linux.md#cpu",
    name: "period is the cgroup's",
    resources: { cpu: { quota: 50_000, period: 200_000 } },
    v1: ["cpu", "cpu.cfs_period_us", "200000"],
    v2: ["cpu.max", "50000 200000"],
  },
  {
    section: "config-linux.md#cpu",
    name: "a quota without a period leaves the period",
    resources: { cpu: { quota: 40_000 } },
    v1: ["cpu", "cpu.cfs_period_us", "100000"],
    v2: ["cpu.max", "40000 100000"],
  },
  {
    section: "config-linux.md#cpu",
    name: "realtimeRuntime is the cgroup's",
    resources: { cpu: { realtimeRuntime: 10_000 } },
    v1: ["cpu", "cpu.rt_runtime_us", "10000"],
  },
  {
    section: "config-linux.md#cpu",
    name: "realtimePeriod is the cgroup's",
    resources: { cpu: { realtimePeriod: 900_000 } },
    v1: ["cpu", "cpu.rt_period_us", "900000"],
  },
  {
    section: "config-linux.md#cpu",
    name: "burst is the cgroup's",
    resources: { cpu: { quota: 50_000, period: 100_000, burst: 20_000 } },
    v1: ["cpu", "cpu.cfs_burst_us", "20000"],
    v2: ["cpu.max.burst", "20000"],
    since: "1.1",
  },
  {
    section: "config-linux.md#cpu",
    name: "idle is the cgroup's",
    resources: { cpu: { idle: 1 } },
    v1: ["cpu", "cpu.idle", "1"],
    v2: ["cpu.idle", "1"],
    since: "1.1",
  },
  {
    section: "config-linux.md#cpu",
    name: "cpus are the cgroup's",
    resources: { cpu: { cpus: "0" } },
    v1: ["cpuset", "cpuset.cpus", "0"],
    v2: ["cpuset.cpus", "0"],
  },
  {
    section: "config-linux.md#cpu",
    name: "mems are the cgroup's",
    resources: { cpu: { mems: "0" } },
    v1: ["cpuset", "cpuset.mems", "0"],
    v2: ["cpuset.mems", "0"],
  },
  {
    section: "config-linux.md#pids",
    name: "limit is the limit",
    resources: { pids: { limit: 42 } },
    v1: ["pids", "pids.max", "42"],
    v2: ["pids.max", "42"],
  },
  {
    section: "config-linux.md#pids",
    name: "limit -1 is no limit",
    resources: { pids: { limit: -1 } },
    v1: ["pids", "pids.max", "max"],
    v2: ["pids.max", "max"],
    since: "1.3",
  },
  {
    section: "config-linux.md#network",
    name: "classID is the cgroup's",
    resources: { network: { classID: 1_048_577 } },
    v1: ["net_cls", "net_cls.classid", "1048577"],
  },
  {
    section: "config-linux.md#network",
    name: "priorities are the cgroup's",
    resources: { network: { priorities: [{ name: "lo", priority: 5 }] } },
    v1: ["net_prio", "net_prio.ifpriomap", "lo 5"],
  },
  {
    section: "config-linux.md#block-io",
    name: "weight is the cgroup's",
    resources: { blockIO: { weight: 300 } },
    v1: ["blkio", "blkio.weight", "300"],
  },
];

/** Whether cgroups in this folder have such a file. */
function hasFile(folder: string, name: string, file: string): boolean {
  const tried = join(folder, name);
  mkdirSync(tried);
  try {
    return existsSync(join(tried, file));
  } finally {
    rmdirSync(tried);
  }
}

/** What a file of the container's cgroup says; the test is skipped where there is no such file. */
async function fileOfCgroup(t: Trial, resources: Resources, controller: string, file: string): Promise<string> {
  const folder = controller === "" ? "/sys/fs/cgroup" : (cgroupV1Hierarchies().get(controller) ?? "");
  if (!hasFile(folder, `${t.id}-tried`, file)) t.skip(`needs ${file} in the cgroup`);
  await t.create([["hold"]], (config) => Object.assign(config.linux.resources, resources));
  return readFileSync(join(folder, t.id, file), "utf8").trim();
}

function settingTests({ section: anchor, name, resources, v1, v2, since = "1.0" }: Setting): ConformanceTest[] {
  const holds = (found: string, expected: string): void =>
    ok(`expected ${expected}`, found === expected || found.split("\n").includes(expected), found);
  const tests = [];
  if (v1 !== undefined) {
    const [controller, file, expected] = v1;
    tests.push(
      must(`${name} (v1: ${file})`, async (t) => holds(await fileOfCgroup(t, resources, controller, file), expected), {
        needs: ["cgroup-v1", `controller:${controller}`],
      }),
    );
  }
  if (v2 !== undefined) {
    const [file, expected] = v2;
    tests.push(
      must(`${name} (v2: ${file})`, async (t) => holds(await fileOfCgroup(t, resources, "", file), expected), {
        needs: ["cgroup-v2"],
      }),
    );
  }
  return section(anchor, tests, { since });
}

/** Numbers of a disk of this machine. */
function disk(t: Trial): { major: number; minor: number } {
  const name = readdirSync("/sys/block").find((found) => /^(vd|sd|nvme|xvd|loop)/.test(found));
  if (name === undefined) return t.skip("needs a disk");
  const [major = 0, minor = 0] = readFileSync(`/sys/block/${name}/dev`, "utf8").trim().split(":").map(Number);
  return { major, minor };
}

const THROTTLES = {
  throttleReadBpsDevice: "read_bps_device",
  throttleWriteBpsDevice: "write_bps_device",
  throttleReadIOPSDevice: "read_iops_device",
  throttleWriteIOPSDevice: "write_iops_device",
} as const;

export const RESOURCES = [
  ...SETTINGS.flatMap(settingTests),
  ...section("config-linux.md#memory", [
    must("a process that takes more than the limit is ended", async (t) => {
      const outcome = await t.try(["allocate", 64 * MIB], (config) => {
        config.linux.resources.memory = { limit: 16 * MIB, swap: 16 * MIB };
      });
      equal("signal", outcome.signal, SIGKILL);
    }),
    must("a process that takes less is not", async (t) => {
      const outcome = await t.try(["allocate", 8 * MIB], (config) => {
        config.linux.resources.memory = { limit: 64 * MIB, swap: 64 * MIB };
      });
      equal("status", outcome.status, 0);
    }),
    must("a limit that is no number is an error", (t) =>
      t.refuses('limit "64m"', having("linux.resources.memory", { limit: "64m" })),
    ),
  ]),
  ...section("config-linux.md#cpu", [
    must("the process runs on the given processors alone", async (t) => {
      const { scheduler } = await t.see(having("linux.resources.cpu", { cpus: "0" }));
      equal("processors", scheduler.cpus, [0]);
    }),
    must("processors that the machine does not have are an error", (t) =>
      t.refuses("cpus 9999", having("linux.resources.cpu", { cpus: "9999" })),
    ),
  ]),
  ...section("config-linux.md#pids", [
    must("no more processes can be made than the limit says", async (t) => {
      const { made = 0, errno } = await t.try(["fork", 50], having("linux.resources.pids", { limit: 10 }));
      equal("errno", errno, EAGAIN);
      ok("processes made", made < 10, made);
    }),
    must("processes can be made up to the limit", async (t) => {
      equal("made", (await t.try(["fork", 20], having("linux.resources.pids", { limit: 100 }))).made, 20);
    }),
  ]),
  ...section(
    "config-linux.md#block-io",
    Object.entries(THROTTLES).map(([property, file]) =>
      must(`${property} is the cgroup's`, async (t) => {
        const device = disk(t);
        const resources = { blockIO: { [property]: [{ ...device, rate: 600_000 }] } } as Resources;
        const found = await fileOfCgroup(t, resources, "blkio", `blkio.throttle.${file}`);
        equal("the file", found, `${device.major}:${device.minor} 600000`);
      }),
    ),
    { needs: ["cgroup-v1", "controller:blkio"] },
  ),
  ...section(
    "config-linux.md#huge-page-limits",
    [
      must("limit is the limit", async (t) => {
        const resources = { hugepageLimits: [{ pageSize: "2MB", limit: 4 * MIB }] };
        equal("the file", await fileOfCgroup(t, resources, "hugetlb", "hugetlb.2MB.limit_in_bytes"), String(4 * MIB));
      }),
    ],
    { needs: ["cgroup-v1", "controller:hugetlb"] },
  ),
  ...section("config-linux.md#huge-page-limits", [
    must("a size that the machine does not have is an error", (t) =>
      t.refuses("pages of 3MB", having("linux.resources.hugepageLimits", [{ pageSize: "3MB", limit: 3 * MIB }])),
    ),
  ]),
  ...section(
    "config-linux.md#rdma",
    (
      [
        ["v1", ["cgroup-v1", "controller:rdma"]],
        ["v2", ["cgroup-v2"]],
      ] as const
    ).map(([version, needs]) =>
      must(
        `the limits are the cgroup's (${version}: rdma.max)`,
        async (t) => {
          const [device] = existsSync(RDMA_DEVICES) ? readdirSync(RDMA_DEVICES) : [];
          if (device === undefined) return t.skip("needs an RDMA device");
          const rdma = { [device]: { hcaHandles: 3, hcaObjects: 1000 } };
          const found = await fileOfCgroup(t, { rdma }, version === "v1" ? "rdma" : "", "rdma.max");
          includes("rdma.max", found.split("\n"), `${device} hca_handle=3 hca_object=1000`);
        },
        { needs },
      ),
    ),
    { since: "1.1" },
  ),
  ...section(
    "config-linux.md#rdma",
    [
      must("an entry without a limit is an error", (t) =>
        t.refuses("an empty entry", having("linux.resources.rdma", { mlx5_1: {} })),
      ),
      must("a limit that is no number is an error", (t) =>
        t.refuses("hcaHandles x", having("linux.resources.rdma", { mlx5_1: { hcaHandles: "x" } })),
      ),
    ],
    { since: "1.1" },
  ),
  ...section(
    "config-linux.md#unified",
    [
      must(
        "is an error where there are no cgroups of version 2 for it",
        (t) => t.refuses("unified", having("linux.resources.unified", { "memory.high": "1048576" })),
        { needs: ["cgroup-v1"] },
      ),
      must(
        "is written to the files",
        async (t) => {
          const found = await fileOfCgroup(t, { unified: { "memory.high": "67108864" } }, "", "memory.high");
          equal("memory.high", found, "67108864");
        },
        { needs: ["cgroup-v2"] },
      ),
      must(
        "a controller that there is not is an error",
        (t) => t.refuses("unified", having("linux.resources.unified", { "nosuch.max": "1" })),
        { needs: ["cgroup-v2"] },
      ),
    ],
    { since: "1.1" },
  ),
];
