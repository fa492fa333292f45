/** Everything that one run of the benchmark found out. */

import { readFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { cgroupLayout } from "../harness/facilities.ts";
import type { CostSummary, Measurements, Table } from "./measurements.ts";
import type { Contestant } from "./place.ts";
import type { Scale } from "./scale.ts";
import type { Summary } from "./summary.ts";

export interface Results {
  readonly date: string;
  readonly rounds: number;
  /** Seconds that all of it took. */
  readonly seconds: number;
  readonly machine: Machine;
  /** What each contestant calls itself. */
  readonly versions: Readonly<Record<string, string>>;
  readonly commands: Table<CostSummary>;
  readonly sizes: Table<Summary>;
  readonly containers: Scale;
  readonly mounts: Scale;
  readonly failures: Measurements["failures"];
}

export interface Machine {
  readonly processors: number;
  readonly model: string;
  /** GiB */
  readonly memory: number;
  readonly kernel: string;
  readonly cgroups: string;
}

export function machine(): Machine {
  return {
    processors: cpus().length,
    model: cpus()[0]?.model ?? "unknown",
    memory: Math.round(totalmem() / 2 ** 30),
    kernel: readFileSync("/proc/sys/kernel/osrelease", "utf8").trim(),
    cgroups: cgroupLayout(),
  };
}

export function versionOf({ path }: Contestant): string {
  const said = Bun.spawnSync([path, "--version"], { timeout: 20_000 }).stdout.toString();
  return /\d+\.\d+[.\d]*/.exec(said)?.[0] ?? "of an unknown version";
}

/** One table out of several, which have no row in common. */
export function joined<T>(...tables: readonly Table<T>[]): Table<T> {
  return new Map(tables.flatMap((table) => [...table]));
}

/** As JSON: milliseconds and KiB. */
export function resultsText(results: Results): string {
  const plain = (_: string, value: unknown): unknown => (value instanceof Map ? Object.fromEntries(value) : value);
  return `${JSON.stringify(results, plain, 2)}\n`;
}
