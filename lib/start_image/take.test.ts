import { expect, test } from "bun:test";
import { ACTION_WORDS, SIGNALS } from "./point.ts";
import { signalActions } from "./take.ts";

const SIGHUP = 1;
const SIGPIPE = 13;
const SIGSEGV = 11;
const SA_RESTART = 0x1000_0000n;

test("an image has the signals that the engine handles or ignores, not those it was started to ignore", () => {
  const words = new BigUint64Array(SIGNALS * ACTION_WORDS);
  const set = (signal: number, ...action: bigint[]): void => words.set(action, (signal - 1) * ACTION_WORDS);
  set(SIGHUP, 1n, 0n);
  set(SIGPIPE, 1n, SA_RESTART);
  set(SIGSEGV, 0x1000n, 0n);
  const actions = signalActions(words);
  expect(actions.map(({ number }) => number)).toEqual([SIGSEGV, SIGPIPE]);
  expect([...actions[0]!.action]).toEqual([0x1000n, 0n, 0n, 0n]);
});
