import { closeSync, openSync, readFileSync } from "node:fs";

const TIME_LIMIT = 20_000;

/** What one command took, in milliseconds. */
export interface Cost {
  readonly wall: number;
  /** Of it and of what it waited for, as user and in the kernel, on all processors. */
  readonly cpu: number;
}

/**
 * Run one command, and measure it.
 *
 * @param errors a file for its standard error: a pipe would stay open for as long as the container that it leaves
 */
export function timed(argv: readonly string[], errors: string): Cost {
  const stderr = openSync(errors, "w");
  try {
    const started = performance.now();
    const { exitCode, resourceUsage } = Bun.spawnSync([...argv], {
      stdio: ["ignore", "ignore", stderr],
      timeout: TIME_LIMIT,
    });
    const wall = performance.now() - started;
    if (exitCode === 0) return { wall, cpu: Number(resourceUsage?.cpuTime.total ?? 0) / 1000 };
    throw new Error(`${argv.join(" ")}: status ${exitCode}: ${readFileSync(errors, "utf8")}`);
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
