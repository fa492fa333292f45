/** Medians as an SVG picture: for each command one bar of each runtime. */

import type { Summary } from "./measure.ts";

/** What was measured, to what each runtime took, in milliseconds. */
export type Rows = ReadonlyMap<string, ReadonlyMap<string, Summary>>;

const COLOURS: Readonly<Record<string, string>> = { tsrun: "#2563eb", runc: "#9ca3af", crun: "#f59e0b" };
const OTHER_COLOUR = "#6b7280";
const LABEL_WIDTH = 270;
const BAR_WIDTH = 460;
const BAR_HEIGHT = 11;
const GAP = 14;
const TOP = 46;

/** @param title a line above the bars */
export function plot(title: string, rows: Rows): string {
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
        `<line x1="${LABEL_WIDTH + width(low)}" x2="${LABEL_WIDTH + width(high)}" y1="${middle - 1}" y2="${middle - 1}" stroke="#111827"/>`,
        text(LABEL_WIDTH + width(high) + 6, y + BAR_HEIGHT - 2, `${name} ${median.toFixed(1)}`),
      );
      y += BAR_HEIGHT;
    }
    y += GAP;
  }
  const total = LABEL_WIDTH + BAR_WIDTH + 110;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${total}" height="${y}" font-family="sans-serif" font-size="11">
<rect width="${total}" height="${y}" fill="#ffffff"/>
${text(14, 24, title, "start", 'font-size="14" font-weight="bold"')}
${parts.join("\n")}
</svg>
`;
}

function colour(name: string): string {
  return COLOURS[name] ?? OTHER_COLOUR;
}

function text(x: number, y: number, content: string, anchor = "start", more = ""): string {
  const escaped = content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="#111827" ${more}>${escaped}</text>`;
}
