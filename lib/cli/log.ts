import { Failure } from "../failure.ts";
import { openSync } from "../libc/files.ts";
import { resolve } from "../libc/paths.ts";
import { printError, writeWhole } from "./print.ts";

export const LOG_LEVELS = ["error", "warning", "debug"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const LOG_FORMATS = ["text", "json"] as const;
export type LogFormat = (typeof LOG_FORMATS)[number];

/** Where entries go: where `--log` says, or standard error if it says nothing. */
export interface Log {
  readonly format: LogFormat;
  /** Entries of lower levels are not written. */
  readonly level: LogLevel;
  /** Opened first, so that it does not matter where the command goes. */
  readonly destination: LogDestination | undefined;
}

/** Takes entries. @param entry one line in the log's format */
export type LogDestination = (level: LogLevel, message: string, entry: string, context: object) => void;

/** What `--log` names: a file, or a service of the machine with the name under which entries stand there. */
export interface LogTarget {
  readonly kind: "file" | "journald" | "syslog";
  readonly name: string;
}

/** Read the value of `--log`: a path, or as in crun `file:PATH`, `journald:NAME`, `syslog:NAME`. */
export function parseLogTarget(text: string): LogTarget {
  for (const kind of ["file", "journald", "syslog"] as const) {
    if (text.startsWith(`${kind}:`)) return { kind, name: text.slice(kind.length + 1) };
  }
  return { kind: "file", name: text };
}

/** The value of `--log` that means the same from every directory. */
export function absoluteLogTarget(text: string): string {
  const { kind, name } = parseLogTarget(text);
  return kind === "file" ? `file:${resolve(name)}` : text;
}

/** @throws Failure `usage` if it cannot be opened */
export async function openLog(text: string): Promise<LogDestination> {
  const { kind, name } = parseLogTarget(text);
  if (kind === "file") return openLogFile(name);
  const { openLogService } = await import("./log_services.ts");
  return openLogService(kind, name);
}

/**
 * Open a log file, to append to what is there.
 *
 * @throws Failure `usage` if it cannot be opened
 */
export function openLogFile(path: string): LogDestination {
  try {
    const file = openSync(resolve(path), "a", 0o644);
    return (_level, _message, entry) => writeWhole(file, entry);
  } catch (cause) {
    throw new Failure(`--log ${path}: ${(cause as Error).message}`, { code: "usage", cause });
  }
}

/** Write an entry to the log, or to standard error if there is none. */
export function writeEntry(log: Log, level: LogLevel, message: string, context: object = {}): void {
  if (LOG_LEVELS.indexOf(level) > LOG_LEVELS.indexOf(log.level)) return;
  const entry = formatEntry(log.format, level, message, context);
  if (log.destination === undefined) printError(entry);
  else log.destination(level, message, entry, context);
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
