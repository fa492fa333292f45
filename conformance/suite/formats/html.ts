/** A page of its own with the results of one runtime or several, made for looking at. */

import { address, bySection, type SuiteResult, type TestResult, totals } from "../results.ts";
import type { Anchor } from "../test.ts";
import { cellText } from "./matrix.ts";
import style from "./page.css" with { type: "text" };

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (letter) => ENTITIES[letter] ?? letter);

const VERDICT = { passed: "✓", failed: "✗", skipped: "–" } as const;

/** One test under each of the runtimes, in their order. */
type Row = readonly TestResult[];

/** @returns the page as one HTML document that needs nothing else */
export function htmlPage(results: readonly SuiteResult[]): string {
  const names = results.map(({ runtime }) => runtime.name);
  const date = results[0]?.date.slice(0, 10) ?? "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>OCI runtime conformance: ${escaped(names.join(", "))}</title>
<style>
${style}</style>
</head>
<body style="--runtimes: ${results.length}">
<div class="page">
<header>
<h1>OCI runtime conformance</h1>
<p>${results[0]?.tests.length ?? 0} tests of the runtime specification, ${date}. A section opens to show its tests.</p>
<div class="cards">${results.map(card).join("\n")}</div>
<label class="only"><input type="checkbox" id="failing"> only what failed</label>
</header>
<main>
<div class="grid head"><span>Section</span>${names.map((name) => `<span>${escaped(name)}</span>`).join("")}</div>
${documents(results).join("\n")}
</main>
</div>
</body>
</html>
`;
}

function card({ runtime, tests }: SuiteResult): string {
  const { passed, failed, skipped } = totals(tests);
  const share = (count: number): string => `${((100 * count) / Math.max(1, tests.length)).toFixed(2)}%`;
  const rate = passed + failed === 0 ? "–" : `${((100 * passed) / (passed + failed)).toFixed(failed === 0 ? 0 : 1)} %`;
  return `<section class="card">
<h3>${escaped(runtime.name)}</h3>
<p>${escaped(runtime.version)}, judged by ${escaped(runtime.specification)}</p>
<div class="rate">${rate}</div>
<div class="bar" role="img" aria-label="${passed} passed, ${failed} failed, ${skipped} skipped">
<i class="passed" style="width: ${share(passed)}"></i><i class="failed" style="width: ${share(failed)}"></i></div>
<div class="counts"><span class="passed">✓ ${passed} passed</span><span class="failed">✗ ${failed} failed</span>
<span class="quiet">– ${skipped} skipped</span></div>
</section>`;
}

/** The sections, under the documents of the specification that they are of. */
function documents(results: readonly SuiteResult[]): string[] {
  const parts: string[] = [];
  let document = "";
  const sections = bySection(results[0]?.tests ?? []).map(({ section, tests }) => ({
    section,
    rows: tests.map((test) => rowOf(test, results)),
  }));
  sections.sort((a, b) => order(a.section) - order(b.section));
  for (const { section, rows } of sections) {
    const [name = ""] = section.split("#");
    if (name !== document) {
      const ofIt = sections.filter((other) => other.section.startsWith(`${name}#`));
      parts.push(`<h2${failingClass(ofIt.flatMap((other) => other.rows.flat()))}>${escaped(name)}</h2>`);
      document = name;
    }
    parts.push(sectionPart(section, rows, results));
  }
  return parts;
}

const DOCUMENTS = [
  "runtime.md",
  "runtime-linux.md",
  "config.md",
  "config-linux.md",
  "features.md",
  "features-linux.md",
];
const order = (section: Anchor): number => DOCUMENTS.indexOf(section.split("#")[0] ?? "");

function rowOf({ section, name }: TestResult, results: readonly SuiteResult[]): Row {
  return results.flatMap(({ tests }) => tests.find((test) => test.section === section && test.name === name) ?? []);
}

const failingClass = (tests: readonly TestResult[]): string =>
  tests.some(({ verdict }) => verdict === "failed") ? ' class="failing"' : "";

function sectionPart(section: Anchor, rows: readonly Row[], results: readonly SuiteResult[]): string {
  const cells = results.map((_, i) => {
    const counts = totals(rows.flatMap((row) => row[i] ?? []));
    const kind = counts.failed > 0 ? "failed" : counts.passed > 0 ? "passed" : "skipped";
    return `<span class="cell ${kind}">${VERDICT[kind]} ${cellText(counts)}</span>`;
  });
  return `<details${failingClass(rows.flat())} id="${escaped(section)}">
<summary class="grid"><span>${escaped(section.split("#")[1] ?? "")}</span>${cells.join("")}</summary>
<div class="tests"><p><a href="${address(section)}">${escaped(section)}</a></p>
${rows.map((row) => testPart(row, results)).join("\n")}</div>
</details>`;
}

function testPart(row: Row, results: readonly SuiteResult[]): string {
  const [first] = row;
  if (first === undefined) return "";
  const level = first.level === "must" ? "" : ` <span class="level">${first.level}</span>`;
  const cells = row.map(
    ({ verdict, detail }) =>
      `<span class="cell ${verdict}" title="${escaped(verdict === "skipped" ? detail : verdict)}">${VERDICT[verdict]}<span hidden> ${verdict}</span></span>`,
  );
  const details = row.flatMap(({ verdict, detail }, i) =>
    verdict === "failed"
      ? `<div class="detail"><strong>${escaped(results[i]?.runtime.name ?? "")}</strong><pre>${escaped(detail)}</pre></div>`
      : [],
  );
  return `<div class="test${row.some(({ verdict }) => verdict === "failed") ? " failing" : ""}">
<div class="grid"><span>${escaped(first.name)}${level}</span>${cells.join("")}</div>${details.join("")}</div>`;
}
