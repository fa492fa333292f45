/** Several runtimes side by side, as text. */

import { bySection, type SuiteResult, totals } from "../results.ts";

/** One section, and how each runtime did there, in the order of the results. */
export interface MatrixRow {
  readonly section: string;
  readonly cells: readonly ReturnType<typeof totals>[];
}

/** All were judged by the same tests, so the rows are those of the first. */
export function matrixRows(results: readonly SuiteResult[]): MatrixRow[] {
  return bySection(results[0]?.tests ?? []).map(({ section }) => ({
    section,
    cells: results.map(({ tests }) => totals(tests.filter((test) => test.section === section))),
  }));
}

/** `5/6`: passed of those that were judged; `-` if none was. */
export function cellText({ passed, failed }: ReturnType<typeof totals>): string {
  return passed + failed === 0 ? "-" : failed === 0 ? String(passed) : `${passed}/${passed + failed}`;
}

export function matrixText(results: readonly SuiteResult[]): string {
  const rows = matrixRows(results);
  const first = Math.max(7, ...rows.map(({ section }) => section.length));
  const columns = results.map(({ runtime }) => Math.max(8, runtime.name.length));
  const line = (head: string, cells: readonly string[]): string =>
    [head.padEnd(first), ...cells.map((cell, i) => cell.padStart(columns[i] ?? 0))].join("  ").trimEnd();
  const text = [
    line(
      "section",
      results.map(({ runtime }) => runtime.name),
    ),
  ];
  for (const { section, cells } of rows) text.push(line(section, cells.map(cellText)));
  const sums = results.map(({ tests }) => totals(tests));
  text.push("");
  for (const verdict of ["passed", "failed", "skipped"] as const)
    text.push(
      line(
        verdict,
        sums.map((sum) => String(sum[verdict])),
      ),
    );
  text.push(
    "",
    ...results.map(({ runtime }) => `${runtime.name}: ${runtime.version}, judged by ${runtime.specification}`),
  );
  for (const { runtime, tests } of results)
    for (const { section, name, level, verdict, detail } of tests)
      if (verdict === "failed")
        text.push(
          "",
          `${runtime.name} ✗ ${section}: ${name} [${level}]`,
          ...detail.split("\n").map((part) => `    ${part}`),
        );
  return `${text.join("\n")}\n`;
}
