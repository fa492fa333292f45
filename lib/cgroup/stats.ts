import type { CgroupState } from "./state.ts";
import { v1Stats } from "./v1_stats.ts";
import { v2Stats } from "./v2_stats.ts";

/** A counter of 64 bits, exact: a bigint where a number would be rounded. */
export type Count = number | bigint;

/**
 * What a container uses, in the layout of runc's `events`, in which a zero or an empty list is left out where the type
 * says so. Memory is in bytes; times are in nanoseconds, but for those of `psi`, which are in microseconds.
 */
export interface Stats {
  readonly cpu: {
    readonly usage: CpuUsage;
    readonly throttling: {
      readonly periods?: Count;
      readonly throttledPeriods?: Count;
      readonly throttledTime?: Count;
    };
    readonly psi?: Pressure;
  };
  readonly cpuset: CpusetStats;
  readonly memory: MemoryStats;
  readonly pids: { readonly current?: Count; readonly limit?: Count };
  readonly blkio: BlockIoStats;
  /** By the size of the pages: `2MB`. */
  readonly hugetlb: Readonly<Record<string, HugepageUse>>;
  readonly intel_rdt: Readonly<Record<string, never>>;
  readonly network_interfaces: null;
}

export interface CpuUsage {
  readonly total?: Count;
  readonly percpu?: readonly Count[];
  readonly percpu_kernel?: readonly Count[];
  readonly percpu_user?: readonly Count[];
  readonly kernel: Count;
  readonly user: Count;
}

export interface CpusetStats {
  readonly cpus?: readonly number[];
  readonly cpu_exclusive: Count;
  readonly mems?: readonly number[];
  readonly mem_hardwall: Count;
  readonly mem_exclusive: Count;
  readonly memory_migrate: Count;
  readonly memory_spread_page: Count;
  readonly memory_spread_slab: Count;
  readonly memory_pressure: Count;
  readonly sched_load_balance: Count;
  readonly sched_relax_domain_level: Count;
}

export interface MemoryStats {
  readonly cache?: Count;
  readonly usage: MemoryUse;
  /** Memory and swap together, also on v2. */
  readonly swap: MemoryUse;
  readonly kernel: MemoryUse;
  readonly kernelTCP: MemoryUse;
  /** The lines of memory.stat. */
  readonly raw?: Readonly<Record<string, Count>>;
  readonly psi?: Pressure;
}

export interface MemoryUse {
  readonly limit: Count;
  readonly usage?: Count;
  readonly max?: Count;
  /** How often the limit was hit. */
  readonly failcnt: Count;
}

export interface HugepageUse {
  readonly usage?: Count;
  readonly max?: Count;
  readonly failcnt: Count;
}

export interface BlockIoStats {
  readonly ioServiceBytesRecursive?: readonly BlockIoEntry[];
  readonly ioServicedRecursive?: readonly BlockIoEntry[];
  readonly ioQueueRecursive?: readonly BlockIoEntry[];
  readonly ioServiceTimeRecursive?: readonly BlockIoEntry[];
  readonly ioWaitTimeRecursive?: readonly BlockIoEntry[];
  readonly ioMergedRecursive?: readonly BlockIoEntry[];
  readonly ioTimeRecursive?: readonly BlockIoEntry[];
  readonly sectorsRecursive?: readonly BlockIoEntry[];
  readonly psi?: Pressure;
}

export interface BlockIoEntry {
  readonly major?: Count;
  readonly minor?: Count;
  readonly op?: string;
  readonly value?: Count;
}

/** Pressure stall information. @see Documentation/accounting/psi.rst */
export interface Pressure {
  readonly some?: PressureAverages;
  readonly full?: PressureAverages;
}

/** Averages are in percent. */
export interface PressureAverages {
  readonly avg10: number;
  readonly avg60: number;
  readonly avg300: number;
  readonly total: Count;
}

/**
 * Read what a container uses. What the kernel does not count is zero.
 *
 * @throws the error of read(2), but for files that are not there
 */
export function readStats(state: CgroupState): Stats {
  return state.version === 1 ? v1Stats(state) : v2Stats(state);
}
