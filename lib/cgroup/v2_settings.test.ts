import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import type { Resources } from "../spec/types.ts";
import { sharesToWeight, unifiedSettings, v2Settings, weightToIoWeight } from "./v2_settings.ts";

function written(resources: Resources): string[] {
  return v2Settings(resources).map(({ file, value }) => `${file}=${value}`);
}

describe("v2Settings", () => {
  const cases: readonly (readonly [string, Resources, string[]])[] = [
    ["nothing", {}, []],
    ["memory and swap", { memory: { limit: 64, swap: 96 } }, ["memory.swap.max=32", "memory.max=64"]],
    ["as much swap as memory is none", { memory: { limit: 64, swap: 64 } }, ["memory.swap.max=0", "memory.max=64"]],
    ["swap without limit", { memory: { limit: 64, swap: -1 } }, ["memory.swap.max=max", "memory.max=64"]],
    ["no limit of memory, so none of swap", { memory: { limit: -1 } }, ["memory.swap.max=max", "memory.max=max"]],
    ["memory alone", { memory: { limit: 64, reservation: 32 } }, ["memory.max=64", "memory.low=32"]],
    [
      "exact beyond 2^53",
      { memory: { limit: 2n ** 60n, swap: 2n ** 60n + 1n } },
      ["memory.swap.max=1", `memory.max=${2n ** 60n}`],
    ],
    ["quota", { cpu: { quota: 50_000, period: 200_000 } }, ["cpu.max=50000 200000"]],
    ["quota without period", { cpu: { quota: 50_000 } }, ["cpu.max=50000 100000"]],
    ["no quota", { cpu: { quota: -1 } }, ["cpu.max=max 100000"]],
    ["period alone", { cpu: { period: 50_000 } }, ["cpu.max=max 50000"]],
    ["burst", { cpu: { quota: 50_000, burst: 10_000 } }, ["cpu.max=50000 100000", "cpu.max.burst=10000"]],
    ["shares", { cpu: { shares: 1024 } }, ["cpu.weight=100"]],
    ["idle has no weight", { cpu: { shares: 1024, idle: 1 } }, ["cpu.idle=1"]],
    ["cpuset", { cpu: { cpus: "0,2", mems: "0" } }, ["cpuset.cpus=0,2", "cpuset.mems=0"]],
    ["pids", { pids: { limit: -1 } }, ["pids.max=max"]],
    [
      "throttles",
      {
        blockIO: {
          throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 600 }],
          throttleWriteBpsDevice: [{ major: 8, minor: 0, rate: 0 }],
          throttleReadIOPSDevice: [{ major: 8, minor: 0, rate: 5 }],
          throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 6 }],
        },
      },
      ["io.max=8:0 rbps=600", "io.max=8:0 wbps=max", "io.max=8:0 riops=5", "io.max=8:0 wiops=6"],
    ],
    [
      "huge pages",
      { hugepageLimits: [{ pageSize: "2MB", limit: 4_194_304 }] },
      ["hugetlb.2MB.max=4194304", "hugetlb.2MB.rsvd.max=4194304"],
    ],
  ];
  for (const [what, resources, expected] of cases) {
    test(what, () => {
      expect(written(resources)).toEqual(expected);
    });
  }

  test("block IO weights are BFQ's where there is BFQ", () => {
    const [setting] = v2Settings({ blockIO: { weight: 500 } });
    expect(setting).toMatchObject({
      file: "io.bfq.weight",
      value: "default 500",
      otherwise: { file: "io.weight", value: "default 4950" },
    });
  });

  const refused: readonly (readonly [string, Resources])[] = [
    ["/memory/swap", { memory: { swap: 10 } }],
    ["/memory/swap", { memory: { limit: 20, swap: 10 } }],
    ["/memory/swap", { memory: { limit: -1, swap: 10 } }],
    ["/memory/swappiness", { memory: { swappiness: 60 } }],
    ["/memory/disableOOMKiller", { memory: { disableOOMKiller: true } }],
    ["/memory/kernelTCP", { memory: { kernelTCP: 1 } }],
    ["/cpu/realtimeRuntime", { cpu: { realtimeRuntime: 1000 } }],
    ["/cpu/realtimePeriod", { cpu: { realtimePeriod: 1000 } }],
    ["/blockIO/leafWeight", { blockIO: { leafWeight: 100 } }],
    [
      "/blockIO/weightDevice/1/leafWeight",
      {
        blockIO: {
          weightDevice: [
            { major: 8, minor: 0 },
            { major: 8, minor: 1, leafWeight: 10 },
          ],
        },
      },
    ],
    ["/network/classID", { network: { classID: 1 } }],
    ["/network/priorities", { network: { priorities: [{ name: "lo", priority: 1 }] } }],
  ];
  for (const [pointer, resources] of refused) {
    test(`refuses ${JSON.stringify(resources)}`, () => {
      let failure: unknown;
      try {
        v2Settings(resources);
      } catch (error) {
        failure = error;
      }
      expect(failure).toBeInstanceOf(Failure);
      expect(failure).toMatchObject({ pointer: `/linux/resources${pointer}`, code: "config.invalid" });
    });
  }
});

describe("conversions", () => {
  for (const [shares, weight] of [
    [1, 1],
    [2, 1],
    [1024, 100],
    [2048, 174],
    [262_144, 10_000],
    [300_000, 10_000],
  ] as const) {
    test(`${shares} shares are weight ${weight}`, () => {
      expect(sharesToWeight(shares)).toBe(weight);
    });
  }

  test("shares never lose their order", () => {
    for (let shares = 2; shares < 262_144; shares += 97) {
      expect(sharesToWeight(shares + 97)).toBeGreaterThanOrEqual(sharesToWeight(shares));
    }
  });

  for (const [weight, ioWeight] of [
    [10, 1],
    [500, 4950],
    [1000, 10_000],
  ] as const) {
    test(`blkio weight ${weight} is io weight ${ioWeight}`, () => {
      expect(weightToIoWeight(weight)).toBe(ioWeight);
    });
  }
});

test("unified is written as it is", () => {
  expect(unifiedSettings({ unified: { "memory.high": "1G", "io.max": "8:0 rbps=1" } })).toEqual([
    { pointer: "/linux/resources/unified/memory.high", file: "memory.high", value: "1G" },
    { pointer: "/linux/resources/unified/io.max", file: "io.max", value: "8:0 rbps=1" },
  ]);
});
