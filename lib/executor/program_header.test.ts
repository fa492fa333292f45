/** program.h and instruction.ts say the same. */

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as instruction from "../program/instruction.ts";

const text = readFileSync(join(import.meta.dirname, "program.h"), "utf8");

/** What a macro stands for. */
function macro(name: string): bigint {
  const value = new RegExp(`^#define ${name} (\\w+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`program.h does not define ${name}`);
  return BigInt(value.replace(/[UL]+$/, ""));
}

/** The members of an enum. */
function enumeration(name: string): Record<string, number> {
  const body = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(text)?.[1] ?? "";
  return Object.fromEntries([...body.matchAll(/(\w+) = (\d+)/g)].map((match) => [match[1], Number(match[2])]));
}

/** The offsets of a struct's members, and its size. */
function layout(name: string): { offsets: Record<string, number>; size: number } {
  const body = new RegExp(`struct ${name} \\{([^}]*)\\}`).exec(text)?.[1] ?? "";
  const offsets: Record<string, number> = {};
  let size = 0;
  for (const [, bits, member = "", count = "1"] of body.matchAll(/[ui](8|16|32|64) (\w+)(?:\[(\d+)\])?;/g)) {
    const width = Number(bits) / 8;
    expect(size % width).toBe(0);
    offsets[member] = size;
    size += width * Number(count);
  }
  return { offsets, size };
}

/** `LessEqual` to `LESS_EQUAL` */
const upperCase = (name: string): string => name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();

test("numbers", () => {
  expect(macro("PROGRAM_MAGIC")).toBe(instruction.PROGRAM_MAGIC);
  const ours = Object.entries(instruction).flatMap(([name, value]) =>
    typeof value === "number" ? [{ name, value }] : [],
  );
  const said = ours.filter(({ name }) => /^(PROGRAM_VERSION|.*_(ADDRESS|REGISTER|COUNT))$/.test(name));
  expect(said.length).toBe(11);
  for (const { name, value } of said) expect(macro(name)).toBe(BigInt(value));
  expect(macro("REPORT_FAILED")).toBe(BigInt(instruction.Report.Failed));
});

test("enumerations", () => {
  const both = [
    ["op", "OP", instruction.Op],
    ["condition", "IF", instruction.Condition],
    ["alu", "ALU", instruction.Alu],
    ["argument_kind", "ARGUMENT", instruction.ArgumentKind],
    ["error_mode", "ERROR", instruction.ErrorMode],
  ] as const;
  for (const [name, prefix, ours] of both) {
    const expected = Object.entries(ours).map(([member, value]) => [`${prefix}_${upperCase(member)}`, value]);
    expect(enumeration(name)).toEqual(Object.fromEntries(expected));
  }
});

test("structs", () => {
  const header = layout("header");
  const { reserved, ...offsets } = header.offsets;
  const expected = Object.entries(instruction.HEADER).map(([name, offset]) => [upperCase(name).toLowerCase(), offset]);
  expect(offsets).toEqual(Object.fromEntries(expected));
  expect([reserved, header.size]).toEqual([44, instruction.HEADER_SIZE]);
  expect(layout("instruction")).toEqual({
    offsets: {
      op: 0,
      destination: 1,
      error_mode: 2,
      variant: 3,
      argument_kinds: 4,
      reserved: 6,
      number: 8,
      errors: 12,
      arguments: 16,
    },
    size: instruction.INSTRUCTION_SIZE,
  });
  expect(layout("error_entry")).toEqual({
    offsets: { error: 0, reserved: 2, target: 4 },
    size: instruction.ERROR_ENTRY_SIZE,
  });
  expect(layout("report")).toEqual({ offsets: { kind: 0, instruction: 4, value: 8 }, size: instruction.REPORT_SIZE });
  expect(layout("trace_record")).toEqual({ offsets: { pid: 0, instruction: 4, nanoseconds: 8 }, size: 16 });
});
