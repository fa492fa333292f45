import { describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { SYSCALLS, syscallNumber } from "./syscalls.ts";

/** Names that the headers define beside those of calls. */
const NO_CALLS = new Set(["syscalls", "arch_specific_syscall"]);

/**
 * The calls of the kernel headers that this compiler knows, by name.
 *
 * @returns undefined if there is no such compiler
 */
function headers(compiler: string): Map<string, number> | undefined {
  const { status, stdout } = spawnSync(compiler, ["-E", "-dM", "-x", "c", "-"], {
    input: "#include <asm/unistd.h>\n",
    encoding: "utf8",
  });
  if (status !== 0) return undefined;
  const macros = new Map([...stdout.matchAll(/^#define (__NR\w+) (\w+)$/gm)].map(([, name, value]) => [name, value]));
  const numbers = new Map<string, number>();
  for (const [macro = "", value] of macros) {
    // Some names stand for another, with or without 3264.
    let number = value;
    while (number !== undefined && !/^\d+$/.test(number)) number = macros.get(number);
    const name = macro.replace("__NR_", "");
    if (number !== undefined && !name.startsWith("__NR") && !NO_CALLS.has(name)) numbers.set(name, Number(number));
  }
  return numbers;
}

describe("syscallNumber", () => {
  test("the same call has its own number on each architecture", () => {
    expect([syscallNumber("x86_64", "openat"), syscallNumber("arm64", "openat")]).toEqual([257, 56]);
    expect([syscallNumber("x86_64", "open_tree"), syscallNumber("arm64", "open_tree")]).toEqual([428, 428]);
    expect([syscallNumber("x86_64", "file_setattr"), syscallNumber("arm64", "file_setattr")]).toEqual([469, 469]);
  });

  test("a call that an architecture has not is an error", () => {
    expect(syscallNumber("x86_64", "fork")).toBe(57);
    expect(() => syscallNumber("arm64", "fork")).toThrow('arm64 has no system call "fork"');
  });
});

for (const [architecture, compiler] of [
  ["x86_64", "x86_64-linux-gnu-gcc"],
  ["arm64", "aarch64-linux-gnu-gcc"],
] as const) {
  const known = headers(compiler);
  const table = SYSCALLS[architecture];
  const title = `${architecture}: every call of the kernel headers has the headers' number`;
  test.skipIf(known === undefined)(known === undefined ? `${title} [needs ${compiler}]` : title, () => {
    const calls = [...(known ?? [])];
    expect(calls.length).toBeGreaterThan(290);
    expect(calls.filter(([name, number]) => table[name] !== number)).toEqual([]);
  });

  test(`${architecture}: no number is given twice`, () => {
    expect(new Set(Object.values(table)).size).toBe(Object.keys(table).length);
  });
}

test("calls that are newer than the common numbering have the same number everywhere", () => {
  const common = (table: Readonly<Record<string, number>>): Record<string, number> =>
    Object.fromEntries(Object.entries(table).filter(([, number]) => number >= 424));
  const { map_shadow_stack: onX86Only, ...x86 } = common(SYSCALLS.x86_64);
  const { map_shadow_stack: _, ...arm } = common(SYSCALLS.arm64);
  expect([onX86Only, x86]).toEqual([453, arm]);
});
