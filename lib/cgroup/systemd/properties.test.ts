import { describe, expect, test } from "bun:test";
import type { Value } from "../../dbus/types.ts";
import type { Resources } from "../../spec/types.ts";
import { annotationProperties } from "./annotation_properties.ts";
import { cpuSet } from "./cpu_set.ts";
import { deviceProperties, driverOf } from "./device_properties.ts";
import { INFINITY, type Property } from "./property.ts";
import { resourceProperties } from "./resource_properties.ts";

const RECENT = 255;

const plain = (properties: readonly Property[]): Record<string, Value> =>
  Object.fromEntries(properties.map(([name, { value }]) => [name, value]));

const v2 = (resources: Resources, systemd = RECENT): Record<string, Value> =>
  plain(resourceProperties(resources, 2, systemd));

describe("limits as properties, on cgroup v2", () => {
  const cases: readonly (readonly [Resources, Record<string, Value>])[] = [
    [{}, {}],
    [{ memory: { limit: 100, reservation: 50, swap: 150 } }, { MemoryMax: 100n, MemoryLow: 50n, MemorySwapMax: 50n }],
    [{ memory: { limit: -1 } }, { MemoryMax: INFINITY, MemorySwapMax: INFINITY }],
    [{ memory: { limit: 100, swap: 100 } }, { MemoryMax: 100n, MemorySwapMax: 0n }],
    [{ cpu: { shares: 1024 } }, { CPUWeight: 100n }],
    [{ cpu: { shares: 1024, idle: 1 } }, { CPUWeight: 0n }],
    [{ cpu: { shares: 1024, idle: 0 } }, { CPUWeight: 100n }],
    [{ cpu: { quota: 50_000, period: 100_000 } }, { CPUQuotaPeriodUSec: 100_000n, CPUQuotaPerSecUSec: 500_000n }],
    // 24.69 %, rounded up
    [{ cpu: { quota: 12_345, period: 50_000 } }, { CPUQuotaPeriodUSec: 50_000n, CPUQuotaPerSecUSec: 250_000n }],
    [{ cpu: { quota: 50_000 } }, { CPUQuotaPerSecUSec: 500_000n }],
    [{ cpu: { quota: -1 } }, { CPUQuotaPerSecUSec: INFINITY }],
    [{ cpu: { period: 50_000 } }, { CPUQuotaPeriodUSec: 50_000n, CPUQuotaPerSecUSec: INFINITY }],
    [
      { cpu: { cpus: "0-1,9", mems: "0" } },
      { AllowedCPUs: new Uint8Array([3, 2]), AllowedMemoryNodes: new Uint8Array([1]) },
    ],
    [{ pids: { limit: 7 } }, { TasksMax: 7n }],
    [{ pids: { limit: 0 } }, { TasksMax: 1n }],
    [{ pids: { limit: -1 } }, { TasksMax: INFINITY }],
    [{ blockIO: { weight: 1000 } }, { IOWeight: 10_000n }],
    [
      {
        unified: {
          "memory.high": "max",
          "memory.max": "4096",
          "memory.min": "1K",
          "cpu.max": "20000 100000",
          "cpu.weight": "33",
          "pids.max": "9",
          "io.weight": "default 5",
          "memory.oom.group": "1",
          "cpuset.cpus": "2",
          "hugetlb.2MB.max": "0",
        },
      },
      {
        MemoryHigh: INFINITY,
        MemoryMax: 4096n,
        CPUQuotaPeriodUSec: 100_000n,
        CPUQuotaPerSecUSec: 200_000n,
        CPUWeight: 33n,
        TasksMax: 9n,
        IOWeight: 5n,
        OOMPolicy: "kill",
        AllowedCPUs: new Uint8Array([4]),
      },
    ],
  ];
  for (const [resources, properties] of cases) {
    test(JSON.stringify(resources), () => expect(v2(resources)).toEqual(properties));
  }

  test("an old systemd is not told what it does not know", () => {
    const resources: Resources = {
      cpu: { period: 50_000, quota: 50_000, cpus: "0", idle: 1 },
      unified: { "memory.oom.group": "1", "cpuset.mems": "0" },
    };
    expect(v2(resources, 241)).toEqual({ CPUQuotaPerSecUSec: 1_000_000n });
  });
});

test("limits as properties, on cgroup v1", () => {
  const resources: Resources = {
    memory: { limit: 100, swap: 200, reservation: 50 },
    cpu: { shares: 512, quota: 1000, period: 100_000 },
    pids: { limit: 5 },
    blockIO: { weight: 500 },
  };
  expect(plain(resourceProperties(resources, 1, RECENT))).toEqual({
    MemoryLimit: 100n,
    CPUShares: 512n,
    BlockIOWeight: 500n,
    CPUQuotaPeriodUSec: 100_000n,
    CPUQuotaPerSecUSec: 10_000n,
    TasksMax: 5n,
  });
});

test("sets of processors", () => {
  expect(cpuSet("0-7,15", "/p")).toEqual(new Uint8Array([255, 128]));
  for (const wrong of ["a", "3-1", "1,,2", "", "99999999"]) expect(() => cpuSet(wrong, "/p")).toThrow("/p: ");
});

describe("devices as properties", () => {
  test("none but the default ones", () => {
    const { DevicePolicy, DeviceAllow } = plain(deviceProperties([{ allow: false }]));
    expect(DevicePolicy).toBe("strict");
    expect(DeviceAllow).toContainEqual(["/dev/char/1:3", "rwm"]);
    expect(DeviceAllow).toContainEqual(["char-*", "m"]);
    expect(DeviceAllow).toContainEqual(["block-*", "m"]);
  });
  test("all", () => {
    expect(plain(deviceProperties([{ allow: true }]))).toEqual({ DevicePolicy: "auto", DeviceAllow: [] });
  });
  test("all but some is what systemd cannot be told: none, until the filter decides", () => {
    const rules = [{ allow: true }, { allow: false, type: "c", major: 10, minor: 1 }];
    expect(plain(deviceProperties(rules))).toEqual({ DevicePolicy: "strict", DeviceAllow: [] });
  });
  test("the driver of a major number", () => {
    const devices = "Character devices:\n  1 mem\n136 pts\n\nBlock devices:\n  1 ramdisk\n  8 sd\n";
    expect(driverOf(devices, "char", 136)).toBe("pts");
    expect(driverOf(devices, "block", 1)).toBe("ramdisk");
    expect(driverOf(devices, "block", 136)).toBeUndefined();
  });
});

describe("properties from annotations", () => {
  const named = (annotations: Record<string, string>) =>
    annotationProperties(
      Object.fromEntries(Object.entries(annotations).map(([name, value]) => [`org.systemd.property.${name}`, value])),
    );

  test("others are none", () => expect(annotationProperties({ "org.systemd.prop": "1", a: "b" })).toEqual([]));
  test("a value has the type that its text says", () => {
    expect(named({ CollectMode: "'inactive-or-failed'", TasksMax: "uint64 5" })).toEqual([
      ["CollectMode", { signature: "s", value: "inactive-or-failed" }],
      ["TasksMax", { signature: "t", value: 5n }],
    ]);
  });
  test("seconds become microseconds", () => {
    expect(named({ TimeoutStopSec: "5", RuntimeMaxSec: "1.5", TimeoutStopUSec: "uint64 9" })).toEqual([
      ["TimeoutStopUSec", { signature: "t", value: 5_000_000n }],
      ["RuntimeMaxUSec", { signature: "t", value: 1_500_000n }],
      ["TimeoutStopUSec", { signature: "t", value: 9n }],
    ]);
  });
  test("what is no name, value or number of seconds is refused", () => {
    for (const wrong of [{ "Tasks.Max": "5" }, { "": "5" }, { TasksMax: "many" }, { TimeoutStopSec: "'5'" }]) {
      expect(() => named(wrong)).toThrow("/annotations/org.systemd.property.");
    }
  });
});
