import { describe, expect, test } from "bun:test";
import { extendedRegex } from "./regex.ts";

describe("an extended regular expression is found", () => {
  const cases: readonly (readonly [pattern: string, text: string, found: boolean])[] = [
    ["web", "a-web-1", true],
    ["^web$", "a-web-1", false],
    ["web(1|2)$", "web2", true],
    ["^a{2}$", "aa", true],
    ["[[:digit:]]$", "web1", true],
    ["[^[:alpha:]]2", "web2", false],
    ["[]w]eb", "web", true],
    ["\\d", "1", false],
    ["", "anything", true],
    ["WEB", "web", false],
  ];
  for (const [pattern, text, found] of cases)
    test(`${JSON.stringify(pattern)} in ${text}: ${found ? "yes" : "no"}`, () => {
      expect(extendedRegex(pattern)(text)).toBe(found);
    });
});

test("what is none is refused in libc's words", () => {
  for (const pattern of ["[", "(", "a{2", "[[:nonsense:]]"]) expect(() => extendedRegex(pattern)).toThrow(/\S/);
});
