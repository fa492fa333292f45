import { cpuSet } from "./cpu_set.ts";
import { INFINITY, type Property, property } from "./property.ts";

const DEFAULT_PERIOD = 100_000;
const SECOND = 1_000_000n;
/** systemd keeps a quota as a whole percentage: in microseconds of each second. */
const PERCENT = 10_000n;

/** The versions of systemd from which on it knows a property. */
const CPU_QUOTA_PERIOD = 242;
const CPU_SETS = 244;

/** Rounded up, so that a cgroup below can have the quota that the config names. */
export function quotaProperties(
  quota: number | bigint | undefined,
  period: number | bigint | undefined,
  systemd: number,
): Property[] {
  const properties: Property[] = [];
  if (period && systemd >= CPU_QUOTA_PERIOD) properties.push(property("CPUQuotaPeriodUSec", "t", BigInt(period)));
  if (!quota && !period) return properties;
  let perSecond = INFINITY;
  if (quota !== undefined && quota > 0) {
    const exact = (BigInt(quota) * SECOND) / BigInt(period || DEFAULT_PERIOD);
    perSecond = ((exact + PERCENT - 1n) / PERCENT) * PERCENT;
  }
  return [...properties, property("CPUQuotaPerSecUSec", "t", perSecond)];
}

export function cpuSetProperties(cpus: string | undefined, nodes: string | undefined, systemd: number): Property[] {
  if (systemd < CPU_SETS) return [];
  return [
    ...(cpus ? [property("AllowedCPUs", "ay", cpuSet(cpus, "/linux/resources/cpu/cpus"))] : []),
    ...(nodes ? [property("AllowedMemoryNodes", "ay", cpuSet(nodes, "/linux/resources/cpu/mems"))] : []),
  ];
}
