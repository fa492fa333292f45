import { appendFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { errnoName } from "../program/errno.ts";

/** Where errors go beside standard error. */
export interface Log {
  readonly file?: string | undefined;
  readonly format: "text" | "json";
}

const STATUS_FAILED = 1;
const STATUS_EXEC_FAILED = 255;

/**
 * Tell of a failure: one sentence on standard error, and one entry in the log.
 *
 * @param command its name, empty if the command line was not understood
 * @returns the exit status: 255 for `exec`, as runc has it, otherwise 1
 */
export function reportFailure(failure: unknown, command: string, log: Log): number {
  const sentence = sentenceOf(failure);
  const message = command === "" ? sentence : `${command}: ${sentence}`;
  process.stderr.write(`tsrun: ${message}\n`);
  if (failure instanceof Failure && failure.hint !== undefined) process.stderr.write(`tsrun: hint: ${failure.hint}\n`);
  if (log.file !== undefined) {
    try {
      appendFileSync(log.file, logEntry(failure, message, log.format));
    } catch (error) {
      process.stderr.write(`tsrun: --log ${log.file}: ${(error as Error).message}\n`);
    }
  }
  return command === "exec" ? STATUS_EXEC_FAILED : STATUS_FAILED;
}

function sentenceOf(failure: unknown): string {
  if (failure instanceof Failure) return failure.message;
  if (failure instanceof Error) return isSystemError(failure) ? failure.message : (failure.stack ?? failure.message);
  return String(failure);
}

/** An error of the file system's tells all that is to be told; any other is a fault of ours, and its place is wanted. */
function isSystemError(error: Error): boolean {
  return "errno" in error && error.errno !== undefined;
}

/** One line, as logrus writes it. */
function logEntry(failure: unknown, message: string, format: Log["format"]): string {
  const time = new Date().toISOString();
  if (format === "text") return `time="${time}" level=error msg=${JSON.stringify(message)}\n`;
  const context = failure instanceof Failure ? failure : undefined;
  const entry = {
    level: "error",
    msg: message,
    time,
    ...(context !== undefined && {
      code: context.code,
      pointer: context.pointer,
      errno: context.errno === undefined ? undefined : errnoName(context.errno),
      syscall: context.call?.replace(/\(.*$/s, ""),
    }),
  };
  return `${JSON.stringify(entry)}\n`;
}
