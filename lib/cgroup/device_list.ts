import { Failure } from "../failure.ts";
import type { DeviceCgroupRule } from "../spec/types.ts";
import { ANY, accessBits, accessLetters, EVERY_ACCESS, type PlacedRule, ruleNumber } from "./device_rules.ts";

/** What the device rules of cgroup v1 come to: all devices or none, but for these. */
export interface DeviceList {
  readonly allowsByDefault: boolean;
  readonly exceptions: readonly DeviceException[];
}

/** Devices to which the default does not apply. */
export interface DeviceException {
  /** The rule that it comes from. */
  readonly pointer: string;
  readonly type: "b" | "c";
  /** A device number, or ANY. */
  readonly major: number;
  readonly minor: number;
  /** Bits of the kinds of access. */
  readonly access: number;
}

/**
 * Work out what a list of device rules, of which the last that matches decides, is in the form that cgroup v1 can keep:
 * a default, which is to deny, and exceptions. Without this the kernel would take each rule, and pass over in silence
 * what it cannot express.
 *
 * @throws Failure on a rule that makes an exception from an exception, which v1 cannot express
 * @see Documentation/admin-guide/cgroup-v1/devices.rst
 */
export function deviceList(rules: readonly PlacedRule[]): DeviceList {
  let allowsByDefault = false;
  const exceptions = new Map<string, DeviceException>();
  for (const { pointer, rule } of rules) {
    const [major, minor, access] = [ruleNumber(rule.major), ruleNumber(rule.minor), accessBits(rule)];
    if (isForBothTypes(rule) && major === ANY && minor === ANY && access === EVERY_ACCESS) {
      allowsByDefault = rule.allow;
      exceptions.clear();
      continue;
    }
    const change = rule.allow === allowsByDefault ? removeFrom : addTo;
    // The kernel takes `a` for everything, whatever stands beside it: a rule for some of both types becomes two.
    if (rule.type !== "c") change(exceptions, { pointer, type: "b", major, minor, access });
    if (rule.type !== "b") change(exceptions, { pointer, type: "c", major, minor, access });
  }
  return { allowsByDefault, exceptions: [...exceptions.values()] };
}

/** How the kernel writes an exception: `c 10:* rw`. */
export function formatException(exception: DeviceException): string {
  return `${formatDevices(exception)} ${accessLetters(exception.access)}`;
}

function formatDevices({ type, major, minor }: DeviceException): string {
  return `${type} ${major === ANY ? "*" : major}:${minor === ANY ? "*" : minor}`;
}

function isForBothTypes({ type }: DeviceCgroupRule): boolean {
  return type !== "b" && type !== "c";
}

function addTo(exceptions: Map<string, DeviceException>, added: DeviceException): void {
  const key = formatDevices(added);
  const known = exceptions.get(key);
  exceptions.set(key, known === undefined ? added : { ...added, access: known.access | added.access });
}

function removeFrom(exceptions: Map<string, DeviceException>, removed: DeviceException): void {
  for (const [key, known] of exceptions) {
    if ((known.access & removed.access) === 0 || !overlaps(known, removed)) continue;
    if (!contains(removed, known)) throw cannotLeaveOut(removed, known);
    const access = known.access & ~removed.access;
    if (access === 0) exceptions.delete(key);
    else exceptions.set(key, { ...known, access });
  }
}

function contains(wide: DeviceException, narrow: DeviceException): boolean {
  return (
    wide.type === narrow.type &&
    (wide.major === ANY || wide.major === narrow.major) &&
    (wide.minor === ANY || wide.minor === narrow.minor)
  );
}

function overlaps(one: DeviceException, other: DeviceException): boolean {
  const meet = (a: number, b: number): boolean => a === ANY || b === ANY || a === b;
  return one.type === other.type && meet(one.major, other.major) && meet(one.minor, other.minor);
}

function cannotLeaveOut(removed: DeviceException, known: DeviceException): Failure {
  const [part, whole] = [formatException(removed), formatException(known)];
  return new Failure(
    `${removed.pointer}: ${part} is part of ${whole} of ${known.pointer}, and cgroup v1 cannot leave it out there`,
    { code: "config.unsupported", pointer: removed.pointer },
  );
}
