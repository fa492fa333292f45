import { expect, test } from "bun:test";
import { nearest } from "./suggest.ts";

const COMMANDS = ["create", "start", "state", "kill", "list", "spec"];

test.each([
  ["kil", "kill"],
  ["kilo", "kill"],
  ["crate", "create"],
  ["creaet", "create"],
  ["strat", "start"],
  ["stat", "start"], // as near as "state": the first one
  ["lits", "list"],
])("%s: %s", (word, expected) => {
  expect(nearest(word, COMMANDS)).toBe(expected);
});

test.each(["", "x", "q", "destroy", "completely"])("%j is like none", (word) => {
  expect(nearest(word, COMMANDS)).toBeUndefined();
});
