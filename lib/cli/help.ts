import yargs, { type Argv } from "yargs";
import type { Argument, Command, Options } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";
import { print } from "./print.ts";

/** Print help on tsrun, or on the command that `words` names. yargs lays it out; the tables are our own. */
export async function showHelp(words: readonly string[]): Promise<void> {
  const [name] = words;
  const width = process.stdout.columns ?? 100;
  const help = yargs([]).scriptName("tsrun").wrap(Math.min(width, 120)).help(false).version(false);
  const load = name === undefined || !Object.hasOwn(COMMANDS, name) ? undefined : COMMANDS[name];
  if (load === undefined) await describeAll(help);
  else describeCommand(help, name!, await load());
  print(`${await help.getHelp()}\n`);
}

/** The command whose name is written most alike, if any is near. */
export function nearestCommand(name: string): string | undefined {
  const LARGEST_DISTANCE = 2;
  const [nearest] = Object.keys(COMMANDS)
    .map((command) => ({ command, distance: editDistance(command, name) }))
    .filter(({ distance }) => distance <= LARGEST_DISTANCE)
    .sort((a, b) => a.distance - b.distance);
  return nearest?.command;
}

async function describeAll(help: Argv): Promise<void> {
  help.usage("$0 [global options] COMMAND [options] [arguments]\n\nRuns containers from OCI bundles.");
  for (const [name, load] of Object.entries(COMMANDS)) {
    const command = await load();
    if (command.hidden) continue;
    help.command([name, ...command.arguments.map(spelled)].join(" "), command.summary, () => {});
  }
  addOptions(help, GLOBAL_OPTIONS);
  help.epilogue('"tsrun COMMAND --help" tells more of a command.');
}

function describeCommand(help: Argv, name: string, command: Command): void {
  const words = ["$0", name, "[options]", ...command.arguments.map(spelled)].join(" ");
  const paragraphs = [words, command.summary, command.description, ...command.arguments.map(describeArgument)];
  help.usage(paragraphs.filter((paragraph) => paragraph !== undefined).join("\n\n"));
  addOptions(help, command.options);
}

function spelled({ name, optional, rest }: Argument): string {
  const word = rest ? `${name}...` : name;
  return optional ? `[${word}]` : `<${word}>`;
}

function describeArgument({ name, summary }: Argument): string {
  return `${name}: ${summary}`;
}

function addOptions(help: Argv, options: Options): void {
  for (const [name, { kind, short, summary, value, choices, hidden }] of Object.entries(options)) {
    help.option(name, {
      describe: value === undefined ? summary : `${value}: ${summary}`,
      type: kind === "flag" ? "boolean" : kind === "integer" ? "number" : "string",
      hidden: hidden ?? false,
      ...(short !== undefined && { alias: short }),
      ...(choices !== undefined && { choices }),
    });
  }
}

/** How many letters must be changed, added or left out. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + same));
    }
    row = next;
  }
  return row[b.length]!;
}
