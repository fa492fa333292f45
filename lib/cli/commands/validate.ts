import { readDocument, validateText } from "../../spec/load.ts";
import { formatProblems } from "../../spec/problem.ts";
import { defineCommand } from "../command.ts";
import { BUNDLE_OPTION } from "../create_options.ts";
import { print } from "../print.ts";

export const command = defineCommand({
  summary: "check a bundle's config.json against the specification, without running it",
  description: "Every problem is told, with its JSON Pointer, line and column. The exit status is 1 if there is any.",
  arguments: [],
  options: {
    ...BUNDLE_OPTION,
    format: { kind: "string", value: "FORMAT", choices: ["text", "json"], summary: "text (default) or json" },
  },
  run: (values) => {
    const { problems } = validateText(readDocument(`${values.bundle || "."}/config.json`, "config.json"));
    print(formatProblems(problems, values.format === "json" ? "json" : "text"));
    return problems.length === 0 ? 0 : 1;
  },
});
