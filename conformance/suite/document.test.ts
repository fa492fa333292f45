import { expect, test } from "bun:test";
import { resultTable } from "./document.ts";
import type { SuiteResult } from "./results.ts";

const result: SuiteResult = {
  runtime: { name: "runc", path: "/bin/runc", version: "runc version 1.1.5+ds1", specification: "1.0.2-dev" },
  date: "2026-01-02T03:04:05.000Z",
  tests: (["passed", "passed", "failed", "skipped"] as const).map((verdict, i) => ({
    ...{ section: "config.md#root", name: String(i), level: "must", verdict, detail: "", milliseconds: 1 },
  })),
};

test("the table has a row for each runtime, and a line of who was judged when", () => {
  const lines = resultTable([result]).split("\n");
  expect(lines).toContain("| runc | 2 | 1 | 1 |");
  expect(lines.at(-1)).toBe("2026-01-02: runc 1.1.5+ds1 (specification 1.0.2-dev).");
});
