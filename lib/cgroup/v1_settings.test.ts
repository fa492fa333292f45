import { describe, expect, test } from "bun:test";
import type { Resources } from "../spec/types.ts";
import { v1DeviceSettings, v1Settings } from "./v1_settings.ts";
import type { Setting } from "./write.ts";

/** `FILE=VALUE (POINTER)` of each setting, the pointer without what all have in common. */
function written(settings: readonly Setting[]): string[] {
  return settings.map(({ file, value, pointer }) => `${file}=${value} (${pointer.replace("/linux/resources", "")})`);
}

describe("v1Settings", () => {
  const cases: readonly (readonly [string, Resources, string[]])[] = [
    ["nothing", {}, []],
    [
      "memory",
      { memory: { limit: 1024, reservation: 512, swap: 2048, swappiness: 0, disableOOMKiller: true } },
      [
        "memory.limit_in_bytes=1024 (/memory/limit)",
        "memory.memsw.limit_in_bytes=2048 (/memory/swap)",
        "memory.soft_limit_in_bytes=512 (/memory/reservation)",
        "memory.oom_control=1 (/memory/disableOOMKiller)",
        "memory.swappiness=0 (/memory/swappiness)",
      ],
    ],
    [
      "no limit of memory, so none of swap",
      { memory: { limit: -1 } },
      ["memory.limit_in_bytes=-1 (/memory/limit)", "memory.memsw.limit_in_bytes=-1 (/memory/limit)"],
    ],
    ["zero is no limit", { memory: { limit: 0, swap: 0 }, cpu: { shares: 0, quota: 0 }, blockIO: { weight: 0 } }, []],
    ["swappiness unset in the old way", { memory: { swappiness: 2n ** 64n - 1n } }, []],
    [
      "cpu",
      { cpu: { shares: 512, quota: 50_000, period: 100_000, burst: 0, idle: 1, cpus: "0-1", mems: "0" } },
      [
        "cpu.shares=512 (/cpu/shares)",
        "cpu.cfs_period_us=100000 (/cpu/period)",
        "cpu.cfs_quota_us=50000 (/cpu/quota)",
        "cpu.cfs_burst_us=0 (/cpu/burst)",
        "cpu.idle=1 (/cpu/idle)",
        "cpuset.cpus=0-1 (/cpu/cpus)",
        "cpuset.mems=0 (/cpu/mems)",
      ],
    ],
    ["no quota", { cpu: { quota: -1 } }, ["cpu.cfs_quota_us=-1 (/cpu/quota)"]],
    ["pids", { pids: { limit: 20 } }, ["pids.max=20 (/pids/limit)"]],
    ["no limit of pids", { pids: { limit: -1 } }, ["pids.max=max (/pids/limit)"]],
    ["zero pids are one", { pids: { limit: 0 } }, ["pids.max=1 (/pids/limit)"]],
    [
      "block IO",
      {
        blockIO: {
          weight: 300,
          leafWeight: 20,
          weightDevice: [{ major: 8, minor: 0, weight: 500, leafWeight: 40 }],
          throttleReadBpsDevice: [{ major: 8, minor: 0, rate: 600 }],
          throttleWriteIOPSDevice: [{ major: 8, minor: 16, rate: 300n }],
        },
      },
      [
        "blkio.weight=300 (/blockIO/weight)",
        "blkio.leaf_weight=20 (/blockIO/leafWeight)",
        "blkio.weight_device=8:0 500 (/blockIO/weightDevice/0/weight)",
        "blkio.leaf_weight_device=8:0 40 (/blockIO/weightDevice/0/leafWeight)",
        "blkio.throttle.read_bps_device=8:0 600 (/blockIO/throttleReadBpsDevice/0)",
        "blkio.throttle.write_iops_device=8:16 300 (/blockIO/throttleWriteIOPSDevice/0)",
      ],
    ],
    [
      "huge pages",
      { hugepageLimits: [{ pageSize: "2MB", limit: 2_097_152 }] },
      [
        "hugetlb.2MB.limit_in_bytes=2097152 (/hugepageLimits/0)",
        "hugetlb.2MB.rsvd.limit_in_bytes=2097152 (/hugepageLimits/0)",
      ],
    ],
    [
      "network",
      { network: { classID: 0x100001, priorities: [{ name: "eth0", priority: 500 }] } },
      ["net_cls.classid=1048577 (/network/classID)", "net_prio.ifpriomap=eth0 500 (/network/priorities/0)"],
    ],
    [
      "RDMA",
      { rdma: { mlx5_1: { hcaHandles: 3, hcaObjects: 10_000 }, rxe3: { hcaObjects: 0 } } },
      ["rdma.max=mlx5_1 hca_handle=3 hca_object=10000 (/rdma/mlx5_1)", "rdma.max=rxe3 hca_object=0 (/rdma/rxe3)"],
    ],
  ];
  for (const [what, resources, expected] of cases) {
    test(what, () => {
      expect(written(v1Settings(resources))).toEqual(expected);
    });
  }
});

describe("v1DeviceSettings", () => {
  test("without rules only the default devices are allowed", () => {
    const settings = written(v1DeviceSettings(undefined));
    expect(settings[0]).toBe("devices.deny=a (/devices)");
    expect(settings).toContain("devices.allow=c 1:3 rwm (default/devices)");
    expect(settings).toContain("devices.allow=c 136:* rwm (default/devices)");
    expect(settings).toContain("devices.allow=b *:* m (default/devices)");
  });

  test("everything but what is denied", () => {
    const settings = v1DeviceSettings([
      { allow: true, access: "rwm" },
      { allow: false, type: "b", major: 8, minor: 0, access: "rw" },
    ]);
    expect(written(settings)).toEqual(["devices.allow=a (/devices)", "devices.deny=b 8:0 rw (/devices/1)"]);
  });
});
