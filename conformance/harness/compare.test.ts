import { expect, test } from "bun:test";
import { differences } from "./compare.ts";

test("equal values have no differences", () => {
  expect(differences({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
});

test("a difference has its place and both values", () => {
  expect(differences({ "a/b": [1, 2] }, { "a/b": [1, 3] })).toEqual([{ path: "/a~1b/1", left: "2", right: "3" }]);
});

test("what one side lacks is nothing there", () => {
  expect(differences({ a: 1 }, { b: "x" })).toEqual([
    { path: "/a", left: "1", right: "nothing" },
    { path: "/b", left: "nothing", right: '"x"' },
  ]);
});

test("an array is not an object with the same keys", () => {
  expect(differences(["x"], { 0: "x" })).toHaveLength(1);
});
