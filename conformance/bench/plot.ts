/** Results as SVG pictures. */

import type { Cost } from "./measure.ts";
import type { CostSummary, Table } from "./measurements.ts";
import type { Scale } from "./scale.ts";
import type { Summary } from "./summary.ts";

const COLOURS: Readonly<Record<string, string>> = { tsrun: "#2563eb", runc: "#9ca3af", crun: "#f59e0b" };
const OTHER_COLOUR = "#6b7280";
const INK = "#111827";
const FAINT = "#d1d5db";

const LABEL_WIDTH = 330;
const BAR_WIDTH = 460;
const BAR_HEIGHT = 11;
const GAP = 14;
const TOP = 46;

/** For each row one bar of each contestant, as long as its median, with the middle half as a line. */
export function barPlot(title: string, rows: Table<Summary>): string {
  const longest = Math.max(...[...rows.values()].flatMap((row) => [...row.values()].map(({ high }) => high)));
  const width = (value: number): number => Math.round((value / longest) * BAR_WIDTH * 10) / 10;
  const parts: string[] = [];
  let y = TOP;
  for (const [what, row] of rows) {
    parts.push(text(LABEL_WIDTH - 10, y + (row.size * BAR_HEIGHT) / 2 + 4, what, "end"));
    for (const [name, { median, low, high }] of row) {
      const middle = y + BAR_HEIGHT / 2;
      parts.push(
        `<rect x="${LABEL_WIDTH}" y="${y}" width="${width(median)}" height="${BAR_HEIGHT - 2}" fill="${colour(name)}"/>`,
        `<line x1="${LABEL_WIDTH + width(low)}" x2="${LABEL_WIDTH + width(high)}" y1="${middle - 1}" y2="${middle - 1}" stroke="${INK}"/>`,
        text(LABEL_WIDTH + width(high) + 6, y + BAR_HEIGHT - 2, `${name} ${number(median)}`),
      );
      y += BAR_HEIGHT;
    }
    y += GAP;
  }
  return picture(LABEL_WIDTH + BAR_WIDTH + 110, y, title, parts);
}

/** One metric of a table of costs. */
export function metricOf(table: Table<CostSummary>, metric: keyof Cost): Table<Summary> {
  return new Map(
    [...table].map(([what, row]) => [what, new Map([...row].map(([who, costs]) => [who, costs[metric]]))]),
  );
}

const PANEL_WIDTH = 200;
const PANEL_HEIGHT = 120;
const PANEL_MARGIN = 46;
const PANELS_IN_A_ROW = 4;

/** For each command a panel with a line of each contestant, over the levels. */
export function scalePlot(title: string, unit: string, { levels, tables }: Scale): string {
  const commands = [...(tables[0]?.keys() ?? [])];
  const names = [...new Set(tables.flatMap((table) => [...table.values()].flatMap((row) => [...row.keys()])))];
  const parts = names.flatMap((name, i) => [
    `<rect x="${PANEL_MARGIN + i * 80}" y="34" width="12" height="4" fill="${colour(name)}"/>`,
    text(PANEL_MARGIN + i * 80 + 17, 40, name),
  ]);
  for (const [i, what] of commands.entries()) {
    const left = PANEL_MARGIN + (i % PANELS_IN_A_ROW) * (PANEL_WIDTH + PANEL_MARGIN);
    const top = TOP + 30 + Math.floor(i / PANELS_IN_A_ROW) * (PANEL_HEIGHT + 2 * GAP + 30);
    parts.push(...panel(what, left, top, unit, levels, names, tables));
  }
  const rows = Math.ceil(commands.length / PANELS_IN_A_ROW);
  const width = PANEL_MARGIN + PANELS_IN_A_ROW * (PANEL_WIDTH + PANEL_MARGIN);
  return picture(width, TOP + 30 + rows * (PANEL_HEIGHT + 2 * GAP + 30), title, parts);
}

function panel(
  what: string,
  left: number,
  top: number,
  unit: string,
  levels: readonly number[],
  names: readonly string[],
  tables: Scale["tables"],
): string[] {
  const value = (name: string, level: number): Summary | undefined => tables[level]?.get(what)?.get(name)?.wall;
  const all = names.flatMap((name) => levels.map((_, i) => value(name, i)?.median ?? 0));
  const highest = Math.max(...all) || 1;
  const x = (i: number): number => left + (levels.length < 2 ? 0 : (i / (levels.length - 1)) * PANEL_WIDTH);
  const y = (it: number): number => Math.round((top + PANEL_HEIGHT - (it / highest) * PANEL_HEIGHT) * 10) / 10;
  const parts = [
    `<rect x="${left}" y="${top}" width="${PANEL_WIDTH}" height="${PANEL_HEIGHT}" fill="none" stroke="${FAINT}"/>`,
    text(left, top - 6, what, "start", 'font-weight="bold"'),
    text(left - 5, top + 9, number(highest), "end"),
    text(left - 5, top + PANEL_HEIGHT, "0", "end"),
    ...levels.map((level, i) => {
      const isLast = i === levels.length - 1;
      const anchor = isLast ? "end" : i === 0 ? "start" : "middle";
      return text(x(i), top + PANEL_HEIGHT + 14, isLast ? `${level} ${unit}` : `${level}`, anchor);
    }),
  ];
  for (const name of names) {
    const points = levels.flatMap((_, i) => {
      const median = value(name, i)?.median;
      return median === undefined || Number.isNaN(median) ? [] : [`${x(i)},${y(median)}`];
    });
    parts.push(`<polyline points="${points.join(" ")}" fill="none" stroke="${colour(name)}" stroke-width="2"/>`);
    for (const point of points) {
      const [cx, cy] = point.split(",");
      parts.push(`<circle cx="${cx}" cy="${cy}" r="2.5" fill="${colour(name)}"/>`);
    }
  }
  return parts;
}

function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="sans-serif" font-size="11">
<rect width="${width}" height="${height}" fill="#ffffff"/>
${text(14, 24, title, "start", 'font-size="14" font-weight="bold"')}
${parts.join("\n")}
</svg>
`;
}

function number(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}

function colour(name: string): string {
  return COLOURS[name] ?? OTHER_COLOUR;
}

function text(x: number, y: number, content: string, anchor = "start", more = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${INK}" ${more}>${escaped}</text>`;
}
