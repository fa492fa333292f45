import {
  blockIoEntry,
  hugepageSizes,
  parseCount,
  parseRanges,
  readCount,
  readCounts,
  withoutZeros,
} from "./stat_files.ts";
import { type CgroupState, controllerDirectory } from "./state.ts";
import type {
  BlockIoEntry,
  BlockIoStats,
  CpusetStats,
  CpuUsage,
  HugepageUse,
  MemoryStats,
  MemoryUse,
  Stats,
} from "./stats.ts";
import { readCgroupFile } from "./write.ts";

const NANOSECONDS = 1_000_000_000n;
/** USER_HZ, which the kernel shows to programs whatever its own is. */
const TICKS_PER_SECOND = 100n;

/** @see Documentation/admin-guide/cgroup-v1 */
export function v1Stats(state: CgroupState): Stats {
  const file: FilePath = (name) => {
    const directory = controllerDirectory(state, name.slice(0, name.indexOf(".")));
    return directory && `${directory}/${name}`;
  };
  const throttling = readCounts(file("cpu.stat"));
  const pidsLimit = readCgroupFile(file("pids.max")) ?? "max";
  return {
    cpu: {
      usage: cpuUsage(file),
      throttling: withoutZeros({
        periods: throttling.nr_periods ?? 0,
        throttledPeriods: throttling.nr_throttled ?? 0,
        throttledTime: throttling.throttled_time ?? 0,
      }),
    },
    cpuset: cpusetStats(file),
    memory: memoryStats(file),
    pids: withoutZeros({
      current: readCount(file("pids.current")),
      limit: pidsLimit === "max" ? 0 : parseCount(pidsLimit),
    }),
    blkio: blockIoStats(file),
    hugetlb: hugepages(controllerDirectory(state, "hugetlb")),
    intel_rdt: {},
    network_interfaces: null,
  };
}

/** The path of a file, undefined where the machine does not have its controller. */
type FilePath = (name: string) => string | undefined;

function cpuUsage(file: FilePath): CpuUsage {
  const ticks = readCounts(file("cpuacct.stat"));
  const nanoseconds = (count = 0 as number | bigint): number =>
    Number((BigInt(count) * NANOSECONDS) / TICKS_PER_SECOND);
  const [, ...rows] = (readCgroupFile(file("cpuacct.usage_all")) ?? "").split("\n").map((line) => line.split(" "));
  const perCpu = (readCgroupFile(file("cpuacct.usage_percpu")) ?? "").split(" ").filter((count) => count !== "");
  return {
    ...withoutZeros({
      total: readCount(file("cpuacct.usage")),
      percpu: perCpu.map(parseCount),
      percpu_kernel: rows.map(([, , system = "0"]) => parseCount(system)),
      percpu_user: rows.map(([, user = "0"]) => parseCount(user)),
    }),
    kernel: nanoseconds(ticks.system),
    user: nanoseconds(ticks.user),
  };
}

function cpusetStats(file: FilePath): CpusetStats {
  const count = (name: string): number | bigint => readCount(file(`cpuset.${name}`));
  const ranges = (name: string): number[] => parseRanges(readCgroupFile(file(`cpuset.${name}`)) ?? "");
  return {
    ...withoutZeros({ cpus: ranges("cpus") }),
    cpu_exclusive: count("cpu_exclusive"),
    ...withoutZeros({ mems: ranges("mems") }),
    mem_hardwall: count("mem_hardwall"),
    mem_exclusive: count("mem_exclusive"),
    memory_migrate: count("memory_migrate"),
    memory_spread_page: count("memory_spread_page"),
    memory_spread_slab: count("memory_spread_slab"),
    memory_pressure: count("memory_pressure"),
    sched_load_balance: count("sched_load_balance"),
    sched_relax_domain_level: count("sched_relax_domain_level"),
  };
}

function memoryStats(file: FilePath): MemoryStats {
  const raw = readCounts(file("memory.stat"));
  const use = (prefix: string): MemoryUse => ({
    limit: readCount(file(`${prefix}limit_in_bytes`)),
    ...withoutZeros({
      usage: readCount(file(`${prefix}usage_in_bytes`)),
      max: readCount(file(`${prefix}max_usage_in_bytes`)),
    }),
    failcnt: readCount(file(`${prefix}failcnt`)),
  });
  return {
    ...withoutZeros({ cache: raw.cache ?? 0 }),
    usage: use("memory."),
    swap: use("memory.memsw."),
    kernel: use("memory.kmem."),
    kernelTCP: use("memory.kmem.tcp."),
    raw,
  };
}

type BlockIoMember = Exclude<keyof BlockIoStats, "psi">;

/** Which files there are depends on the I/O scheduler: the first of these in which anything is counted. */
const BLOCK_IO_FILES: readonly Partial<Record<BlockIoMember, string>>[] = [
  {
    ioServiceBytesRecursive: "blkio.bfq.io_service_bytes_recursive",
    ioServicedRecursive: "blkio.bfq.io_serviced_recursive",
  },
  {
    ioServiceBytesRecursive: "blkio.io_service_bytes_recursive",
    ioServicedRecursive: "blkio.io_serviced_recursive",
    ioQueueRecursive: "blkio.io_queued_recursive",
    ioServiceTimeRecursive: "blkio.io_service_time_recursive",
    ioWaitTimeRecursive: "blkio.io_wait_time_recursive",
    ioMergedRecursive: "blkio.io_merged_recursive",
    ioTimeRecursive: "blkio.time_recursive",
    sectorsRecursive: "blkio.sectors_recursive",
  },
  {
    ioServiceBytesRecursive: "blkio.throttle.io_service_bytes_recursive",
    ioServicedRecursive: "blkio.throttle.io_serviced_recursive",
  },
  { ioServiceBytesRecursive: "blkio.throttle.io_service_bytes", ioServicedRecursive: "blkio.throttle.io_serviced" },
];

function blockIoStats(file: FilePath): BlockIoStats {
  for (const files of BLOCK_IO_FILES) {
    const counted = Object.entries(files).map(([member, name]) => [member, blockIoEntries(file(name))] as const);
    const found = withoutZeros(Object.fromEntries(counted));
    if (found.ioServicedRecursive !== undefined) return found;
  }
  return {};
}

/** Lines such as `8:0 Read 4096` and `8:0 4096`; the sum at the end has no device. */
function blockIoEntries(path: string | undefined): BlockIoEntry[] {
  return (readCgroupFile(path) ?? "").split("\n").flatMap((line) => {
    const [device = "", ...rest] = line.split(" ");
    const value = rest.pop();
    return device.includes(":") && value !== undefined ? blockIoEntry(device, rest[0] ?? "", parseCount(value)) : [];
  });
}

function hugepages(directory: string | undefined): Record<string, HugepageUse> {
  if (directory === undefined) return {};
  return Object.fromEntries(
    hugepageSizes(directory, "limit_in_bytes").map((size) => {
      // Reserved pages are counted apart since Linux 5.7, and those are what limits are written for.
      const reserved = readCgroupFile(`${directory}/hugetlb.${size}.rsvd.usage_in_bytes`) !== undefined;
      const prefix = `${directory}/hugetlb.${size}.${reserved ? "rsvd." : ""}`;
      return [
        size,
        {
          ...withoutZeros({
            usage: readCount(`${prefix}usage_in_bytes`),
            max: readCount(`${prefix}max_usage_in_bytes`),
          }),
          failcnt: readCount(`${prefix}failcnt`),
        },
      ];
    }),
  );
}
