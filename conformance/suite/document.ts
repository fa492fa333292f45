/**
 * Judge tsrun, runc and crun, and write the results into README.md, between the lines that mark them.
 *
 *   bun conformance/suite/document.ts
 */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describeResult, runCommand } from "../harness/command.ts";
import { repository } from "../harness/paths.ts";
import { type SuiteResult, totals } from "./results.ts";

const BEGIN = "<!-- conformance: make conformance-docs -->";
const END = "<!-- conformance: end -->";
const RUNTIMES = ["runc", "crun"];
const HOUR = 3_600_000;

async function judgeAll(): Promise<SuiteResult[]> {
  const command = [
    join(repository, "build/bin/tsrun"),
    "conformance",
    "--compare",
    RUNTIMES.join(),
    "--format",
    "json",
  ];
  const result = await runCommand(command, { timeout: HOUR });
  if (result.stdout === "") throw new Error(describeResult(result));
  return JSON.parse(result.stdout) as SuiteResult[];
}

/** The table, with a line of who was judged when. */
export function resultTable(results: readonly SuiteResult[]): string {
  const lines = ["| | passed | failed | skipped |", "|---|---:|---:|---:|"];
  for (const { runtime, tests } of results) {
    const { passed, failed, skipped } = totals(tests);
    lines.push(`| ${runtime.name} | ${passed} | ${failed} | ${skipped} |`);
  }
  const versions = results.map(({ runtime }) => {
    const version = /version (\S+)/.exec(runtime.version)?.[1] ?? runtime.version;
    return `${runtime.name} ${version} (specification ${runtime.specification})`;
  });
  lines.push("", `${results[0]?.date.slice(0, 10)}: ${versions.join(", ")}.`);
  return lines.join("\n");
}

if (import.meta.main) {
  const path = join(repository, "README.md");
  const readme = readFileSync(path, "utf8");
  const [begin, end] = [readme.indexOf(BEGIN), readme.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`README.md has no lines ${BEGIN} and ${END}`);
  const table = resultTable(await judgeAll());
  writeFileSync(path, `${readme.slice(0, begin)}${BEGIN}\n${table}\n${readme.slice(end)}`);
  console.log(table);
}
