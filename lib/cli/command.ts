/** What a command is: its options, its arguments, and what it does. Parsing, help and completion read the same. */

import type { CgroupDriver } from "../cgroup/driver.ts";
import type { Log } from "./log.ts";

/** An option of a command, or a global one. */
export interface Option {
  /**
   * `flag`: takes no value, or `=true` and `=false`; `list`: may be given several times; `duration`: `5s`, in
   * milliseconds; `size`: `512m`, in bytes.
   */
  readonly kind: "flag" | "string" | "integer" | "size" | "duration" | "list";
  readonly short?: string;
  /** What stands for the value in help. FILE and DIR are completed as such by shells. */
  readonly value?: string;
  readonly summary: string;
  /** The only values allowed. */
  readonly choices?: readonly string[];
  /** The smallest number allowed. */
  readonly smallest?: number;
  /** An empty value is as none: runc reads these numbers itself, and callers' variables may not be set. */
  readonly mayBeEmpty?: boolean;
  /** Not shown in help: accepted for callers written for runc. */
  readonly hidden?: boolean;
}

export type Options = Readonly<Record<string, Option>>;

/** The type of an option's value, from its kind. */
type ValueOf<Kind extends Option["kind"]> = Kind extends "flag"
  ? boolean
  : Kind extends "list"
    ? readonly string[]
    : Kind extends "integer" | "size" | "duration"
      ? number | undefined
      : string | undefined;

/** The values of options by name. A flag that is not given is false, a list is empty, anything else undefined. */
export type Values<T extends Options> = { readonly [Name in keyof T]: ValueOf<T[Name]["kind"]> };

export interface Argument {
  /** What stands for it in help. CONTAINER-ID and SIGNAL are completed as such by shells. */
  readonly name: string;
  readonly summary: string;
  readonly optional?: boolean;
  /** Takes all that follow, options included: from the first argument on nothing is an option of the command. */
  readonly rest?: boolean;
  /** The only values allowed. */
  readonly choices?: readonly string[];
}

/** The values of the global options, with defaults filled in. */
export interface Globals {
  /** The directory that holds the containers' directories. */
  readonly root: string;
  /** Whether `--root` was given. */
  readonly rootGiven: boolean;
  readonly log: Log;
  readonly cgroupDriver: CgroupDriver;
  /** What `--rootless` says; undefined if the caller is to be looked at. */
  readonly rootless: boolean | undefined;
  /** The global options, as tsrun gives them to itself when it has to be called again. */
  readonly words: readonly string[];
}

export interface Command<T extends Options = Options> {
  readonly summary: string;
  /** Called by tsrun itself, and not shown in help. */
  readonly hidden?: boolean;
  /** The command that called it, in whose name it fails. */
  readonly onBehalfOf?: string;
  /** A paragraph for help: what happens, and what when it cannot. */
  readonly description?: string;
  readonly arguments: readonly Argument[];
  readonly options: T;
  /** The exit status when it fails, for callers that know it from runc: 1 if nothing else is said. */
  readonly failureStatus?: number;
  /** @returns the exit status; nothing: 0 */
  // A method, so that a command with its own options is a Command all the same.
  // biome-ignore lint/suspicious/noConfusingVoidType: a command without a status of its own returns nothing
  run(values: Values<T>, args: readonly string[], globals: Globals): Promise<number | void> | number | void;
}

/** A command, its `run` typed by its options. */
export function defineCommand<const T extends Options>(command: Command<T>): Command<T> {
  return command;
}
