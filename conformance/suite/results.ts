/** How the tests of a suite went. */

import type { Anchor, Level } from "./test.ts";

export type Verdict = "passed" | "failed" | "skipped";

export interface TestResult {
  readonly section: Anchor;
  readonly name: string;
  readonly level: Level;
  readonly verdict: Verdict;
  /** Why it failed or was skipped. */
  readonly detail: string;
  readonly milliseconds: number;
}

/** What is known of a runtime. */
export interface Judged {
  /** As it was named. */
  readonly name: string;
  readonly path: string;
  /** The first line of what it says of its version. */
  readonly version: string;
  /** The version of the specification that it says it implements, and by which it is judged. */
  readonly specification: string;
}

export interface SuiteResult {
  readonly runtime: Judged;
  readonly date: string;
  /** In the order of the table of tests. */
  readonly tests: readonly TestResult[];
}

export type Totals = Readonly<Record<Verdict, number>>;

export function totals(tests: readonly TestResult[]): Totals {
  const count = (verdict: Verdict): number => tests.filter((test) => test.verdict === verdict).length;
  return { passed: count("passed"), failed: count("failed"), skipped: count("skipped") };
}

export interface SectionResult {
  readonly section: Anchor;
  readonly tests: readonly TestResult[];
}

/** By section, in the order of their first tests. */
export function bySection(tests: readonly TestResult[]): SectionResult[] {
  const sections = new Map<Anchor, TestResult[]>();
  for (const test of tests) sections.set(test.section, [...(sections.get(test.section) ?? []), test]);
  return [...sections].map(([section, ofIt]) => ({ section, tests: ofIt }));
}

/** Where a section of the specification can be read. */
export function address(section: Anchor): string {
  return `https://github.com/opencontainers/runtime-spec/blob/v1.3.0/${section}`;
}

/** `5 passed, 1 failed`: what is zero is left out. */
export function countText(counts: Totals): string {
  const parts = (["passed", "failed", "skipped"] as const).filter((verdict) => counts[verdict] > 0);
  return parts.map((verdict) => `${counts[verdict]} ${verdict}`).join(", ") || "no tests";
}
