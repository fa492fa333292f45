import { expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import { parseSignal } from "./signal.ts";

test.each([
  ["0", 0],
  ["9", 9],
  ["KILL", 9],
  ["SIGKILL", 9],
  ["sigkill", 9],
  ["SigTerm", 15],
  ["usr1", 10],
  ["CHLD", 17],
  ["CLD", 17],
  ["iot", 6],
  ["POLL", 29],
  ["WINCH", 28],
  ["STKFLT", 16],
  ["SYS", 31],
  ["RTMIN", 34],
  ["SIGRTMIN+3", 37],
  ["rtmin+30", 64],
  ["RTMAX", 64],
  ["SIGRTMAX-1", 63],
  ["64", 64],
])("%s is %d", (text, number) => {
  expect(parseSignal(text)).toBe(number);
});

test.each([
  "",
  "SIG",
  "FOO",
  "SIGFOO",
  "SIGSIGKILL",
  "65",
  "65536",
  "-9",
  "9x",
  "1.5",
  "RTMIN-1",
  "RTMAX+1",
  "RTMIN+31",
  "RTMIN3",
  " 9",
])("%j is refused", (text) => {
  expect(() => parseSignal(text)).toThrow(Failure);
});
