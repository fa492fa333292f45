/** For programs: TAP 13, JUnit's XML, JSON. */

import { bySection, type SuiteResult, type TestResult, totals } from "../results.ts";

const title = ({ section, name, level }: TestResult): string => `${section}: ${name} [${level}]`;

/** @see https://testanything.org/tap-version-13-specification.html */
export function tapText(results: readonly SuiteResult[]): string {
  const lines = results.flatMap(({ runtime, tests }) =>
    tests.map((test) => ({ test, prefix: results.length > 1 ? `${runtime.name}: ` : "" })),
  );
  const text = ["TAP version 13", `1..${lines.length}`];
  for (const [i, { test, prefix }] of lines.entries()) {
    const directive = test.verdict === "skipped" ? ` # SKIP ${test.detail}` : "";
    const name = `${prefix}${title(test)}`.replaceAll("#", "\\#");
    text.push(`${test.verdict === "failed" ? "not ok" : "ok"} ${i + 1} - ${name}${directive}`);
    if (test.verdict === "failed")
      text.push("  ---", "  message: |", ...test.detail.split("\n").map((line) => `    ${line}`), "  ...");
  }
  return `${text.join("\n")}\n`;
}

const escaped = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    // what XML cannot hold at all
    .replace(/[^\t\n\r\x20-\uffff]/g, "?");

export function junitText(results: readonly SuiteResult[]): string {
  const lines = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"];
  for (const { runtime, date, tests } of results)
    for (const { section, tests: ofIt } of bySection(tests)) {
      const { failed, skipped } = totals(ofIt);
      const counts = `tests="${ofIt.length}" failures="${failed}" skipped="${skipped}"`;
      lines.push(`<testsuite name="${escaped(`${runtime.name} ${section}`)}" ${counts} timestamp="${date}">`);
      for (const test of ofIt) lines.push(junitCase(test, runtime.name));
      lines.push("</testsuite>");
    }
  return `${lines.join("\n")}\n</testsuites>\n`;
}

function junitCase({ section, name, level, verdict, detail, milliseconds }: TestResult, runtime: string): string {
  const attributes = `classname="${escaped(`${runtime}.${section}`)}" name="${escaped(`${name} [${level}]`)}"`;
  const timed = `${attributes} time="${(milliseconds / 1000).toFixed(3)}"`;
  if (verdict === "passed") return `<testcase ${timed}/>`;
  if (verdict === "skipped") return `<testcase ${timed}><skipped message="${escaped(detail)}"/></testcase>`;
  return `<testcase ${timed}><failure message="${escaped(detail.split("\n")[0] ?? "")}">${escaped(detail)}</failure></testcase>`;
}

/** One object, or a list of them when several runtimes were judged. */
export function jsonText(results: readonly SuiteResult[]): string {
  const shown = results.map((result) => ({ ...result, totals: totals(result.tests) }));
  return `${JSON.stringify(shown.length === 1 ? shown[0] : shown, null, 2)}\n`;
}
