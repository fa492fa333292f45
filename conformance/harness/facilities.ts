/** What this machine lets a test do. */

import { existsSync, readFileSync } from "node:fs";
import { release } from "node:os";
import { type CgroupDriver, cgroupDriver, unifiedControllers } from "./cgroup_place.ts";
import { hasLentIds, isOrdinaryUser } from "./ordinary_user.ts";
import { findProgram, probeBinary } from "./paths.ts";
import { type RuntimeKind, selectedRuntime } from "./runtime.ts";
import { timeFactor } from "./time_limit.ts";

/** Something that a test cannot do without. */
export type Need =
  | "root"
  | "ordinary-user"
  | "ids"
  | "fast"
  | "swap"
  | "cgroup-v1"
  | "cgroup-v2"
  | CgroupDriver
  | "cgroups"
  | `unified:${string}`
  | "probe"
  | "criu"
  | "runc"
  | `tool:${string}`
  | `file:/${string}`
  | `no-file:/${string}`
  | `controller:${string}`
  | `capability:${number}`
  | `kernel:${number}.${number}`
  | `runtime:${RuntimeKind}`
  | `not-runtime:${RuntimeKind}`;

/** How /sys/fs/cgroup is laid out. */
export type CgroupLayout = "v1" | "hybrid" | "v2" | "none";

export function cgroupLayout(): CgroupLayout {
  if (existsSync("/sys/fs/cgroup/cgroup.controllers")) return "v2";
  const mounts = readFileSync("/proc/mounts", "utf8");
  if (!/ cgroup /.test(mounts)) return "none";
  return / cgroup2 /.test(mounts) ? "hybrid" : "v1";
}

/** Mount points of the cgroup v1 hierarchies, keyed by controller (or `name=NAME`'s NAME). */
export function cgroupV1Hierarchies(): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of readFileSync("/proc/mounts", "utf8").split("\n")) {
    const [, target, type, options] = line.split(" ");
    if (type !== "cgroup" || target === undefined || options === undefined) continue;
    for (const option of options.split(",")) found.set(option.replace(/^name=/, ""), target);
  }
  return found;
}

const effectiveCapabilities = (): bigint =>
  BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0"}`);

/** Whether `6.18.4-distribution` is at least 5.14. */
function kernelIsAtLeast(wanted: string): boolean {
  const [major = 0, minor = 0] = release()
    .split(".")
    .map((part) => Number.parseInt(part, 10));
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split(".").map(Number);
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

let criuFault: string | undefined | false = false;

/** Why criu cannot be used with this kernel, as it says itself; undefined if it can. */
function whyNoCriu(): string | undefined {
  if (criuFault !== false) return criuFault;
  const path = findProgram("criu");
  if (path === undefined) criuFault = "needs criu installed";
  else {
    const { exitCode } = Bun.spawnSync([path, "check"], { stdout: "ignore", stderr: "ignore" });
    criuFault = exitCode === 0 ? undefined : "needs a criu that works with this kernel";
  }
  return criuFault;
}

/** @returns why the need is not met, or undefined when it is. */
function unmet(need: Need): string | undefined {
  const colon = need.indexOf(":");
  const [kind, value] = colon < 0 ? [need, ""] : [need.slice(0, colon), need.slice(colon + 1)];
  switch (kind) {
    case "root":
      return isOrdinaryUser ? "needs root" : undefined;
    case "ordinary-user":
      return isOrdinaryUser ? undefined : "about an ordinary user";
    case "ids":
      return !isOrdinaryUser || hasLentIds()
        ? undefined
        : "needs root, or a user with ids in /etc/subuid and /etc/subgid";
    case "fast":
      return timeFactor > 1 ? "takes too long on a slow machine" : undefined;
    case "swap":
      return readFileSync("/proc/swaps", "utf8").trim().split("\n").length > 1 ? undefined : "needs swap space";
    case "cgroupfs":
    case "systemd":
    case "none":
      return cgroupDriver === kind ? undefined : `needs CGROUP_DRIVER=${kind}`;
    case "cgroups":
      return cgroupDriver === "none" ? "needs a user who may make cgroups" : undefined;
    case "unified":
      return unifiedControllers().includes(value) ? undefined : `needs the cgroup v2 controller ${value}`;
    case "cgroup-v1":
      return ["v1", "hybrid"].includes(cgroupLayout()) ? undefined : "needs cgroup v1";
    case "cgroup-v2":
      return cgroupLayout() === "v2" ? undefined : "needs cgroup v2";
    case "controller":
      return cgroupV1Hierarchies().has(value) ? undefined : `needs the cgroup v1 controller ${value}`;
    case "capability":
      return (effectiveCapabilities() >> BigInt(value)) & 1n ? undefined : `needs capability ${value}`;
    case "kernel":
      return kernelIsAtLeast(value) ? undefined : `needs Linux ${value}`;
    case "probe":
      return existsSync(probeBinary) ? undefined : "needs the probe (make builds it)";
    case "criu":
      return whyNoCriu();
    case "file":
      return existsSync(value) ? undefined : `needs ${value}`;
    case "no-file":
      return existsSync(value) ? `needs a machine without ${value}` : undefined;
    case "runc":
    case "tool":
      return findProgram(value || kind) === undefined ? `needs ${value || kind} installed` : undefined;
    case "runtime":
      return selectedRuntime().kind === value ? undefined : `about ${value} only`;
    default:
      return selectedRuntime().kind === value ? `${value} differs from the others here` : undefined;
  }
}

/**
 * @returns the reason to skip a test with these needs; undefined when it can run.
 * @throws Error in CI when a tool is missing: there everything is installed, and a skipped test would go unnoticed.
 */
export function reasonToSkip(needs: readonly Need[]): string | undefined {
  for (const need of needs) {
    const reason = unmet(need);
    if (reason === undefined) continue;
    if (process.env.CI === "true" && /^(tool:|probe$|runc$)/.test(need)) throw new Error(`${reason}, and this is CI`);
    return reason;
  }
  return undefined;
}
