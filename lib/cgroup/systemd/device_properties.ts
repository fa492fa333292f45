import { Failure } from "../../failure.ts";
import { readFileSync } from "../../libc/files.ts";
import type { DeviceCgroupRule } from "../../spec/types.ts";
import { type DeviceException, deviceList } from "../device_list.ts";
import { ANY, accessLetters, placeRules } from "../device_rules.ts";
import { type Property, property } from "./property.ts";

/**
 * The devices that may be used, as far as systemd can be told: it knows a list of allowed devices, but no exceptions from
 * it. Where the rules need more than that, none are allowed by systemd until the cgroup has its own filter.
 *
 * @see systemd.resource-control(5), DeviceAllow
 */
export function deviceProperties(rules: readonly DeviceCgroupRule[] | undefined): Property[] {
  const list = listOf(rules);
  const policy = list?.allowsByDefault && list.exceptions.length === 0 ? "auto" : "strict";
  const allowed = list === undefined || list.allowsByDefault ? [] : list.exceptions;
  const devices = allowed.length === 0 ? "" : readFileSync("/proc/devices", "latin1");
  const entries = allowed.flatMap((exception) => {
    const name = deviceName(exception, devices);
    return name === undefined ? [] : [[name, accessLetters(exception.access)] as const];
  });
  return [property("DevicePolicy", "s", policy), property("DeviceAllow", "a(ss)", entries)];
}

/** Undefined if they make exceptions from exceptions, which a filter can and a list cannot. */
function listOf(rules: readonly DeviceCgroupRule[] | undefined): ReturnType<typeof deviceList> | undefined {
  try {
    return deviceList(placeRules(rules));
  } catch (failure) {
    if (failure instanceof Failure) return undefined;
    throw failure;
  }
}

/** How systemd names them; undefined for what it has no name for: one minor number of every major one. */
function deviceName({ type, major, minor }: DeviceException, devices: string): string | undefined {
  const kind = type === "c" ? "char" : "block";
  if (major === ANY) return minor === ANY ? `${kind}-*` : undefined;
  if (minor !== ANY) return `/dev/${kind}/${major}:${minor}`;
  const driver = driverOf(devices, kind, major);
  return driver === undefined ? undefined : `${kind}-${driver}`;
}

/** The name under which the kernel lists a major number. @see proc_devices(5) */
export function driverOf(devices: string, kind: "char" | "block", major: number): string | undefined {
  const [characters = "", blocks = ""] = devices.split("Block devices:");
  const line = new RegExp(`^ *${major} (.+)$`, "m").exec(kind === "char" ? characters : blocks);
  return line?.[1];
}
