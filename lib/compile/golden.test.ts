/**
 * The programs of a few configs, word for word as `tsrun plan` prints them. A change of one is to be looked at, and then
 * accepted with `make golden`.
 */

import { describe, expect, test } from "bun:test";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Program } from "../program/instruction.ts";
import { formatProgram } from "../program/print.ts";
import { testedPrograms } from "./tested_programs.ts";

const folder = join(import.meta.dirname, "golden");
const accept = process.env.TSRUN_ACCEPT_GOLDEN === "1";

describe("programs", () => {
  for (const [name, compile] of Object.entries(testedPrograms))
    test(name, () => {
      const printed = `${formatProgram(compile("x86_64"))}\n`;
      const file = join(folder, `${name}.txt`);
      if (accept) {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, printed);
      }
      expect(printed).toBe(readFileSync(file, "utf8"));
    });

  test("make the same calls on arm64, but for those that it has not", () => {
    const calls = (program: Program): (string | undefined)[] => program.instructions.map(({ name }) => name);
    for (const compile of Object.values(testedPrograms))
      expect(calls(compile("arm64"))).toEqual(calls(compile("x86_64")));
  });
});
