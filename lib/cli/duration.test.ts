import { expect, test } from "bun:test";
import { parseDuration } from "./duration.ts";

test.each([
  ["0", 0],
  ["0s", 0],
  ["5s", 5000],
  ["300ms", 300],
  ["1.5h", 5_400_000],
  ["2h45m", 9_900_000],
  ["1m30s", 90_000],
  [".5s", 500],
  ["1.s", 1000],
  ["250us", 0.25],
  ["250µs", 0.25],
  ["2000000ns", 2],
])("%s is %d ms", (text, milliseconds) => {
  expect(parseDuration(text)).toBeCloseTo(milliseconds, 9);
});

test.each(["", "5", "s", "-5s", "+5s", "5 s", "5S", "1d", "1.2.3s", "5sx", "x5s", "1e3s"])("%j is none", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
