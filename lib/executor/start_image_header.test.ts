/** start_image.h and lib/start_image/layout.ts say the same. */

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as layout from "../start_image/layout.ts";

const text = readFileSync(join(import.meta.dirname, "start_image.h"), "utf8");

/** What a macro stands for. */
function macro(name: string): bigint {
  const value = new RegExp(`^#define ${name} (\\w+)$`, "m").exec(text)?.[1];
  if (value === undefined) throw new Error(`start_image.h does not define ${name}`);
  return BigInt(value.replace(/[UL]+$/, ""));
}

/** A struct's members, and how many there are of each; other structs are members of their own kind. */
function members(name: string): { name: string; kind: string; count: number }[] {
  const body = new RegExp(`struct ${name} \\{([^}]*)\\}`).exec(text)?.[1] ?? "";
  return [...body.matchAll(/((?:struct )?\w+) (\w+)(?:\[(\w+)\])?;/g)].map(
    ([, kind = "", member = "", count = "1"]) => ({
      name: member,
      kind,
      count: Number(/^\d/.test(count) ? count : macro(count)),
    }),
  );
}

test("numbers", () => {
  const ours = Object.entries(layout).filter(([, value]) => typeof value === "number" || typeof value === "bigint");
  expect(ours.length).toBe(9);
  for (const [name, value] of ours) expect([name, macro(name)]).toEqual([name, BigInt(value as number)]);
  for (const [name, value] of Object.entries(layout.Source)) {
    expect(text).toContain(`SOURCE_${name.toUpperCase()} = ${value}`);
  }
});

test("the header", () => {
  const words = members("image").filter(({ kind }) => kind === "u64");
  expect(words.map(({ name, count }) => [name, count])).toEqual(layout.HEADER_WORDS.map((word) => [...word]));
  expect(members("image").slice(words.length)).toEqual([
    { name: "vvars", kind: "struct vvar", count: layout.MOST_VVARS },
    { name: "signals", kind: "struct signal_action", count: layout.MOST_SIGNALS },
    { name: "segments", kind: "struct segment", count: layout.MOST_SEGMENTS },
  ]);
});

const values = Object.fromEntries(
  layout.HEADER_WORDS.map(([name, count]) => [name, new Array<number>(count).fill(7)]),
) as unknown as layout.HeaderValues;

test("it is encoded as said", () => {
  const segment = { address: 0x1000, length: 0x2000, offset: 0x3000, protection: 5, source: layout.Source.Image };
  const signal = { number: 17, action: BigUint64Array.of(1n, 2n, 3n, 4n) };
  const bytes = layout.encodeHeader(values, [{ address: 0x4000, length: 0x5000 }], [signal], [segment]);
  const words = [...new BigUint64Array(bytes.buffer)];
  const before = layout.HEADER_WORDS.reduce((sum, [, count]) => sum + count, 0);
  expect(words[0]).toBe(layout.IMAGE_MAGIC);
  expect(words.slice(1, before - 3).every((word) => word === 7n)).toBe(true);
  expect(words.slice(before - 3, before + 2)).toEqual([1n, 1n, 1n, 0x4000n, 0x5000n]);
  const signals = before + 2 * layout.MOST_VVARS;
  expect(words.slice(signals, signals + 6)).toEqual([17n, 1n, 2n, 3n, 4n, 0n]);
  const segments = signals + 5 * layout.MOST_SIGNALS;
  expect(words.slice(segments, segments + 5)).toEqual([0x1000n, 0x2000n, 0x3000n, 5n | (2n << 32n), 0n]);
  expect(words.length).toBe(segments + 4 * layout.MOST_SEGMENTS);
  expect(bytes.length).toBeLessThanOrEqual(layout.IMAGE_ENGINE_OFFSET);
});

test("what it has no room for is refused", () => {
  const many = new Array(layout.MOST_VVARS + 1).fill({ address: 0, length: 0 });
  expect(() => layout.encodeHeader(values, many, [], [])).toThrow("5 mappings of the kernel are more than the 4");
  expect(() => layout.encodeHeader({ ...values, cpu: [1n] }, [], [], [])).toThrow("cpu has 1 words");
});
