import { Failure } from "../failure.ts";
import type { Argument, Option, Options, Values } from "./command.ts";

/** Options and arguments of a command line, or of the part of it before or after the command's name. */
export interface Parsed<T extends Options> {
  readonly values: Values<T>;
  readonly rest: readonly string[];
}

/**
 * Read options up to the first word that is none, or up to `--`. As in runc an option is written with one dash or two,
 * its value after `=` or as the next word.
 *
 * @param where the command's name for error texts, empty for global options
 * @throws Failure `usage`
 */
export function parseOptions<T extends Options>(words: readonly string[], options: T, where: string): Parsed<T> {
  const values: Record<string, boolean | number | string | string[] | undefined> = {};
  for (const name in options) {
    const { kind } = options[name]!;
    values[name] = kind === "flag" ? false : kind === "list" ? [] : undefined;
  }
  let at = 0;
  while (at < words.length) {
    const word = words[at]!;
    if (word === "--") {
      at++;
      break;
    }
    if (word[0] !== "-" || word === "-") break;
    at++;
    const equals = word.indexOf("=");
    const spelled = word.slice(word.startsWith("--") ? 2 : 1, equals < 0 ? undefined : equals);
    const name = longName(options, spelled);
    if (name === undefined) throw usage(`unknown option ${word}`, where);
    const option = options[name]!;
    let value = equals < 0 ? undefined : word.slice(equals + 1);
    if (option.kind !== "flag" && value === undefined) {
      if (at === words.length) throw usage(`option --${name} needs a value`, where);
      value = words[at++]!;
    }
    store(values, name, option, value, where);
  }
  return { values: values as Values<T>, rest: words.slice(at) };
}

function longName(options: Options, spelled: string): string | undefined {
  if (Object.hasOwn(options, spelled)) return spelled;
  for (const name in options) {
    if (options[name]!.short === spelled) return name;
  }
  return undefined;
}

function store(
  values: Record<string, boolean | number | string | string[] | undefined>,
  name: string,
  option: Option,
  value: string | undefined,
  where: string,
): void {
  if (option.kind === "flag") {
    if (value !== undefined && value !== "true" && value !== "false") {
      throw usage(`option --${name} is true or false, not ${JSON.stringify(value)}`, where);
    }
    values[name] = value !== "false";
    return;
  }
  const text = value!;
  if (option.choices !== undefined && !option.choices.includes(text)) {
    throw usage(`option --${name} is one of ${option.choices.join(", ")}, not ${JSON.stringify(text)}`, where);
  }
  if (option.kind === "integer") {
    if (!/^[+-]?\d+$/.test(text)) throw usage(`option --${name} is a number, not ${JSON.stringify(text)}`, where);
    values[name] = Number(text);
  } else if (option.kind === "list") (values[name] as string[]).push(text);
  else values[name] = text;
}

/**
 * Check that there are as many arguments as the command takes.
 *
 * @throws Failure `usage`
 */
export function checkArguments(given: readonly string[], expected: readonly Argument[], command: string): void {
  const needed = expected.filter(({ optional }) => !optional);
  if (given.length < needed.length) throw usage(`${needed[given.length]!.name} is missing`, command);
  const takesRest = expected.at(-1)?.rest ?? false;
  if (!takesRest && given.length > expected.length) {
    throw usage(`one argument too many: ${JSON.stringify(given[expected.length])}`, command);
  }
}

function usage(message: string, where: string): Failure {
  const command = where === "" ? "" : ` ${where}`;
  return new Failure(message, { code: "usage", hint: `"tsrun${command} --help" shows what can be given` });
}
