import type { Argument, Command, Option, Options } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { GLOBAL_OPTIONS, HELP_OPTION } from "../global_options.ts";
import { findOption } from "../parse.ts";
import { SIGNAL_NAMES } from "../signal.ts";

/** What may stand in place of a word that is being written. */
export interface Completions {
  readonly candidates: readonly Candidate[];
  /** Names of files may stand there, or of directories. */
  readonly paths?: "files" | "directories";
}

export interface Candidate {
  readonly word: string;
  readonly summary?: string;
}

/** The ids of the containers, given the values of `--root` and `--rootless`. */
export type ListIds = (root: string | undefined, rootless: string | undefined) => readonly string[];

/** How far the words before the cursor have been read. */
interface Position {
  /** The option whose value is next. */
  readonly pending: Option | undefined;
  /** Words that are no options, or behind `--`. */
  readonly args: readonly string[];
  /** What stands behind the first of them, when options are not looked for there. */
  readonly rest: readonly string[];
  readonly optionsOver: boolean;
  readonly values: ReadonlyMap<string, string>;
}

/**
 * Complete the last of the words of a command line.
 *
 * @param words what stands behind the program's name, up to the cursor; the last one may be empty
 */
export async function complete(words: readonly string[], listIds: ListIds): Promise<Completions> {
  const current = words.at(-1) ?? "";
  const completions = await completionsAt(words.slice(0, -1), current, listIds);
  return { ...completions, candidates: completions.candidates.filter(({ word }) => word.startsWith(current)) };
}

async function completionsAt(before: readonly string[], current: string, listIds: ListIds): Promise<Completions> {
  const global = readWords(before, GLOBAL_OPTIONS, true);
  const [name] = global.args;
  if (name === undefined) {
    return completeOption(global, GLOBAL_OPTIONS, current) ?? commandNames();
  }
  if (name === "help") return global.rest.length === 0 ? commandNames() : NOTHING;
  if (!Object.hasOwn(COMMANDS, name)) return NOTHING;
  const command = await COMMANDS[name]!();
  const options = { ...command.options, ...HELP_OPTION };
  const position = readWords(global.rest, options, takesRest(command));
  const ids = () => listIds(global.values.get("root"), global.values.get("rootless"));
  return completeOption(position, options, current) ?? completeArgument(command, position, ids);
}

const NOTHING: Completions = { candidates: [] };

/** As the parser goes over them; what it does not know is passed over. */
function readWords(words: readonly string[], options: Options, stopAtArgument: boolean): Position {
  const values = new Map<string, string>();
  const args: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === "--" || (stopAtArgument && !isOption(word))) {
      const first = word === "--" ? at + 1 : at;
      const behind = words.slice(first);
      return { pending: undefined, args: [...args, ...behind], rest: behind.slice(1), optionsOver: true, values };
    }
    if (!isOption(word)) {
      args.push(word);
      continue;
    }
    const { name, value } = findOption(options, word);
    if (name === undefined || options[name]!.kind === "flag") continue;
    const given = value ?? words[++at];
    if (given === undefined) return { pending: options[name], args, rest: [], optionsOver: false, values };
    values.set(name, given);
  }
  return { pending: undefined, args, rest: [], optionsOver: false, values };
}

/** Undefined if the current word is no option and no option's value. */
function completeOption(position: Position, options: Options, current: string): Completions | undefined {
  if (position.pending !== undefined) return valuesOf(position.pending, "");
  if (position.optionsOver || !current.startsWith("-")) return undefined;
  const { name, value } = findOption(options, current);
  if (name !== undefined && value !== undefined) return valuesOf(options[name]!, `${current.split("=", 1)[0]}=`);
  const candidates = Object.entries(options).flatMap(([long, { hidden, short, summary }]) => {
    if (hidden) return [];
    const shorts = short === undefined ? [] : [{ word: `-${short}`, summary }];
    return [{ word: `--${long}`, summary }, ...shorts];
  });
  return { candidates };
}

function valuesOf({ kind, choices, value }: Option, prefix: string): Completions {
  const words = kind === "flag" ? ["true", "false"] : (choices ?? []);
  const candidates = words.map((word) => ({ word: `${prefix}${word}` }));
  if (value === "FILE") return { candidates, paths: "files" };
  return value === "DIR" ? { candidates, paths: "directories" } : { candidates };
}

function completeArgument(command: Command, { args }: Position, ids: () => readonly string[]): Completions {
  const argument = command.arguments[args.length] ?? (takesRest(command) ? command.arguments.at(-1) : undefined);
  if (argument === undefined) return NOTHING;
  return { candidates: wordsOf(argument, ids).map((word) => ({ word })), ...(argument.rest && { paths: "files" }) };
}

function wordsOf({ name, choices }: Argument, ids: () => readonly string[]): readonly string[] {
  if (name === "CONTAINER-ID") return ids();
  if (name === "SIGNAL") return SIGNAL_NAMES;
  return choices ?? [];
}

async function commandNames(): Promise<Completions> {
  const candidates: Candidate[] = [{ word: "help", summary: "show help on tsrun or on a command" }];
  for (const [word, load] of Object.entries(COMMANDS)) {
    const { hidden, summary } = await load();
    if (!hidden) candidates.push({ word, summary });
  }
  return { candidates };
}

function takesRest(command: Command): boolean {
  return command.arguments.at(-1)?.rest ?? false;
}

function isOption(word: string): boolean {
  return word.startsWith("-") && word !== "-";
}
