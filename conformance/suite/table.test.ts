import { expect, test } from "bun:test";
import { DEFECTS } from "./broken/defects.ts";
import { isSince } from "./judged.ts";
import { chooseTests, listTests } from "./main.ts";
import { ALL_TESTS } from "./table.ts";
import { LEVELS } from "./test.ts";

test("there are many tests, and each has a name of its own in its section", () => {
  const names = ALL_TESTS.map(({ section, name }) => `${section} ${name}`);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
  expect(names.length).toBeGreaterThan(600);
});

test("every section is one of the specification's documents", () => {
  for (const { section } of ALL_TESTS)
    expect(section).toMatch(/^(runtime|runtime-linux|config|config-linux|features|features-linux)\.md#[a-z-]+$/);
});

test("filters choose by section and name, in any case, and levels by level", () => {
  const chosen = chooseTests({ filters: ["RUNTIME.MD#KILL", "rlimit_as"], levels: ["must"] });
  expect(new Set(chosen.map(({ section }) => section))).toEqual(
    new Set(["runtime.md#kill", "config.md#posix-process"]),
  );
  expect(new Set(chosen.map(({ level }) => level))).toEqual(new Set(["must"]));
  expect(chooseTests({ filters: [], levels: [] })).toHaveLength(ALL_TESTS.length);
});

test("the list has a line for each test", () => {
  const lines = listTests({ filters: [], levels: [] }).trimEnd().split("\n");
  expect(lines).toHaveLength(ALL_TESTS.length);
  for (const line of lines) expect(LEVELS.some((level) => line.startsWith(level))).toBeTrue();
});

test("a version has what came with earlier ones; patch levels add nothing", () => {
  expect(isSince("1.0.2-dev", "1.0")).toBeTrue();
  expect(isSince("1.0.2-dev", "1.1")).toBeFalse();
  expect(isSince("1.3.0", "1.2")).toBeTrue();
  expect(isSince("2.0.0", "1.9")).toBeTrue();
});

test("every defect is found by a test that there is", () => {
  for (const [name, { section, foundBy = "" }] of Object.entries(DEFECTS)) {
    if (name === "none") continue;
    const found = chooseTests({ filters: [foundBy], levels: [] }).filter((one) => one.section === section);
    expect([name, found.length > 0]).toEqual([name, true]);
  }
});
