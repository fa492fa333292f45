/** What a check is: the rules that a schema cannot express. */

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
