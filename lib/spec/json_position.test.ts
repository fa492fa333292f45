import { describe, expect, test } from "bun:test";
import { seededDice } from "../../spec-schemas/mutations.ts";
import { JsonPlaces, JsonSyntaxError, placeAt } from "./json_position.ts";

const text = `{
  "a": [1, {"b/c": "x"}],
  "ä": {"~": null},
\t"deep": {
    "list": [ [], [true] ]
  }
}`;

describe("places", () => {
  const places = new JsonPlaces(text);
  const values: [pointer: string, line: number, column: number][] = [
    ["", 1, 1],
    ["/a", 2, 8],
    ["/a/0", 2, 9],
    ["/a/1", 2, 12],
    ["/a/1/b~1c", 2, 20],
    ["/ä/~0", 3, 14],
    ["/deep/list/1/0", 5, 20],
    ["/deep/missing", 4, 10],
    ["/a/1/missing/deeper", 2, 12],
    ["/missing", 1, 1],
  ];
  for (const [pointer, line, column] of values) {
    test(`value of "${pointer}"`, () => expect(places.value(pointer)).toEqual({ line, column }));
  }
  const keys: [pointer: string, line: number, column: number][] = [
    ["/deep", 4, 2],
    ["/a/1/b~1c", 2, 13],
    ["/a/0", 2, 9],
    ["/deep/missing", 4, 10],
  ];
  for (const [pointer, line, column] of keys) {
    test(`key of "${pointer}"`, () => expect(places.key(pointer)).toEqual({ line, column }));
  }

  test("columns count characters, not UTF-16 units", () => {
    expect(new JsonPlaces('["😀", 1]').value("/1")).toEqual({ line: 1, column: 7 });
  });

  test("of a missing list entry's neighbour: entries that look alike are not mixed up", () => {
    expect(new JsonPlaces('{"a": {"1": 0}, "a/1": 2}').value("/a~11")).toEqual({ line: 1, column: 24 });
  });
});

test("keys that are given twice", () => {
  const { duplicates } = new JsonPlaces('{"a": 1,\n "b": {"a": 2, "a": 3},\n "\\u0061": 4}');
  expect(duplicates).toEqual([
    { pointer: "/b/a", place: { line: 2, column: 16 }, first: { line: 2, column: 8 } },
    { pointer: "/a", place: { line: 3, column: 2 }, first: { line: 1, column: 2 } },
  ]);
});

test("placeAt", () => {
  expect(placeAt("", 0)).toEqual({ line: 1, column: 1 });
  expect(placeAt("a\r\nb", 3)).toEqual({ line: 2, column: 1 });
  expect(placeAt("a\n\n", 3)).toEqual({ line: 3, column: 1 });
});

describe("syntax errors", () => {
  const cases: [text: string, line: number, column: number, expected: string, found: string][] = [
    ["", 1, 1, "a value", "the end of the file"],
    [" \n", 2, 1, "a value", "the end of the file"],
    ["\uFEFF{}", 1, 1, "a value", "a byte order mark"],
    ["{", 1, 2, "a key in double quotes", "the end of the file"],
    ['{"a"', 1, 5, "a colon after the key", "the end of the file"],
    ['{"a" 1}', 1, 6, "a colon after the key", "`1`"],
    ['{"a": }', 1, 7, "a value after the colon", "`}`"],
    ['{"a": 1,}', 1, 9, "another key after the comma", "`}`"],
    ['{"a": 1 "b": 2}', 1, 9, "a comma or `}`", '`"`'],
    ['{"a": 1]', 1, 8, "a comma or `}`", "`]`"],
    ["{a: 1}", 1, 2, "a key in double quotes", "`a`"],
    ["{'a': 1}", 1, 2, "a key in double quotes", "a single quote, which JSON does not have"],
    ['{\n  // why\n  "a": 1}', 2, 3, "a key in double quotes", "a comment, which JSON does not have"],
    ["[1,]", 1, 4, "another value after the comma", "`]`"],
    ["[1 2]", 1, 4, "a comma or `]`", "`2`"],
    ["[", 1, 2, "a value or `]`", "the end of the file"],
    ["[True]", 1, 2, "a value or `]`", "`True`"],
    ["[nullx]", 1, 2, "a value or `]`", "`nullx`"],
    ["{} x", 1, 4, "the end of the file", "`x`"],
    ["{}\n}", 2, 1, "the end of the file", "`}`"],
    ['["a\n"]', 1, 4, "the closing quote of the string", "the end of the line"],
    ['["a', 1, 4, "the closing quote of the string", "the end of the file"],
    ['["\t"]', 1, 3, "an escape for the control character", "the control character 9"],
    ['["\\x"]', 1, 4, 'one of " \\ / b f n r t u after the backslash', "`x`"],
    ['["\\u12g4"]', 1, 4, "four hexadecimal digits after `\\u`", "`12g4`"],
    ["01", 1, 2, "a number without a leading zero", "`1`"],
    ["-", 1, 2, "a digit", "the end of the file"],
    ["1.", 1, 3, "a digit", "the end of the file"],
    ["1e+", 1, 4, "a digit", "the end of the file"],
    ["+1", 1, 1, "a value", "`+`"],
    [".5", 1, 1, "a value", "`.`"],
    ["NaN", 1, 1, "a value", "`NaN`"],
    ["-Infinity", 1, 2, "a digit", "`Infinity`"],
    ["\u00a0{}", 1, 1, "a value", "`\u00a0`"],
  ];
  for (const [text, line, column, expected, found] of cases) {
    test(JSON.stringify(text), () => {
      expect(() => JSON.parse(text)).toThrow();
      try {
        new JsonPlaces(text);
        throw new Error("accepted");
      } catch (error) {
        if (!(error instanceof JsonSyntaxError)) throw error;
        expect({ ...error.place, expected: error.expected, found: error.found }).toEqual({
          line,
          column,
          expected,
          found,
        });
      }
    });
  }

  test("nesting beyond 10,000 levels", () => {
    const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);
    expect(new JsonPlaces(nested(10_001)).duplicates).toEqual([]);
    expect(() => new JsonPlaces(nested(10_002))).toThrow("expected at most 10000 levels of nesting, found more");
  });
});

test("takes and refuses what JSON.parse takes and refuses", () => {
  const original = '{"a": [1, -2.5e+3, true, false, null, "x\\u00e4\\n"], "b": {"c": {}}, "": []}';
  const letters = '{}[]",:\\0123456789.eE+-truefalsn \n\tu/';
  const dice = seededDice(7);
  let refused = 0;
  for (let i = 0; i < 5000; i++) {
    let text = original;
    for (let changes = 1 + dice(3); changes > 0; changes--) {
      const at = dice(text.length);
      const letter = letters[dice(letters.length)]!;
      text = text.slice(0, at) + (dice(3) === 0 ? "" : letter) + text.slice(at + dice(2));
    }
    let valid = true;
    try {
      JSON.parse(text);
    } catch {
      valid = false;
      refused++;
    }
    if (valid) expect(() => new JsonPlaces(text), text).not.toThrow();
    else expect(() => new JsonPlaces(text), text).toThrow(JsonSyntaxError);
  }
  expect(refused).toBeGreaterThan(1000);
});
