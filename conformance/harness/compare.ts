/** Comparing what the probe saw under two runtimes. */

import { readlinkSync } from "node:fs";
import type { ProbeMount, ProbeReport } from "./probe_report.ts";

/** One value that differs. */
export interface Difference {
  /** Where in the report: `/mounts/3/options`. */
  readonly path: string;
  readonly left: string;
  readonly right: string;
}

/**
 * A report without what two runs of one runtime differ in: inode numbers, mount ids, the device numbers of anonymous file
 * systems, the far ends of the standard streams.
 */
export function comparable(report: ProbeReport): unknown {
  const { descriptors, namespaces, mounts, timer_slack: _, ...rest } = report;
  return {
    ...rest,
    // `run` may relay the standard streams by pipes or pass its own: nothing that the process could rely on
    descriptors: Object.entries(descriptors).map(([fd, target]) => (Number(fd) < 3 ? fd : `${fd} ${target}`)),
    namespaces: Object.entries(namespaces).map(([kind, inode]) => `${kind} ${originOf(kind, inode)}`),
    mounts: mounts.map((mount) => comparableMount(mount, mounts)),
  };
}

function originOf(kind: string, inode: string | null): string {
  return inode === readlinkSync(`/proc/self/ns/${kind}`) ? "shared" : "new";
}

function comparableMount(mount: ProbeMount, all: readonly ProbeMount[]): unknown {
  const { id: _, parent, device, propagation, options, super_options: more, ...rest } = mount;
  return {
    ...rest,
    over: all.find(({ id }) => id === parent)?.target ?? "outside",
    device: device.startsWith("0:") ? "anonymous" : device,
    propagation: propagation.map((word) => word.replace(/:\d+$/, "")),
    options: options.split(",").sort().join(),
    super_options: more.split(",").sort().join(),
  };
}

/** All differences of two values, depth first. */
export function differences(left: unknown, right: unknown, path = ""): Difference[] {
  if (isContainer(left) && isContainer(right) && Array.isArray(left) === Array.isArray(right)) {
    const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...keys].flatMap((key) => differences(left[key], right[key], `${path}/${key.replaceAll("/", "~1")}`));
  }
  const [a, b] = [JSON.stringify(left) ?? "nothing", JSON.stringify(right) ?? "nothing"];
  return a === b ? [] : [{ path, left: a, right: b }];
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
