/** The options of the conformance command, for tsrun's command line and the program of its own. */

import type { Options, Values } from "../../lib/cli/command.ts";
import type { ConformanceOptions } from "./main.ts";

export const SUMMARY = "judge an OCI runtime by the specification";
export const DESCRIPTION =
  "Runs the tests of the suite against a runtime's command line, and removes whatever they leave. The exit status is 0 if " +
  "everything that the specification says with MUST is so; 1 if not, or if nothing could be judged. Needs root.";

export const OPTIONS = {
  runtime: { kind: "string", value: "PATH", summary: "the runtime under test, by name or path: tsrun if not given" },
  compare: {
    kind: "string",
    value: "NAMES",
    summary: "judge these as well, separated by commas, and show all side by side",
  },
  filter: { kind: "list", value: "TEXT", summary: "only tests with TEXT in their section or name (repeatable)" },
  level: { kind: "list", value: "LEVEL", summary: 'only tests of a level: must, should, "de facto" (repeatable)' },
  strict: { kind: "flag", summary: "fail for what is no MUST as well" },
  format: {
    kind: "string",
    value: "FORMAT",
    choices: ["pretty", "tap", "junit", "json"],
    summary: "pretty (default), tap, junit or json",
  },
  html: { kind: "string", value: "FILE", summary: "write a page with the results as well" },
  jobs: {
    kind: "integer",
    value: "N",
    smallest: 1,
    summary: "how many tests run at once: as many as there are processors if not given",
  },
  "spec-version": {
    kind: "string",
    value: "VERSION",
    summary: "judge by this version of the specification, not by the one that the runtime says it implements",
  },
  list: { kind: "flag", summary: "only list the tests" },
} as const satisfies Options;

/** @param ownRuntime what is judged if nothing is said */
export function conformanceOptions(values: Values<typeof OPTIONS>, ownRuntime: string): ConformanceOptions {
  return {
    runtimes: [values.runtime || ownRuntime, ...(values.compare ?? "").split(",").filter(Boolean)],
    filters: values.filter,
    levels: values.level,
    format: (values.format ?? "pretty") as ConformanceOptions["format"],
    html: values.html,
    jobs: values.jobs,
    specification: values["spec-version"],
    strict: values.strict,
  };
}
