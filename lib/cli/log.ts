import { Failure } from "../failure.ts";
import { openSync } from "../libc/files.ts";
import { resolve } from "../libc/paths.ts";
import { printError, writeWhole } from "./print.ts";

export const LOG_LEVELS = ["error", "warning", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Where entries go: the file of `--log`, or standard error if there is none. */
export interface Log {
  readonly format: LogFormat;
  /** Entries of lower levels are not written. */
  readonly level: LogLevel;
  /** The descriptor of the log file. It is opened first, so that it does not matter where the command goes. */
  readonly file: number | undefined;
}

/**
 * Open a log file, to append to what is there.
 *
 * @throws Failure `usage` if it cannot be opened
 */
export function openLogFile(path: string): number {
  try {
    return openSync(resolve(path), "a", 0o644);
  } catch (cause) {
    throw new Failure(`--log ${path}: ${(cause as Error).message}`, { code: "usage", cause });
  }
}

/** Write an entry to the log file, or to standard error if there is none. */
export function writeEntry(log: Log, level: LogLevel, message: string, context: object = {}): void {
  if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(log.level)) return;
  const entry = formatEntry(log.format, level, message, context);
  if (log.file === undefined) printError(entry);
  else writeWhole(log.file, entry);
}

/**
 * One line, as runc's logging library lays it out. Engines read the last JSON entry whose level is `error`.
 *
 * @param context further keys of the JSON entry; one that is undefined is left out
 */
export function formatEntry(format: LogFormat, level: LogLevel, message: string, context: object): string {
  const time = new Date().toISOString();
  return format === "text"
    ? `time="${time}" level=${level} msg=${JSON.stringify(message)}\n`
    : `${JSON.stringify({ level, msg: message, time, ...context })}\n`;
}
