import { describe, expect, test } from "bun:test";
import { parseVariant } from "./gvariant.ts";
import type { Value } from "./types.ts";

const GOOD: readonly (readonly [text: string, signature: string, value: Value])[] = [
  ["true", "b", true],
  ["false", "b", false],
  ["5", "i", 5],
  ["-0x10", "i", -16],
  ["010", "i", 8],
  ["1.5", "d", 1.5],
  ["1e3", "d", 1000],
  ["byte 0xff", "y", 255],
  ["int16 -5", "n", -5],
  ["uint16 5", "q", 5],
  ["uint32 4294967295", "u", 4294967295],
  ["int64 -9223372036854775808", "x", -(2n ** 63n)],
  ["uint64 18446744073709551615", "t", 2n ** 64n - 1n],
  ["@t 7", "t", 7n],
  ["double 3", "d", 3],
  ["'it'", "s", "it"],
  [`"it's"`, "s", "it's"],
  ["'a\\'b\\n\\u00e4'", "s", "a'b\nä"],
  ["objectpath '/a/b'", "o", "/a/b"],
  ["signature 'as'", "g", "as"],
  ["['a', 'b']", "as", ["a", "b"]],
  ["[uint64 1, 2, 3]", "at", [1n, 2n, 3n]],
  ["@as []", "as", []],
  ["@at [1]", "at", [1n]],
  [" [ 1 , ] ", "ai", [1]],
  ["(1, 'a', true)", "(isb)", [1, "a", true]],
  ["[('a', 'rw')]", "a(ss)", [["a", "rw"]]],
  ["{'k': <uint32 1>}", "a{sv}", [["k", { signature: "u", value: 1 }]]],
  ["@a{sv} {}", "a{sv}", []],
  ["<'x'>", "v", { signature: "s", value: "x" }],
];

const BAD = [
  "",
  "hello",
  "'open",
  "[1, 'a']",
  "[]",
  "{}",
  "5 6",
  "byte 256",
  "int32 4294967296",
  "uint32 -1",
  "uint32 1.5",
  "uint32 'a'",
  "@s 5",
  "@ 5",
  "@as 5",
  "(1",
  "[1 2]",
  "{'k' 1}",
  "<1",
  "true'",
  "constructor 1",
];

describe("GVariant's text format", () => {
  for (const [text, signature, value] of GOOD) {
    test(text, () => expect(parseVariant(text)).toEqual({ signature, value }));
  }
  test("a byte string ends with a NUL", () => {
    expect(parseVariant("b'ab\\377'")).toEqual({ signature: "ay", value: Buffer.from([97, 98, 255, 0]) });
  });
  for (const text of BAD) test(`not ${JSON.stringify(text)}`, () => expect(() => parseVariant(text)).toThrow());
});
