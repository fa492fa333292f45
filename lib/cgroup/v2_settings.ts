import { Failure } from "../failure.ts";
import type { MemoryResources, Resources } from "../spec/types.ts";
import { addRdma, pidsLimit } from "./v1_settings.ts";
import type { Setting } from "./write.ts";

const AT = "/linux/resources";
const DEFAULT_PERIOD = 100_000;

/**
 * What resource limits are on cgroup v2, in the order in which they can be written. `unified` comes last, as it is.
 *
 * @throws Failure on a combination that has no meaning there
 * @see Documentation/admin-guide/cgroup-v2.rst; the conversions are those of runc and crun
 */
export function v2Settings(resources: Resources | undefined): Setting[] {
  const settings: Setting[] = [];
  const add = (pointer: string, file: string, value: unknown, optional = false): void => {
    settings.push({ pointer: `${AT}${pointer}`, file, value: String(value), optional });
  };
  const { memory = {}, cpu = {}, pids, blockIO = {}, hugepageLimits = [], network = {}, rdma = {} } = resources ?? {};
  refuseV1Only(network);

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

  if (blockIO.weight) add("/blockIO/weight", "io.weight", `default ${weightToIoWeight(blockIO.weight)}`);
  for (const [i, { major, minor, weight }] of (blockIO.weightDevice ?? []).entries()) {
    if (weight) add(`/blockIO/weightDevice/${i}/weight`, "io.weight", `${major}:${minor} ${weightToIoWeight(weight)}`);
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
  for (const [file, value] of Object.entries(resources?.unified ?? {})) {
    const pointer = `/unified/${file}`;
    if (file.includes("/")) throw invalid(pointer, `${JSON.stringify(file)} is not the name of a cgroup file`);
    add(pointer, file, value);
  }
  return settings;
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

/** On v1 the limit counts memory and swap together, on v2 swap alone. */
function swapLimit({ limit, swap }: MemoryResources): string | undefined {
  if (!swap) return limit === -1 ? "max" : undefined;
  if (swap === -1) return "max";
  if (!limit) throw invalid("/memory/swap", "a limit of swap needs a limit of memory");
  if (limit === -1) throw invalid("/memory/swap", "a limit of swap makes no sense without one of memory");
  if (swap < limit) throw invalid("/memory/swap", "memory and swap together may not be less than memory alone");
  return String(BigInt(swap) - BigInt(limit));
}

function refuseV1Only({ classID, priorities = [] }: NonNullable<Resources["network"]>): void {
  if (classID) throw invalid("/network/classID", "cgroup v2 has no network classes");
  if (priorities.length > 0) throw invalid("/network/priorities", "cgroup v2 has no network priorities");
}

function invalid(pointer: string, why: string): Failure {
  return new Failure(`${AT}${pointer}: ${why}`, { code: "config.invalid", pointer: `${AT}${pointer}` });
}
