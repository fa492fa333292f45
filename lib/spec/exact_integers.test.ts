import { describe, expect, test } from "bun:test";
import { mayHaveWideIntegers, parseWithWideIntegers, stringifyWithWideIntegers } from "./exact_integers.ts";

describe("parseWithWideIntegers", () => {
  const cases: [text: string, value: unknown][] = [
    ["1", 1],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["-9223372036854775808", -9223372036854775808n],
    ["18446744073709551615", 18446744073709551615n],
    ["18446744073709551616", 18446744073709551615n],
    ["1e300", 1e300],
    ["36893488147419103232", 2 ** 65],
    ["1.5", 1.5],
    ['{"a": ["9007199254740993", {"b": 9007199254740993}]}', { a: ["9007199254740993", { b: 9007199254740993n }] }],
  ];
  for (const [text, value] of cases) {
    test(text, () => expect(parseWithWideIntegers(text)).toEqual(value));
  }
});

test("mayHaveWideIntegers", () => {
  expect(mayHaveWideIntegers('{"a":9007199254740993}')).toBe(true);
  expect(mayHaveWideIntegers('{"a": -9007199254740993}')).toBe(true);
  expect(mayHaveWideIntegers("[9007199254740993]")).toBe(true);
  expect(mayHaveWideIntegers("[1,\n9007199254740993]")).toBe(true);
  expect(mayHaveWideIntegers('{"a": 123456789012345}')).toBe(false);
  expect(mayHaveWideIntegers('{"id": "1234567890123456789012345678"}')).toBe(false);
});

test("stringifyWithWideIntegers gives back what was parsed", () => {
  const text = '{"a":18446744073709551615,"b":[1,"x",null,9007199254740993]}';
  expect(stringifyWithWideIntegers(parseWithWideIntegers(text))).toBe(text);
});
