import { spawnSync } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

const TIME_LIMIT = 20_000;

/**
 * How long one command took, in milliseconds.
 *
 * @param errors a file for its standard error: a pipe would stay open for as long as the container that it leaves
 */
export function timed(argv: readonly string[], errors: string): number {
  const stderr = openSync(errors, "w");
  try {
    const started = performance.now();
    const { status, error } = spawnSync(argv[0]!, argv.slice(1), {
      stdio: ["ignore", "ignore", stderr],
      timeout: TIME_LIMIT,
    });
    const elapsed = performance.now() - started;
    if (status === 0) return elapsed;
    throw new Error(`${argv.join(" ")}: status ${status}: ${error?.message ?? readFileSync(errors, "utf8")}`);
  } finally {
    closeSync(stderr);
  }
}

/** Middle and spread of some measurements. */
export interface Summary {
  readonly median: number;
  /** The quarter of the measurements that are lower, and the quarter that are higher, begin here. */
  readonly low: number;
  readonly high: number;
}

export function summarize(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round((sorted.length - 1) * share)] ?? Number.NaN;
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** A table of texts with aligned columns; all but the first column are numbers. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_, i) => Math.max(...rows.map((row) => row[i]!.length)));
  return rows
    .map((row) => row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join("  "))
    .join("\n");
}
