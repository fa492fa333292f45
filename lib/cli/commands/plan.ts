import { planContainer } from "../../container/plan.ts";
import { formatProgram, programToJson } from "../../program/print.ts";
import { defineCommand } from "../command.ts";
import { BUNDLE_OPTION } from "../create_options.ts";
import { print } from "../print.ts";

export const command = defineCommand({
  summary: "print the program of system calls that a bundle becomes, without running it",
  arguments: [],
  options: {
    ...BUNDLE_OPTION,
    format: { kind: "string", value: "FORMAT", choices: ["text", "json"], summary: "text (default) or json" },
  },
  run: async (values, _args, { root, cgroupDriver, rootless }) => {
    const program = await planContainer(root, values.bundle || ".", cgroupDriver, rootless);
    const text = values.format === "json" ? JSON.stringify(programToJson(program), null, 2) : formatProgram(program);
    print(`${text}\n`);
  },
});
