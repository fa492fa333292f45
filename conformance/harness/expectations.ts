/** Assertions about results that many tests share. */

import { expect } from "bun:test";
import { describeResult, type Result } from "./command.ts";
import { timeFactor } from "./time_limit.ts";

/**
 * The command failed as a runtime fails: exit status 1 (or the one given), and a message with each of these texts on
 * standard error.
 */
export function expectFailure(result: Result, texts: string | readonly string[], status = 1): void {
  const said = result.stderr.replaceAll('\\"', '"'); // a text log quotes its messages
  const missing = [texts].flat().filter((text) => !said.includes(text));
  if (result.status !== status || missing.length > 0)
    throw new Error(`expected exit status ${status} and ${JSON.stringify(missing)} in: ${describeResult(result)}`);
  expect(result.status).toBe(status);
}

/** Wait until `condition` gives something truthy, and give that. @throws Error after `timeout` milliseconds. */
export async function eventually<T>(what: string, condition: () => T | Promise<T>, timeout = 5_000): Promise<T> {
  const deadline = Date.now() + timeout * timeFactor;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`in vain waited for: ${what}`);
    await Bun.sleep(20);
  }
}
