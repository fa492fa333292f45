/** Runtimes with one defect each: the conformance suite finds every one, by a test of the section that it breaks. */

import { describe, expect, test } from "bun:test";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../harness/paths.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { testWhere } from "../harness/scenario.ts";
import { DEFECTS } from "../suite/broken/defects.ts";
import { failures, inFolder, judged } from "../suite/tested_suite.ts";

const needs = ["root", "runtime:tsrun"] as const;
const MINUTE = 60_000;

/** A command that is tsrun with a defect. */
function brokenRuntime(folder: string, defect: string): string {
  const path = join(folder, "broken");
  const words = [
    process.execPath,
    join(repository, "conformance/suite/broken/wrapper.ts"),
    defect,
    selectedRuntime().path,
  ];
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(" ");
  writeFileSync(path, `#!/bin/sh\nexec ${quoted} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

const defects = Object.entries(DEFECTS).filter(([name]) => name !== "none");

describe("a runtime with a defect is found", () => {
  test("there are enough of them", () => expect(defects.length).toBeGreaterThan(40));

  testWhere(
    needs,
    "by tests that pass without it",
    () =>
      inFolder(async (folder) => {
        const result = await judged(brokenRuntime(folder, "none"), ...defects.map(([, { foundBy = "" }]) => foundBy));
        expect(failures(result)).toEqual([]);
      }),
    5 * MINUTE,
  );

  for (const [name, { section = "", foundBy = "" }] of defects)
    testWhere(
      needs,
      name,
      () =>
        inFolder(async (folder) => {
          const { tests } = await judged(brokenRuntime(folder, name), foundBy);
          const found = tests.filter(({ verdict, section: of }) => verdict === "failed" && of === section);
          const unjudged = tests.every(({ verdict, detail }) => verdict === "skipped" && detail.startsWith("needs"));
          if (!unjudged) expect(found.map(({ name: of }) => of.toLowerCase()).join()).toContain(foundBy.toLowerCase());
        }),
      MINUTE,
    );
});
