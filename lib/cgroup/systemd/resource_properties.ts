import type { Resources } from "../../spec/types.ts";
import { pidsLimit } from "../v1_settings.ts";
import { sharesToWeight, swapLimit, weightToIoWeight } from "../v2_settings.ts";
import { cpuSetProperties, quotaProperties } from "./cpu_properties.ts";
import { limit, type Property, property } from "./property.ts";
import { unifiedProperties } from "./unified_properties.ts";

/** The version of systemd from which on it knows `cpu.idle`. */
const CPU_IDLE = 252;

/**
 * What systemd can be told of resource limits, so that it does not set them back when it sets others. What it has no
 * property for, or only a coarser one, is written to the cgroup's files as without systemd.
 *
 * @param version of cgroups
 * @param systemd its version
 * @see systemd.resource-control(5); the conversions are those of runc and crun
 */
export function resourceProperties(
  resources: Resources | undefined,
  version: 1 | 2,
  systemd: number,
): readonly Property[] {
  const { cpu = {}, unified } = resources ?? {};
  return [
    ...(version === 2 ? v2Properties(resources ?? {}, systemd) : v1Properties(resources ?? {})),
    ...quotaProperties(cpu.quota, cpu.period, systemd),
    ...cpuSetProperties(cpu.cpus, cpu.mems, systemd),
    ...tasksProperties(resources ?? {}),
    ...(version === 2 ? unifiedProperties(unified ?? {}, systemd) : []),
  ];
}

function v2Properties({ memory = {}, cpu = {}, blockIO = {} }: Resources, systemd: number): Property[] {
  const properties: Property[] = [];
  if (memory.limit) properties.push(property("MemoryMax", "t", limit(memory.limit)));
  if (memory.reservation) properties.push(property("MemoryLow", "t", limit(memory.reservation)));
  const swap = swapLimit(memory);
  if (swap !== undefined) properties.push(property("MemorySwapMax", "t", limit(swap)));
  if (Number(cpu.idle ?? 0) === 1) {
    if (systemd >= CPU_IDLE) properties.push(property("CPUWeight", "t", 0n));
  } else if (cpu.shares) {
    properties.push(property("CPUWeight", "t", BigInt(sharesToWeight(Number(cpu.shares)))));
  }
  if (blockIO.weight) properties.push(property("IOWeight", "t", BigInt(weightToIoWeight(blockIO.weight))));
  return properties;
}

function v1Properties({ memory = {}, cpu = {}, blockIO = {} }: Resources): Property[] {
  const properties: Property[] = [];
  if (memory.limit) properties.push(property("MemoryLimit", "t", limit(memory.limit)));
  if (cpu.shares) properties.push(property("CPUShares", "t", BigInt(cpu.shares)));
  if (blockIO.weight) properties.push(property("BlockIOWeight", "t", BigInt(blockIO.weight)));
  return properties;
}

function tasksProperties({ pids }: Resources): Property[] {
  return pids === undefined ? [] : [property("TasksMax", "t", limit(pidsLimit(pids.limit ?? 0)))];
}
