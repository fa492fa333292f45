import { Failure } from "../../failure.ts";
import { defineCommand } from "../command.ts";
import { print } from "../print.ts";

export const command = defineCommand({
  summary: "judge an OCI runtime by the specification",
  description:
    "Runs the tests of the suite against a runtime's command line, and removes whatever they leave. The exit status is 0 if " +
    "everything that the specification says with MUST is so; 1 if not, or if nothing could be judged. Needs root.",
  arguments: [],
  options: {
    runtime: {
      kind: "string",
      value: "PATH",
      summary: "the runtime under test, by name or path: tsrun itself if not given",
    },
    compare: {
      kind: "string",
      value: "NAMES",
      summary: "judge these as well, separated by commas, and show all side by side",
    },
    filter: { kind: "list", value: "TEXT", summary: "only tests with TEXT in their section or name (repeatable)" },
    level: { kind: "list", value: "LEVEL", summary: 'only tests of a level: must, should, "de facto" (repeatable)' },
    strict: { kind: "flag", summary: "fail for what should be so as well" },
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
      summary: "how many tests run at once: as many as processors if not given",
    },
    "spec-version": {
      kind: "string",
      value: "VERSION",
      summary: "judge by this version of the specification, not by the one that the runtime says it implements",
    },
    list: { kind: "flag", summary: "only list the tests" },
  },
  run: async (values) => {
    const { chooseTests, conformance, listTests } = await import("../../../conformance/suite/main.ts");
    const choice = { filters: values.filter, levels: values.level };
    if (values.list) return print(listTests(choice));
    if (chooseTests(choice).length === 0) throw new Failure("no test was chosen", { code: "usage" });
    const { ownPath } = await import("../own_path.ts");
    return await conformance({
      ...choice,
      runtimes: [values.runtime || ownPath(), ...(values.compare || "").split(",").filter(Boolean)],
      format: (values.format ?? "pretty") as "pretty",
      html: values.html,
      jobs: values.jobs,
      specification: values["spec-version"],
      strict: values.strict,
    });
  },
});
