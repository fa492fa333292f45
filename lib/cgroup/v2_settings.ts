import { Failure } from "../failure.ts";
import type { MemoryResources, Resources } from "../spec/types.ts";
import { addRdma, pidsLimit } from "./v1_settings.ts";
import type { Setting } from "./write.ts";

const AT = "/linux/resources";
const DEFAULT_PERIOD = 100_000;

/**
 * What resource limits are on cgroup v2, but for `unified`. Limits of kernel memory are passed over as on v1, and so is
 * `useHierarchy`, which nothing else is possible than.
 *
 * @throws Failure on what has no meaning there
 * @see Documentation/admin-guide/cgroup-v2.rst; the conversions are those of runc and crun
 */
export function v2Settings(resources: Resources | undefined): Setting[] {
  const settings: Setting[] = [];
  const add = (pointer: string, file: string, value: unknown, optional = false): void => {
    settings.push({ pointer: `${AT}${pointer}`, file, value: String(value), optional });
  };
  const { memory = {}, cpu = {}, pids, blockIO = {}, hugepageLimits = [], rdma = {} } = resources ?? {};
  refuseV1Only(resources ?? {});

  const swap = swapLimit(memory);
  // Swap first if it is lifted with the memory; the kernel takes either order otherwise.
  if (swap !== undefined) add("/memory/swap", "memory.swap.max", swap, swap === "max" || swap === "0");
  if (memory.limit) add("/memory/limit", "memory.max", memory.limit === -1 ? "max" : memory.limit);
  if (memory.reservation)
    add("/memory/reservation", "memory.low", memory.reservation === -1 ? "max" : memory.reservation);

  if (cpu.idle !== undefined) add("/cpu/idle", "cpu.idle", cpu.idle);
  if (cpu.shares && Number(cpu.idle ?? 0) !== 1) add("/cpu/shares", "cpu.weight", sharesToWeight(Number(cpu.shares)));
  if (cpu.quota || cpu.period) {
    const quota = cpu.quota === undefined || cpu.quota <= 0 ? "max" : cpu.quota;
    add(cpu.quota ? "/cpu/quota" : "/cpu/period", "cpu.max", `${quota} ${cpu.period || DEFAULT_PERIOD}`);
  }
  // A burst may be no larger than the quota, so the quota comes first.
  if (cpu.burst !== undefined) add("/cpu/burst", "cpu.max.burst", cpu.burst);
  if (cpu.cpus) add("/cpu/cpus", "cpuset.cpus", cpu.cpus);
  if (cpu.mems) add("/cpu/mems", "cpuset.mems", cpu.mems);

  if (pids !== undefined) add("/pids/limit", "pids.max", pidsLimit(pids.limit));

  // BFQ has the scale of v1; without it the weight counts for the cost model of blk-iocost.
  const addWeight = (pointer: string, of: string, weight: number | undefined): void => {
    if (!weight) return;
    const otherwise = { file: "io.weight", value: `${of} ${weightToIoWeight(weight)}` };
    settings.push({ pointer: `${AT}${pointer}`, file: "io.bfq.weight", value: `${of} ${weight}`, otherwise });
  };
  addWeight("/blockIO/weight", "default", blockIO.weight);
  for (const [i, { major, minor, weight }] of (blockIO.weightDevice ?? []).entries()) {
    addWeight(`/blockIO/weightDevice/${i}/weight`, `${major}:${minor}`, weight);
  }
  const throttles = [
    ["throttleReadBpsDevice", "rbps"],
    ["throttleWriteBpsDevice", "wbps"],
    ["throttleReadIOPSDevice", "riops"],
    ["throttleWriteIOPSDevice", "wiops"],
  ] as const;
  for (const [field, key] of throttles) {
    for (const [i, { major, minor, rate = 0 }] of (blockIO[field] ?? []).entries()) {
      add(`/blockIO/${field}/${i}`, "io.max", `${major}:${minor} ${key}=${Number(rate) === 0 ? "max" : rate}`);
    }
  }

  for (const [i, { pageSize, limit }] of hugepageLimits.entries()) {
    add(`/hugepageLimits/${i}`, `hugetlb.${pageSize}.max`, limit);
    add(`/hugepageLimits/${i}`, `hugetlb.${pageSize}.rsvd.max`, limit, true);
  }
  addRdma(settings, rdma);
  return settings;
}

/** What the config writes to files of cgroup v2 itself, to be written after everything else. */
export function unifiedSettings(resources: Resources | undefined): Setting[] {
  return Object.entries(resources?.unified ?? {}).map(([file, value]) => ({
    pointer: `${AT}/unified/${file}`,
    file,
    value,
  }));
}

/** Weights of v1, 2 to 262144, to those of v2, 1 to 10000, so that 1024, the default, is 100, the default. */
export function sharesToWeight(shares: number): number {
  if (shares <= 2) return 1;
  if (shares >= 262_144) return 10_000;
  const l = Math.log2(shares);
  return Math.ceil(10 ** ((l * l + 125 * l) / 612 - 7 / 34));
}

/** Weights of blkio, 10 to 1000, to those of io, 1 to 10000. */
export function weightToIoWeight(weight: number): number {
  return 1 + Math.floor(((weight - 10) * 9999) / 990);
}

/** On v1 the limit counts memory and swap together, on v2 swap alone. @throws Failure if it has no meaning there */
export function swapLimit({ limit, swap }: MemoryResources): string | undefined {
  if (!swap) return limit === -1 ? "max" : undefined;
  if (swap === -1) return "max";
  if (!limit) throw invalid("/memory/swap", "a limit of swap needs a limit of memory");
  if (limit === -1) throw invalid("/memory/swap", "a limit of swap makes no sense without one of memory");
  if (swap < limit) throw invalid("/memory/swap", "memory and swap together may not be less than memory alone");
  return String(BigInt(swap) - BigInt(limit));
}

function refuseV1Only({ memory = {}, cpu = {}, blockIO = {}, network = {} }: Resources): void {
  const { classID, priorities = [] } = network;
  if (classID) throw invalid("/network/classID", "cgroup v2 has no network classes");
  if (priorities.length > 0) throw invalid("/network/priorities", "cgroup v2 has no network priorities");
  if (cpu.realtimePeriod) throw invalid("/cpu/realtimePeriod", "cgroup v2 has no limits of real-time scheduling");
  if (cpu.realtimeRuntime) throw invalid("/cpu/realtimeRuntime", "cgroup v2 has no limits of real-time scheduling");
  if (memory.kernelTCP) throw invalid("/memory/kernelTCP", "cgroup v2 has no limit of TCP buffers");
  if (memory.disableOOMKiller) throw invalid("/memory/disableOOMKiller", "cgroup v2 cannot do without the OOM killer");
  if (memory.swappiness !== undefined && memory.swappiness <= 100) {
    throw invalid("/memory/swappiness", "cgroup v2 has no swappiness");
  }
  if (blockIO.leafWeight) throw invalid("/blockIO/leafWeight", "cgroup v2 has no weights of leaves");
  for (const [i, { leafWeight }] of (blockIO.weightDevice ?? []).entries()) {
    if (leafWeight) throw invalid(`/blockIO/weightDevice/${i}/leafWeight`, "cgroup v2 has no weights of leaves");
  }
}

function invalid(pointer: string, why: string): Failure {
  return new Failure(`${AT}${pointer}: ${why}`, { code: "config.invalid", pointer: `${AT}${pointer}` });
}
