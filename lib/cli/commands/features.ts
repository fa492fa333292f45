import { defineCommand } from "../command.ts";
import { supportedFeatures } from "../features.ts";
import { print } from "../print.ts";

export const command = defineCommand({
  summary: "print what of the specification is supported, as JSON",
  arguments: [],
  options: {},
  run: () => print(`${JSON.stringify(supportedFeatures(), null, 2)}\n`),
});
