/** The classes of failures: each documented, each in use. */

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const repository = join(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

const [, union = ""] = /export type FailureCode =([^;]+);/.exec(read("lib/failure.ts")) ?? [];
const codes = [...union.matchAll(/"([^"]+)"/g)].map(([, code = ""]) => code).sort();

test("docs/errors.md has every class, and no other", () => {
  const section = read("docs/errors.md").split("## Classes")[1]?.split("\n## ")[0] ?? "";
  const documented = [...section.matchAll(/^\| `([^`]+)` \| .+ \|$/gm)].map(([, code = ""]) => code);
  expect(codes.length).toBeGreaterThan(10);
  expect(documented.sort()).toEqual(codes);
});

test("every class is given to some failure", () => {
  const sources = readdirSync(join(repository, "lib"), { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts") && !path.endsWith(".test.ts") && path !== "failure.ts")
    .map((path) => read(join("lib", path)))
    .join("\n");
  expect(codes.filter((code) => !sources.includes(`"${code}"`))).toEqual([]);
});

test("what is told beside the sentence is documented", () => {
  const [, context = ""] = /interface FailureContext \{([^}]+)\}/.exec(read("lib/cli/report_failure.ts")) ?? [];
  const keys = [...context.matchAll(/readonly (\w+)/g)].map(([, key = ""]) => key);
  expect(keys.length).toBeGreaterThan(3);
  const documented = [...read("docs/errors.md").matchAll(/^\| `(\w+)` \|/gm)].map(([, key = ""]) => key);
  for (const key of keys) expect(documented).toContain(key);
});
