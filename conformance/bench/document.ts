/** The results in files: as pictures, and in docs/performance.md, whose part between two marks is replaced. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { barPlot, metricOf, scalePlot } from "./plot.ts";
import type { Results } from "./results.ts";
import { setting, type TextTable, textTables } from "./tables.ts";

const BEGIN = "<!-- results of make bench-docs -->";
const END = "<!-- end of the results -->";
const KIB_PER_MIB = 1024;

/** Draw the pictures into this folder. */
export function drawResults(folder: string, { commands, containers, mounts }: Results): void {
  const mebibytes = new Map(
    [...metricOf(commands, "memory")].map(([what, row]) => [
      what,
      new Map(
        [...row].map(([who, { median, low, high, count }]) => [
          who,
          { median: median / KIB_PER_MIB, low: low / KIB_PER_MIB, high: high / KIB_PER_MIB, count },
        ]),
      ),
    ]),
  );
  const pictures = {
    "performance.svg": barPlot("Wall time in milliseconds: median, and the middle half", metricOf(commands, "wall")),
    "performance-cpu.svg": barPlot(
      "Processor time in milliseconds: median, and the middle half",
      metricOf(commands, "cpu"),
    ),
    "performance-memory.svg": barPlot("Largest resident set of a command in MiB", mebibytes),
    "performance-containers.svg": scalePlot(
      "Wall time in milliseconds, by the containers that are running beside",
      "containers",
      containers,
    ),
    "performance-mounts.svg": scalePlot("Wall time in milliseconds, by the container's mounts", "mounts", mounts),
  };
  for (const [name, picture] of Object.entries(pictures)) writeFileSync(join(folder, name), picture);
}

/** @param folder where performance.md lies; the pictures are drawn beside it */
export function documentResults(folder: string, results: Results): void {
  const file = join(folder, "performance.md");
  const page = readFileSync(file, "utf8");
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`${file} has no marks for the results`);
  drawResults(folder, results);
  writeFileSync(file, `${before}${BEGIN}\n\n${section(results)}\n\n${END}${after}`);
}

function section(results: Results): string {
  const [wall, cpu, memory, containers, mounts] = textTables(results).map(markdown);
  const failed = [...new Set(results.failures.map(({ what, who }) => `${who}: ${what}`))];
  return [
    setting(results),
    ...(failed.length > 0 ? ["", `Not measured, since the command fails or is not there: ${failed.join("; ")}.`] : []),
    "",
    wall,
    "",
    cpu,
    "",
    "![Processor time](performance-cpu.svg)",
    "",
    memory,
    "",
    "![Memory](performance-memory.svg)",
    "",
    containers,
    "",
    "![Cost by containers present](performance-containers.svg)",
    "",
    mounts,
    "",
    "![Cost by mounts](performance-mounts.svg)",
  ].join("\n");
}

function markdown({ title, rows }: TextTable): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const [head = [], ...body] = rows;
  return [`**${title}**`, "", line(head), line(head.map((_, i) => (i === 0 ? "---" : "--:"))), ...body.map(line)].join(
    "\n",
  );
}
