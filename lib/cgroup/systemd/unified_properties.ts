import { quotaProperties } from "./cpu_properties.ts";
import { cpuSet } from "./cpu_set.ts";
import { limit, type Property, property } from "./property.ts";

const CPU_IDLE = 252;
const CPU_SETS = 244;
const OOM_POLICY = 253;

const LIMITS: Readonly<Record<string, string>> = {
  "memory.min": "MemoryMin",
  "memory.low": "MemoryLow",
  "memory.high": "MemoryHigh",
  "memory.max": "MemoryMax",
  "memory.swap.max": "MemorySwapMax",
  "pids.max": "TasksMax",
};

/**
 * The same of `linux.resources.unified`, as far as systemd has a property for a file of cgroup v2 and the value is one
 * that can be told. What is not is written to the file alone, where the kernel judges it.
 */
export function unifiedProperties(unified: Readonly<Record<string, string>>, systemd: number): Property[] {
  return Object.entries(unified).flatMap(([file, text]) => propertiesFor(file, text.trim(), systemd));
}

function propertiesFor(file: string, value: string, systemd: number): Property[] {
  const name = Object.hasOwn(LIMITS, file) ? LIMITS[file] : undefined;
  if (name !== undefined) return /^(\d+|max)$/.test(value) ? [property(name, "t", limit(value))] : [];
  switch (file) {
    case "cpu.idle":
      return value === "1" && systemd >= CPU_IDLE ? [property("CPUWeight", "t", 0n)] : [];
    case "cpu.weight":
      return /^\d+$/.test(value) ? [property("CPUWeight", "t", BigInt(value))] : [];
    case "cpu.max": {
      const [, quota, period] = /^(\d+|max)(?:\s+(\d+))?$/.exec(value) ?? [];
      if (quota === undefined) return [];
      return quotaProperties(
        quota === "max" ? -1 : Number(quota),
        period === undefined ? undefined : Number(period),
        systemd,
      );
    }
    case "cpuset.cpus":
    case "cpuset.mems": {
      if (value === "" || systemd < CPU_SETS) return [];
      const set = cpuSet(value, `/linux/resources/unified/${file}`);
      return [property(file === "cpuset.cpus" ? "AllowedCPUs" : "AllowedMemoryNodes", "ay", set)];
    }
    case "io.weight": {
      const [, weight] = /^(?:default\s+)?(\d+)$/.exec(value) ?? [];
      return weight === undefined ? [] : [property("IOWeight", "t", BigInt(weight))];
    }
    case "memory.oom.group":
      if (systemd < OOM_POLICY || !/^[01]$/.test(value)) return [];
      return [property("OOMPolicy", "s", value === "1" ? "kill" : "continue")];
    default:
      return [];
  }
}
