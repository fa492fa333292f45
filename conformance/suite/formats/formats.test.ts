import { expect, test } from "bun:test";
import type { SuiteResult, TestResult, Verdict } from "../results.ts";
import type { ConformanceTest } from "../test.ts";
import { htmlPage } from "./html.ts";
import { jsonText, junitText, tapText } from "./machines.ts";
import { matrixText } from "./matrix.ts";
import { PrettyProgress, summaryText } from "./pretty.ts";

function result(verdict: Verdict, more: Partial<TestResult> = {}): TestResult {
  const detail = { passed: "", failed: 'expected "<a>" & found nothing\nsecond line', skipped: "needs a moon" }[
    verdict
  ];
  return {
    section: "config.md#root",
    name: `it ${verdict}`,
    level: "must",
    verdict,
    detail,
    milliseconds: 1500,
    ...more,
  };
}

function suite(name: string, ...tests: TestResult[]): SuiteResult {
  const runtime = { name, path: `/bin/${name}`, version: `${name} version 1`, specification: "1.2.0" };
  return { runtime, date: "2026-01-02T03:04:05.000Z", tests };
}

const other = { section: "runtime.md#state", name: "other", level: "should" } as const;
const first = suite("first", result("passed"), result("skipped"), result("passed", other));
const second = suite("second", result("passed"), result("skipped"), result("failed", other));

test("TAP has a plan, a line for each test, and what is wrong", () => {
  expect(tapText([second]).split("\n")).toEqual([
    "TAP version 13",
    "1..3",
    "ok 1 - config.md\\#root: it passed [must]",
    "ok 2 - config.md\\#root: it skipped [must] # SKIP needs a moon",
    "not ok 3 - runtime.md\\#state: other [should]",
    "  ---",
    "  message: |",
    '    expected "<a>" & found nothing',
    "    second line",
    "  ...",
    "",
  ]);
});

test("JUnit has a suite for each section, and escapes what XML would take for its own", () => {
  const text = junitText([second]);
  expect(text).toContain('<testsuite name="second config.md#root" tests="2" failures="0" skipped="1"');
  expect(text).toContain('<skipped message="needs a moon"/>');
  expect(text).toContain('<failure message="expected &quot;&lt;a&gt;&quot; &amp; found nothing">');
  expect(text.match(/<testcase /g)).toHaveLength(3);
});

test("JSON is one object for one runtime, and a list for several", () => {
  expect(JSON.parse(jsonText([first]))).toMatchObject({
    runtime: { name: "first" },
    totals: { passed: 2, skipped: 1 },
  });
  expect(JSON.parse(jsonText([first, second]))).toHaveLength(2);
});

test("the matrix has a row for each section and a column for each runtime", () => {
  const lines = matrixText([first, second]).split("\n");
  expect(lines[0]?.split(/ +/)).toEqual(["section", "first", "second"]);
  expect(lines[1]?.split(/ +/)).toEqual(["config.md#root", "1", "1"]);
  expect(lines[2]?.split(/ +/)).toEqual(["runtime.md#state", "1", "0/1"]);
  expect(lines).toContain("second ✗ runtime.md#state: other [should]");
});

test("the page shows every test, with what is wrong, and needs nothing from elsewhere", () => {
  const page = htmlPage([first, second]);
  expect(page.match(/<details/g)).toHaveLength(2);
  expect(page.match(/<details class="failing"/g)).toHaveLength(1);
  expect(page).toContain("expected &quot;&lt;a&gt;&quot; &amp; found nothing");
  expect(page).toContain("prefers-color-scheme: dark");
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(/);
});

test("the pretty format tells of a section when its last test is done", () => {
  const told: string[] = [];
  const tests = first.tests.map((one) => ({ ...one, body: async () => {} }) as ConformanceTest);
  const progress = new PrettyProgress(tests, { write: (text) => told.push(text), colours: false, live: false });
  progress.add(result("failed"));
  expect(told).toEqual([]);
  progress.add(result("skipped"));
  expect(told.join("")).toStartWith("FAIL config.md#root  1 failed, 1 skipped\n  ✗ it failed\n      expected ");
});

test("the summary has the sections, the reasons for skipping, and the sum", () => {
  const text = summaryText(second, false);
  expect(text).toContain("second version 1, judged by 1.2.0");
  expect(text).toMatch(/^config\.md#root +1 +· +1$/m);
  expect(text).toContain("skipped 1: needs a moon");
  expect(text).toContain("✗ other (should)");
  expect(text).toEndWith("1 passed, 1 failed, 1 skipped\n");
  expect(summaryText(second, true)).toContain("\x1b[31m");
});
