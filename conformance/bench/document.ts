/** The last results in docs/performance.md: its part between two marks is replaced, and the picture beside it. */

import { readFileSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join } from "node:path";
import { plot, type Rows } from "./plot.ts";

const BEGIN = "<!-- results of make bench-docs -->";
const END = "<!-- end of the results -->";
const CPU = "CPU: ";

/**
 * @param folder where performance.md lies
 * @param rounds how often everything was measured
 */
export function document(folder: string, rounds: number, rows: Rows): void {
  const file = join(folder, "performance.md");
  const page = readFileSync(file, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no marks for the results`);
  writeFileSync(file, `${before}${BEGIN}\n\n${results(rounds, rows)}\n\n${END}${after}`);
  const times = new Map([...rows].filter(([what]) => !what.startsWith(CPU) && !what.includes("KiB")));
  writeFileSync(join(folder, "performance.svg"), plot("Wall time in milliseconds: median, and the middle half", times));
}

function results(rounds: number, rows: Rows): string {
  const names = [...(rows.values().next().value?.keys() ?? [])];
  const [own = "", ...peers] = names;
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const body = [...rows]
    .filter(([what]) => !what.startsWith(CPU))
    .map(([what, row]) => {
      const cpu = rows.get(CPU + what);
      const cells = names.map((name) => {
        const wall = row.get(name)?.median;
        if (wall === undefined || Number.isNaN(wall)) return "";
        const ofCpu = cpu?.get(name)?.median;
        return ofCpu === undefined ? wall.toFixed(0) : `${wall.toFixed(1)} (${ofCpu.toFixed(1)})`;
      });
      const ratios = peers.map((peer) => {
        const ratio = (row.get(own)?.median ?? Number.NaN) / (row.get(peer)?.median ?? Number.NaN);
        return Number.isNaN(ratio) ? "" : ratio.toFixed(2);
      });
      return line([what, ...cells, ...ratios]);
    });
  const versions = names.map((name) => `${name} ${version(name)}`).join(", ");
  const processor = cpus()[0]?.model ?? "an unknown processor";
  const header = ["", ...names, ...peers.map((peer) => `${own}/${peer}`)];
  return [
    `${new Date().toISOString().slice(0, 10)}, ${rounds} rounds, ${cpus().length} × ${processor}, Linux ${kernel()}; ${versions}.`,
    "",
    "Medians of wall time in milliseconds, with CPU time in parentheses.",
    "",
    line(header),
    line(header.map((_, i) => (i === 0 ? "---" : "--:"))),
    ...body,
  ].join("\n");
}

function version(name: string): string {
  const path = name === "tsrun" ? join(import.meta.dirname, "../../build/bin/tsrun") : name;
  return /\d+\.\d+[.\d]*/.exec(Bun.spawnSync([path, "--version"]).stdout.toString())?.[0] ?? "of an unknown version";
}

function kernel(): string {
  return readFileSync("/proc/sys/kernel/osrelease", "utf8").trim();
}
