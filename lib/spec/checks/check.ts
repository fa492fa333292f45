/**
 * What a check is: the rules that a schema cannot express. Checks run at every start, each for the first time in its
 * process: on what is usual they use plain loops, since the engine's first call of an array method with a callback, or
 * of a regular expression, costs as much as ten checks.
 */

import type { Finding } from "../problem.ts";
import type { Config } from "../types.ts";

/** Takes what a check finds. */
export type Report = (finding: Finding) => void;

/** Looks at a config that its schema accepts, and reports what is wrong with it. */
export interface Check {
  /**
   * JSON Pointers of what the check looks at. It is not called when the schema finds fault there, and it must look at
   * nothing else.
   */
  readonly reads: readonly string[];
  readonly check: (config: Config, report: Report) => void;
}
