import { Failure } from "../failure.ts";
import type { Argument, Option, Options, Values } from "./command.ts";
import { parseDuration } from "./duration.ts";
import { parseSize } from "./size.ts";
import { nearest } from "./suggest.ts";

/** Options and arguments of a command line, or of the part of it before or after the command's name. */
export interface Parsed<T extends Options> {
  readonly values: Values<T>;
  readonly args: readonly string[];
}

/** How the part that is read differs from others. */
export interface Syntax {
  /** The command's name for error texts, empty for global options. */
  readonly command: string;
  /** No option is looked for behind the first argument. */
  readonly stopAtArgument: boolean;
  /** Options that belong before the command. */
  readonly global?: Options;
}

type Value = boolean | number | string | readonly string[] | undefined;

/**
 * Tell options from arguments. As in runc an option is written with one dash or two, its value after `=` or as the next
 * word, before or behind the arguments; nothing behind `--` is an option. As in crun, short flags may stand together.
 *
 * @throws Failure `usage`
 */
export function parseOptions<T extends Options>(words: readonly string[], options: T, syntax: Syntax): Parsed<T> {
  const values: Record<string, Value> = {};
  for (const name in options) {
    const { kind } = options[name]!;
    values[name] = kind === "flag" ? false : kind === "list" ? [] : undefined;
  }
  const args: string[] = [];
  let at = 0;
  while (at < words.length) {
    const word = words[at]!;
    if (word === "--") {
      at++;
      break;
    }
    if (word[0] === "-" && word !== "-") at = readOption(words, at, options, syntax, values);
    else if (syntax.stopAtArgument) break;
    else args.push(words[at++]!);
  }
  return { values: values as Values<T>, args: [...args, ...words.slice(at)] };
}

/** Store the value of the option at `at`. @returns where the next word is */
function readOption(
  words: readonly string[],
  at: number,
  options: Options,
  syntax: Syntax,
  values: Record<string, Value>,
): number {
  const word = words[at]!;
  const { spelled, name, value } = findOption(options, word);
  if (name === undefined) {
    const flags = value === undefined && !word.startsWith("--") ? flagsTogether(options, spelled) : undefined;
    if (flags === undefined) throw unknownOption(word, spelled, options, syntax);
    for (const flag of flags) values[flag] = true;
    return at + 1;
  }
  const option = options[name]!;
  if (option.kind === "flag") {
    values[name] = value === undefined || readBoolean(name, value, syntax.command);
    return at + 1;
  }
  const text = value ?? words[at + 1];
  if (text === undefined) throw usage(`option --${name} needs a value`, syntax.command);
  values[name] = readValue(name, option, option.kind, text, values[name], syntax.command);
  return value === undefined ? at + 2 : at + 1;
}

/** What a word that starts with a dash says. */
export interface SpelledOption {
  /** Without dashes and value. */
  readonly spelled: string;
  /** The option's long name, if it is known. */
  readonly name: string | undefined;
  /** What stands behind `=`. */
  readonly value: string | undefined;
}

export function findOption(options: Options, word: string): SpelledOption {
  const equals = word.indexOf("=");
  const spelled = word.slice(word.startsWith("--") ? 2 : 1, equals < 0 ? undefined : equals);
  return { spelled, name: longName(options, spelled), value: equals < 0 ? undefined : word.slice(equals + 1) };
}

function longName(options: Options, spelled: string): string | undefined {
  if (Object.hasOwn(options, spelled)) return spelled;
  for (const name in options) {
    if (options[name]!.short === spelled) return name;
  }
  return undefined;
}

/** `-dt`: the flags d and t. */
function flagsTogether(options: Options, letters: string): string[] | undefined {
  const names: string[] = [];
  for (const letter of letters) {
    const name = longName(options, letter);
    if (name === undefined || options[name]!.kind !== "flag") return undefined;
    names.push(name);
  }
  return names;
}

/** In the spellings that runc takes. */
function readBoolean(name: string, text: string, command: string): boolean {
  if (["true", "True", "TRUE", "t", "T", "1"].includes(text)) return true;
  if (["false", "False", "FALSE", "f", "F", "0"].includes(text)) return false;
  throw wrongValue(name, text, "true or false", command);
}

function readValue(
  name: string,
  option: Option,
  kind: Exclude<Option["kind"], "flag">,
  text: string,
  before: Value,
  command: string,
): Value {
  if (option.choices?.includes(text) === false) throw wrongValue(name, text, oneOf(option.choices), command);
  if (kind === "string") return text;
  if (kind === "list") return [...(before as readonly string[]), text];
  if (text === "" && option.mayBeEmpty) return undefined;
  const number = NUMBERS[kind].parse(text);
  if (number === undefined) throw wrongValue(name, text, NUMBERS[kind].expected, command);
  const { smallest } = option;
  if (smallest !== undefined && number < smallest) {
    const expected = kind === "duration" ? NUMBERS.duration.expected : `${smallest} or more`;
    throw wrongValue(name, text, expected, command);
  }
  return number;
}

const NUMBERS = {
  integer: { parse: parseInteger, expected: "a whole number" },
  size: { parse: parseSize, expected: "a size such as 512m, or -1" },
  duration: { parse: parseDuration, expected: "a duration such as 5s or 300ms" },
};

function parseInteger(text: string): number | undefined {
  const number = Number(text);
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(number) ? number : undefined;
}

/**
 * Check that there are as many arguments as the command takes, and that they are among those it knows.
 *
 * @throws Failure `usage`
 */
export function checkArguments(given: readonly string[], expected: readonly Argument[], command: string): void {
  const missing = expected.find(({ optional }, i) => !optional && given[i] === undefined);
  if (missing !== undefined) throw usage(`${missing.name} is missing`, command);
  const takesRest = expected[expected.length - 1]?.rest ?? false;
  if (!takesRest && given.length > expected.length) {
    throw usage(`one argument too many: ${JSON.stringify(given[expected.length])}`, command);
  }
  for (const [i, { name, choices }] of expected.entries()) {
    const word = given[i];
    if (word !== undefined && choices?.includes(word) === false) {
      throw usage(`${name} is to be ${oneOf(choices)}, not ${JSON.stringify(word)}`, command);
    }
  }
}

function unknownOption(word: string, spelled: string, options: Options, { command, global = {} }: Syntax): Failure {
  const message = `unknown option ${word}`;
  if (Object.hasOwn(global, spelled)) {
    return new Failure(message, {
      code: "usage",
      hint: `--${spelled} stands before the command: tsrun ${word} ${command}`,
    });
  }
  const visible = Object.keys(options).filter((name) => !options[name]!.hidden);
  const meant = nearest(spelled, visible);
  if (meant === undefined) return usage(message, command);
  return new Failure(message, { code: "usage", hint: `did you mean --${meant}?` });
}

function wrongValue(name: string, text: string, expected: string, command: string): Failure {
  return usage(`option --${name} is to be ${expected}, not ${JSON.stringify(text)}`, command);
}

function oneOf(choices: readonly string[]): string {
  return `one of ${choices.join(", ")}`;
}

function usage(message: string, command: string): Failure {
  const words = command === "" ? "tsrun" : `tsrun ${command}`;
  return new Failure(message, { code: "usage", hint: `"${words} --help" shows what can be given` });
}
