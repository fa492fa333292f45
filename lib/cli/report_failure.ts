import { Failure, type FailureCode } from "../failure.ts";
import { errnoName } from "../program/errno.ts";
import { type Log, writeEntry } from "./log.ts";
import { printError } from "./print.ts";

/** What a log entry tells of a failure beside its sentence, for programs. */
interface FailureContext {
  readonly code: FailureCode;
  readonly pointer?: string | undefined;
  /** The errno's name. */
  readonly errno?: string | undefined;
  readonly syscall?: string | undefined;
  readonly hint?: string | undefined;
}

/**
 * Tell of a failure: one sentence on standard error, and one entry in the log. Without a log a JSON entry takes
 * the sentence's place, since the caller reads standard error as a log.
 *
 * @param command its name, empty if the command line was not understood
 */
export function reportFailure(failure: unknown, command: string, log: Log): void {
  const sentence = sentenceOf(failure);
  const message = command === "" ? sentence : `${command}: ${sentence}`;
  const context = contextOf(failure);
  if (log.destination !== undefined || log.format === "text") {
    const hint = context.hint === undefined ? "" : `tsrun: hint: ${context.hint}\n`;
    printError(`tsrun: ${message}\n${hint}`);
    if (log.destination === undefined) return;
  }
  try {
    writeEntry(log, "error", message, context);
  } catch (error) {
    printError(`tsrun: --log: ${sentenceOf(error)}\n`);
  }
}

function sentenceOf(failure: unknown): string {
  if (failure instanceof Failure) return failure.message;
  if (failure instanceof Error) return isSystemError(failure) ? failure.message : (failure.stack ?? failure.message);
  return String(failure);
}

function contextOf(failure: unknown): FailureContext {
  if (failure instanceof Failure) {
    const { code, pointer, errno, call, hint } = failure;
    return { code, pointer, errno: errno === undefined ? undefined : errnoName(errno), syscall: callName(call), hint };
  }
  if (!(failure instanceof Error && isSystemError(failure))) return { code: "system" };
  const { errno, call, syscall } = failure;
  return { code: "system", errno: errnoName(Math.abs(errno)), syscall: callName(call ?? syscall) };
}

/** `open_tree("/srv")` is a call of open_tree. */
function callName(call: string | undefined): string | undefined {
  return call?.split("(", 1)[0];
}

/** An error of the kernel's tells all that is to be told; any other is a fault of ours, and its place is wanted. */
function isSystemError(error: Error): error is Error & { errno: number; call?: string; syscall?: string } {
  return "errno" in error && typeof error.errno === "number";
}
