import { expect, test } from "bun:test";
import { parseSize } from "./size.ts";

test.each([
  ["0", 0],
  ["-1", -1],
  ["2048", 2048],
  ["10b", 10],
  ["512k", 524_288],
  ["512m", 536_870_912],
  ["512M", 536_870_912],
  ["512 MB", 536_870_912],
  ["1.5GiB", 1_610_612_736],
  ["0.5k", 512],
  ["2t", 2_199_023_255_552],
  ["1p", 1_125_899_906_842_624],
  ["1.0001b", 1],
])("%s is %d bytes", (text, bytes) => {
  expect(parseSize(text)).toBe(bytes);
});

test.each(["", "m", "-2", "-1m", "+5", "5x", "5mm", "1..5m", "1.m", "5im", "8192p", "99999999999999999999"])(
  "%j is none",
  (text) => {
    expect(parseSize(text)).toBeUndefined();
  },
);
