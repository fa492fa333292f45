import yargs, { type Argv } from "yargs";
import type { Argument, Command, Options } from "./command.ts";
import { loadCommand } from "./command_line.ts";
import { COMMANDS } from "./commands.ts";
import { GLOBAL_OPTIONS, HELP_OPTION } from "./global_options.ts";

const WIDEST = 120;

/**
 * Help on a command, or on tsrun as a whole. yargs lays it out; the tables are our own.
 *
 * @throws Failure `usage` if there is no such command
 */
export async function helpText(command: string | undefined): Promise<string> {
  const width = Math.min(process.stdout.columns ?? 100, WIDEST);
  const help = yargs([]).scriptName("tsrun").detectLocale(false).wrap(width).help(false).version(false);
  if (command === undefined) await describeAll(help);
  else describeCommand(help, command, await loadCommand(command));
  return `${await help.getHelp()}\n`;
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
  addOptions(help, { ...command.options, ...HELP_OPTION });
}

function spelled({ name, optional, rest }: Argument): string {
  const word = rest ? `${name}...` : name;
  return optional ? `[${word}]` : `<${word}>`;
}

function describeArgument({ name, summary }: Argument): string {
  return `${name}: ${summary}`;
}

function addOptions(help: Argv, options: Options): void {
  for (const [name, { short, summary, value, hidden }] of Object.entries(options)) {
    help.option(name, {
      describe: value === undefined ? summary : `${value}: ${summary}`,
      hidden: hidden ?? false,
      ...(short !== undefined && { alias: short }),
    });
  }
}
