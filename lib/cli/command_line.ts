import { Failure } from "../failure.ts";
import type { Command, Options, Values } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { GLOBAL_OPTIONS, HELP_OPTION } from "./global_options.ts";
import { checkArguments, type Parsed, parseOptions } from "./parse.ts";
import { nearest } from "./suggest.ts";

/** A call of a command, understood. */
export interface Call {
  readonly values: Values<Options>;
  readonly args: readonly string[];
}

/** @throws Failure `usage` */
export function parseGlobals(words: readonly string[]): Parsed<typeof GLOBAL_OPTIONS> {
  return parseOptions(words, GLOBAL_OPTIONS, { command: "", stopAtArgument: true });
}

/**
 * Load a command.
 *
 * @throws Failure `usage` if there is none of that name
 */
export function loadCommand(name: string): Promise<Command> {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name]!();
  const meant = nearest(name, Object.keys(COMMANDS));
  throw new Failure(`there is no command ${JSON.stringify(name)}`, {
    code: "usage",
    hint: meant === undefined ? '"tsrun --help" lists the commands' : `did you mean ${JSON.stringify(meant)}?`,
  });
}

/**
 * Read what follows a command's name.
 *
 * @returns "help" if that is what is asked for
 * @throws Failure `usage`
 */
export function parseCall(name: string, command: Command, words: readonly string[]): Call | "help" {
  const { values, args } = parseOptions(
    words,
    { ...command.options, ...HELP_OPTION },
    {
      command: name,
      stopAtArgument: command.arguments[command.arguments.length - 1]?.rest ?? false,
      global: GLOBAL_OPTIONS,
    },
  );
  if (values.help) return "help";
  checkArguments(args, command.arguments, name);
  return { values, args };
}
