/** What a test of the suite is, and how a table of them is written. */

import type { Need } from "../harness/facilities.ts";
import type { Trial } from "./trial.ts";

/**
 * `must`: MUST, MUST NOT, REQUIRED. `should`: SHOULD, SHOULD NOT, and what the specification describes without such a word.
 * `de facto`: not in the specification, but callers depend on it.
 */
export type Level = "must" | "should" | "de facto";
export const LEVELS: readonly Level[] = ["must", "should", "de facto"];

/** A document of the specification and a heading in it, as it stands behind its address: `config.md#root`. */
export type Anchor =
  `${"runtime" | "runtime-linux" | "config" | "config-linux" | "features" | "features-linux"}.md#${string}`;

export interface TestOptions {
  /** Besides root, which every test needs. */
  readonly needs?: readonly Need[];
  /** The version of the specification that has brought it, 1.0 if left out. */
  readonly since?: string;
  /** It looks at something that the containers of other tests change. */
  readonly alone?: boolean;
  /** Milliseconds, 30,000 if left out. */
  readonly timeout?: number;
}

export interface ConformanceTest extends TestOptions {
  readonly section: Anchor;
  /** A sentence of ours, true of a runtime that conforms. */
  readonly name: string;
  readonly level: Level;
  /** @throws Error that says what is otherwise */
  readonly body: (trial: Trial) => Promise<void>;
}

type Entry = Omit<ConformanceTest, "section">;

const entry =
  (level: Level) =>
  (name: string, body: ConformanceTest["body"], options: TestOptions = {}): Entry => ({
    name,
    level,
    body,
    ...options,
  });

export const must = entry("must");
export const should = entry("should");
export const deFacto = entry("de facto");

/** The tests of one section; `common` options hold for each. */
export function section(anchor: Anchor, tests: readonly Entry[], common: TestOptions = {}): ConformanceTest[] {
  return tests.map((test) => ({
    ...common,
    ...test,
    needs: [...(common.needs ?? []), ...(test.needs ?? [])],
    section: anchor,
  }));
}
