/** What is wrong with a document, and how it is said. */

import { Failure } from "../failure.ts";
import type { Place } from "./json_position.ts";

/** What a check finds: not yet with its place in the text. */
export interface Finding {
  /** JSON Pointer of the value; of a missing one, where it should be. */
  readonly pointer: string;
  /** A sentence without a full stop. */
  readonly message: string;
  readonly expected?: string;
  readonly found?: string;
}

/** A finding with its place in the text. */
export interface Problem extends Finding, Place {}

/** A finding whose sentence is made of what was expected and what was found. */
export function unexpected(pointer: string, expected: string, found: unknown): Finding {
  const words = describe(found);
  return { pointer, message: `expected ${expected}, found ${words}`, expected, found: words };
}

/** A value in few words: as it stands in the text where it is short, else its kind. */
export function describe(value: unknown): string {
  if (value === undefined) return "nothing";
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object" && value !== null) return "an object";
  if (typeof value === "bigint") return value.toString();
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 76)}..."`;
}

/** One line: `config.json:12:7: /process/cwd: expected an absolute path, found "tmp"`. */
function formatProblem(problem: Problem, file: string): string {
  const where = problem.pointer === "" ? "" : `${problem.pointer}: `;
  return `${file}:${problem.line}:${problem.column}: ${where}${problem.message}`;
}

/**
 * Problems for people (a line each) or for programs (a JSON array of objects with pointer, line, column, message and, where they
 * apply, expected and found).
 *
 * @param file what the document is called in the lines
 */
export function formatProblems(problems: readonly Problem[], format: "text" | "json", file = "config.json"): string {
  if (format === "text") return problems.map((problem) => formatProblem(problem, file)).join("\n");
  return JSON.stringify(
    problems.map(({ pointer, line, column, message, expected, found }) => {
      return { pointer, line, column, message, expected, found };
    }),
    undefined,
    2,
  );
}

/** The failure that names every one of `problems`, of which there is at least one. */
export function problemsFailure(problems: readonly Problem[], file: string): Failure {
  const list = formatProblems(problems, "text", file);
  const message = problems.length === 1 ? list : `${file} has ${problems.length} problems:\n${list}`;
  const [only] = problems.length === 1 ? problems : [];
  return new Failure(message, { code: "config.invalid", ...(only && { pointer: only.pointer }) });
}
