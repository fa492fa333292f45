import {
  blockIoEntry,
  hugepageSizes,
  NO_LIMIT,
  parseCount,
  readCount,
  readCounts,
  withoutZeros,
} from "./stat_files.ts";
import type { CgroupState } from "./state.ts";
import type {
  BlockIoEntry,
  BlockIoStats,
  Count,
  HugepageUse,
  MemoryStats,
  Pressure,
  PressureAverages,
  Stats,
} from "./stats.ts";
import { readCgroupFile } from "./write.ts";

const NANOSECONDS_PER_MICROSECOND = 1000n;

/** runc reports nothing of cpusets on v2. */
const NO_CPUSET = {
  cpu_exclusive: 0,
  mem_hardwall: 0,
  mem_exclusive: 0,
  memory_migrate: 0,
  memory_spread_page: 0,
  memory_spread_slab: 0,
  memory_pressure: 0,
  sched_load_balance: 0,
  sched_relax_domain_level: 0,
};

/** Where there is no file: a container without a cgroup has used nothing that is known. */
const NOWHERE = "/proc/no-cgroup";

/** @see Documentation/admin-guide/cgroup-v2.rst */
export function v2Stats({ v2 }: CgroupState): Stats {
  const directory = v2?.directory ?? NOWHERE;
  const cpu = readCounts(`${directory}/cpu.stat`);
  const pidsLimit = readCgroupFile(`${directory}/pids.max`) ?? "max";
  return {
    cpu: {
      usage: {
        ...withoutZeros({ total: nanoseconds(cpu.usage_usec) }),
        kernel: nanoseconds(cpu.system_usec),
        user: nanoseconds(cpu.user_usec),
      },
      throttling: withoutZeros({
        periods: cpu.nr_periods ?? 0,
        throttledPeriods: cpu.nr_throttled ?? 0,
        throttledTime: nanoseconds(cpu.throttled_usec),
      }),
      ...pressure(directory, "cpu"),
    },
    cpuset: NO_CPUSET,
    memory: memoryStats(directory),
    pids: withoutZeros({
      current: readCount(`${directory}/pids.current`),
      limit: pidsLimit === "max" ? 0 : parseCount(pidsLimit),
    }),
    blkio: { ...blockIoStats(directory), ...pressure(directory, "io") },
    hugetlb: hugepages(directory),
    intel_rdt: {},
    network_interfaces: null,
  };
}

function nanoseconds(microseconds: Count = 0): Count {
  return parseCount(String(BigInt(microseconds) * NANOSECONDS_PER_MICROSECOND));
}

function memoryStats(directory: string): MemoryStats {
  const raw = readCounts(`${directory}/memory.stat`);
  const usage = readCount(`${directory}/memory.current`);
  const limit = readCount(`${directory}/memory.max`);
  const swapLimit = readCgroupFile(`${directory}/memory.swap.max`);
  return {
    ...withoutZeros({ cache: raw.file ?? 0 }),
    usage: { limit, ...withoutZeros({ usage, max: readCount(`${directory}/memory.peak`) }), failcnt: 0 },
    swap: {
      limit: swapLimit === "max" ? NO_LIMIT : sum(limit, parseCount(swapLimit ?? "0")),
      ...withoutZeros({ usage: sum(usage, readCount(`${directory}/memory.swap.current`)) }),
      failcnt: 0,
    },
    kernel: { limit: 0, failcnt: 0 },
    kernelTCP: { limit: 0, failcnt: 0 },
    raw,
    ...pressure(directory, "memory"),
  };
}

/** What is no limit stays none, whatever is added to it. */
function sum(a: Count, b: Count): Count {
  const result = BigInt(a) + BigInt(b);
  return result > NO_LIMIT ? NO_LIMIT : parseCount(String(result));
}

/** Lines such as `8:0 rbytes=4096 wbytes=0 rios=1 wios=0 dbytes=0 dios=0`. */
function blockIoStats(directory: string): BlockIoStats {
  const lines = (readCgroupFile(`${directory}/io.stat`) ?? "").split("\n").map((line) => line.split(" "));
  const entries = (keys: Readonly<Record<string, string>>): BlockIoEntry[] =>
    lines.flatMap(([device = "", ...pairs]) =>
      pairs.flatMap((pair) => {
        const [key = "", value = "0"] = pair.split("=");
        const op = keys[key];
        return op === undefined ? [] : blockIoEntry(device, op, parseCount(value));
      }),
    );
  return withoutZeros({
    ioServiceBytesRecursive: entries({ rbytes: "Read", wbytes: "Write" }),
    ioServicedRecursive: entries({ rios: "Read", wios: "Write" }),
  });
}

function hugepages(directory: string): Record<string, HugepageUse> {
  return Object.fromEntries(
    hugepageSizes(directory, "max").map((size) => {
      const reserved = readCgroupFile(`${directory}/hugetlb.${size}.rsvd.current`) !== undefined;
      const prefix = `${directory}/hugetlb.${size}.`;
      const usage = readCount(`${prefix}${reserved ? "rsvd." : ""}current`);
      return [size, { ...withoutZeros({ usage }), failcnt: readCounts(`${prefix}events`).max ?? 0 }];
    }),
  );
}

/** Lines such as `some avg10=0.00 avg60=0.00 avg300=0.00 total=12`. Not there if the kernel was started without. */
function pressure(directory: string, controller: string): { psi?: Pressure } {
  const text = readCgroupFile(`${directory}/${controller}.pressure`);
  if (!text) return {};
  const averages = (line: string): PressureAverages => {
    const values = new Map(line.split(" ").map((pair) => pair.split("=") as [string, string]));
    const average = (key: string): number => Number(values.get(key) ?? 0);
    return {
      avg10: average("avg10"),
      avg60: average("avg60"),
      avg300: average("avg300"),
      total: parseCount(values.get("total") ?? "0"),
    };
  };
  return {
    psi: Object.fromEntries(text.split("\n").map((line) => [line.slice(0, line.indexOf(" ")), averages(line)])),
  };
}
