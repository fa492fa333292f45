/** The conformance command as a program of its own, for Node.js 20 and later. */

import { parseOptions } from "../../lib/cli/parse.ts";
import { Failure } from "../../lib/failure.ts";
import { conformance, listTests } from "./main.ts";
import { conformanceOptions, DESCRIPTION, OPTIONS, SUMMARY } from "./options.ts";

const NAME = "tsrun-conformance";

function helpText(): string {
  const options = Object.entries(OPTIONS).map(([name, option]) => {
    const spelled = "value" in option ? `--${name} ${option.value}` : `--${name}`;
    return `  ${spelled.padEnd(24)}${option.summary}`;
  });
  return `${NAME} [options]\n\n${SUMMARY}\n\n${DESCRIPTION}\n\n${options.join("\n")}\n`;
}

async function main(words: readonly string[]): Promise<number> {
  if (words.includes("--help") || words.includes("-h")) {
    process.stdout.write(helpText());
    return 0;
  }
  const { values, args } = parseOptions(words, OPTIONS, { command: "", stopAtArgument: false });
  if (args[0] !== undefined)
    throw new Error(`unexpected argument ${JSON.stringify(args[0])}; --help tells what can be given`);
  const options = conformanceOptions(values, "tsrun");
  if (values.list) {
    process.stdout.write(listTests(options));
    return 0;
  }
  return await conformance(options);
}

main(process.argv.slice(2)).then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    const hint = error instanceof Failure && error.hint !== undefined ? ` (${error.hint})` : "";
    process.stderr.write(`${NAME}: ${error instanceof Error ? error.message : String(error)}${hint}\n`);
    process.exitCode = 1;
  },
);
