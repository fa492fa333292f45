/** Checks of `linux.resources`. */

import { pointerPart } from "../json_position.ts";
import { unexpected } from "../problem.ts";
import type { Config, DeviceCgroupRule } from "../types.ts";
import type { Report } from "./check.ts";

const deviceTypes = ["a", "b", "c"];

/** @see config-linux.md, "Allowed Device list" */
export function checkDeviceRules(config: Config, report: Report): void {
  const rules = config.linux?.resources?.devices;
  if (rules === undefined) return;
  for (let i = 0; i < rules.length; i++) checkDeviceRule(rules[i]!, `/linux/resources/devices/${i}`, report);
}

function checkDeviceRule(rule: DeviceCgroupRule, pointer: string, report: Report): void {
  const { type, access } = rule;
  if (type && !deviceTypes.includes(type)) report(unexpected(`${pointer}/type`, "one of a, b, c", type));
  if (access && access !== "rwm" && !/^[rwm]+$/.test(access)) {
    report(unexpected(`${pointer}/access`, "letters of r, w, m", access));
  }
  checkRuleNumber(rule.major, `${pointer}/major`, report);
  checkRuleNumber(rule.minor, `${pointer}/minor`, report);
}

function checkRuleNumber(number: number | undefined, pointer: string, report: Report): void {
  if (number === undefined || (number >= -1 && number <= 0xffff_ffff)) return;
  report(unexpected(pointer, "a device number, or -1 for all", number));
}

/** The old spelling of -1 in an unsigned field: leave swappiness as it is. */
const swappinessUnset = 2 ** 64;

/** @see config-linux.md, "Memory" */
export function checkMemory(config: Config, report: Report): void {
  const swappiness = config.linux?.resources?.memory?.swappiness;
  if (swappiness !== undefined && swappiness > 100 && Number(swappiness) !== swappinessUnset) {
    report(unexpected("/linux/resources/memory/swappiness", "a whole number from 0 to 100", swappiness));
  }
}

/** `swap` is memory and swap together: it is never below `limit`, and means nothing without it. Not for update, which may leave out what it keeps. */
export function checkSwap(config: Config, report: Report): void {
  const { limit = 0, swap = 0 } = config.linux?.resources?.memory ?? {};
  if (swap <= 0) return;
  const pointer = "/linux/resources/memory/swap";
  if (limit <= 0) {
    report({ pointer, message: "swap, which is memory and swap together, needs a memory limit beside it" });
  } else if (swap < limit) {
    report({ pointer, message: `memory and swap together (${swap}) are below the memory limit (${limit})` });
  }
}

/** @see config-linux.md, "CPU" */
export function checkCpu(config: Config, report: Report): void {
  const cpu = config.linux?.resources?.cpu;
  if (cpu === undefined) return;
  if (cpu.idle !== undefined && (cpu.idle < 0 || cpu.idle > 1)) {
    report(unexpected("/linux/resources/cpu/idle", "0 or 1", cpu.idle));
  }
  for (const key of ["cpus", "mems"] as const) {
    if (cpu[key] && !/^[\d,\s-]+$/.test(cpu[key])) {
      report(unexpected(`/linux/resources/cpu/${key}`, "a list such as 0-3,7", cpu[key]));
    }
  }
}

/** @see config-linux.md, "Block IO"; 0 counts as not given */
export function checkBlockIo(config: Config, report: Report): void {
  const blockIO = config.linux?.resources?.blockIO;
  if (blockIO === undefined) return;
  const checkWeights = (from: { weight?: number; leafWeight?: number }, pointer: string): void => {
    for (const key of ["weight", "leafWeight"] as const) {
      const weight = from[key];
      if (weight && (weight < 10 || weight > 1000)) {
        report(unexpected(`${pointer}/${key}`, "a whole number from 10 to 1000", weight));
      }
    }
  };
  checkWeights(blockIO, "/linux/resources/blockIO");
  blockIO.weightDevice?.forEach((device, i) => {
    const pointer = `/linux/resources/blockIO/weightDevice/${i}`;
    if (device.weight === undefined && device.leafWeight === undefined) {
      report({ pointer, message: "a device needs weight or leafWeight, or both" });
    }
    checkWeights(device, pointer);
  });
}

/** @see config-linux.md, "RDMA" */
export function checkRdma(config: Config, report: Report): void {
  const rdma = config.linux?.resources?.rdma;
  if (rdma === undefined) return;
  for (const [device, { hcaHandles, hcaObjects }] of Object.entries(rdma)) {
    if (hcaHandles === undefined && hcaObjects === undefined) {
      const pointer = `/linux/resources/rdma/${pointerPart(device)}`;
      report({ pointer, message: "a device needs hcaHandles or hcaObjects, or both" });
    }
  }
}

/** Keys are file names in the container's own cgroup. @see config-linux.md, "Unified"; GHSA-5g49-rx9x-qfc6 */
export function checkUnified(config: Config, report: Report): void {
  const unified = config.linux?.resources?.unified;
  if (unified === undefined) return;
  for (const key in unified) {
    if (!/^[^./]+\.[^/]+$/.test(key)) {
      const pointer = `/linux/resources/unified/${pointerPart(key)}`;
      report(unexpected(pointer, "a file of a cgroup, CONTROLLER.NAME without slashes", key));
    }
  }
}
