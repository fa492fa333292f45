/** One black-box test, for `bun test`. */

import { test } from "bun:test";
import { type Need, reasonToSkip } from "./facilities.ts";
import { Scenario } from "./scenario_context.ts";
import { timeFactor, withinTime } from "./time_limit.ts";

export { Scenario, uniqueId } from "./scenario_context.ts";

export interface ScenarioOptions {
  /** Besides root, or a user with ids to lend to containers. */
  readonly needs?: readonly Need[];
  /** Milliseconds for the whole test, 60,000 if left out. */
  readonly timeout?: number;
}

/**
 * Define a black-box test. Where its needs are not met it is skipped, and its name says why.
 */
export function scenario(
  name: string,
  body: (scenario: Scenario) => Promise<void>,
  options: ScenarioOptions = {},
): void {
  const timeout = options.timeout ?? 60_000;
  testWhere(
    ["ids", "tool:busybox", ...(options.needs ?? [])],
    name,
    async () => {
      const context = new Scenario();
      let failed = true;
      try {
        await withinTime(body(context), timeout);
        failed = false;
      } finally {
        await context.end(failed);
      }
    },
    timeout + cleaningTime,
  );
}

/** The same, for tests that have needs in common. */
export const scenarioWith =
  (common: readonly Need[]): typeof scenario =>
  (name, body, options = {}) =>
    scenario(name, body, { ...options, needs: [...common, ...(options.needs ?? [])] });

/** A test that is skipped where its needs are not met. */
export function testWhere(needs: readonly Need[], name: string, body: () => Promise<void>, timeout = 30_000): void {
  const reason = reasonToSkip(needs);
  test.skipIf(reason !== undefined)(reason === undefined ? name : `${name} [${reason}]`, body, timeout * timeFactor);
}

/** The test runner's own time limit would leave no time to clean up. */
const cleaningTime = 40_000;
