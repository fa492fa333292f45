/** The results as tables of texts, for people. */

import type { Cost } from "./measure.ts";
import type { CostSummary, Table } from "./measurements.ts";
import type { Results } from "./results.ts";
import type { Scale } from "./scale.ts";

export interface TextTable {
  readonly title: string;
  readonly rows: readonly (readonly string[])[];
}

/** In milliseconds, as many digits as tell something. */
function time(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return "";
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function ratio(own: number | undefined, peer: number | undefined): string {
  const value = (own ?? Number.NaN) / (peer ?? Number.NaN);
  return Number.isNaN(value) ? "" : value.toFixed(2);
}

const MIB = 1024;
/** A process of a few pages: the kernel counts them in larger steps. */
const LEAST_RESIDENT = 256;
const size = (kibibytes: number | undefined): string => {
  if (kibibytes === undefined) return "";
  if (kibibytes === 0) return `under ${LEAST_RESIDENT} KiB`;
  return kibibytes < 10 * MIB ? `${Math.round(kibibytes)} KiB` : `${(kibibytes / MIB).toFixed(0)} MiB`;
};

export function textTables(results: Results): TextTable[] {
  const names = Object.keys(results.versions);
  return [
    costTable("Wall time in milliseconds: median (middle half), and ratios", results.commands, names, "wall", true),
    costTable("Processor time in milliseconds: median (middle half), and ratios", results.commands, names, "cpu", true),
    memoryTable(results, names),
    scaleTable("With containers present: median wall time in milliseconds", results.containers, names),
    scaleTable("With mounts: median wall time in milliseconds", results.mounts, names),
  ];
}

function header(names: readonly string[], withRatios: boolean): string[] {
  const [own, ...peers] = names;
  return ["", ...names, ...(withRatios ? peers.map((peer) => `${own}/${peer}`) : [])];
}

function costTable(
  title: string,
  table: Table<CostSummary>,
  names: readonly string[],
  metric: keyof Cost,
  spread: boolean,
): TextTable {
  const [own = "", ...peers] = names;
  const body = [...table].map(([what, row]) => {
    const of = (name: string) => row.get(name)?.[metric];
    const cells = names.map((name) => {
      const summary = of(name);
      if (summary === undefined) return "";
      return spread ? `${time(summary.median)} (${time(summary.low)} – ${time(summary.high)})` : time(summary.median);
    });
    return [what, ...cells, ...peers.map((peer) => ratio(of(own)?.median, of(peer)?.median))];
  });
  return { title, rows: [header(names, true), ...body] };
}

function memoryTable({ commands, sizes }: Results, names: readonly string[]): TextTable {
  const [own = "", ...peers] = names;
  const rows = [
    ...[...sizes].map(([what, row]) => ({ what, of: (name: string) => row.get(name)?.median })),
    ...[...commands].map(([what, row]) => ({
      what: `${what}: largest resident set`,
      of: (name: string) => row.get(name)?.memory.median,
    })),
  ].map(({ what, of }) => [
    what,
    ...names.map((name) => size(of(name))),
    ...peers.map((peer) => ratio(of(own) || LEAST_RESIDENT, of(peer))),
  ]);
  return { title: "Memory", rows: [header(names, true), ...rows] };
}

function scaleTable(title: string, { levels, tables }: Scale, names: readonly string[]): TextTable {
  const commands = [...(tables[0]?.keys() ?? [])];
  const columns = names.flatMap((name) => levels.map((level) => `${name}, ${level}`));
  const body = commands.map((what) => [
    what,
    ...names.flatMap((name) => tables.map((table) => time(table.get(what)?.get(name)?.wall.median))),
  ]);
  return { title, rows: [["", ...columns], ...body] };
}

/** Who was measured on what, in one line. */
export function setting({ date, rounds, seconds, machine, versions }: Results): string {
  const who = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  const { processors, model, memory, kernel, cgroups } = machine;
  return (
    `${date.slice(0, 10)}, ${rounds} rounds in ${Math.round(seconds)} s; ${processors} × ${model}, ${memory} GiB, ` +
    `Linux ${kernel}, cgroup ${cgroups}; ${who.join(", ")}.`
  );
}
