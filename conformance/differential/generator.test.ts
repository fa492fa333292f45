import { describe, expect, test } from "bun:test";
import { validateText } from "../../lib/spec/load.ts";
import { seededDice } from "../../spec-schemas/mutations.ts";
import { buildConfig, CHANGES, recipeOf } from "./generator.ts";

test("a seed always gives the same configs, another seed gives others", () => {
  const made = (seed: number): string => JSON.stringify([1, 2, 3].map((index) => buildConfig(recipeOf(seed, index))));
  expect(made(1)).toBe(made(1));
  expect(made(1)).not.toBe(made(2));
});

test("every change of the list comes up", () => {
  const used = new Set(
    Array.from({ length: 600 }, (_, index) => recipeOf(7, index)).flatMap(({ changes }) =>
      changes.map(({ name }) => name),
    ),
  );
  expect([...used].sort()).toEqual([...CHANGES].sort());
});

describe("most of what a change makes is valid", () => {
  // what spoils a config may make it valid again
  for (const name of CHANGES.filter((name) => name !== "spoil"))
    test(name, () => {
      const dice = seededDice(11);
      const valid = Array.from({ length: 20 }, () => {
        const config = buildConfig({ base: "typical", changes: [{ name, seed: dice(2 ** 31) }] });
        return validateText(JSON.stringify(config)).problems.length === 0;
      });
      expect(valid.filter(Boolean).length).toBeGreaterThanOrEqual(10);
    });
});
