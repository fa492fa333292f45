/** What tests say of what they have seen. A failure is one sentence with both sides. */

import { describeResult, type Result } from "../harness/command.ts";

/** Something is otherwise than the specification has it. */
export class Deviation extends Error {
  override readonly name = "Deviation";
}

const shown = (value: unknown): string => (value === undefined ? "nothing" : JSON.stringify(value));

/** Keys in one order, so that objects compare by content. */
function ordered(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(ordered);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, ordered(inner)]),
  );
}

export function equal(what: string, actual: unknown, expected: unknown): void {
  if (shown(ordered(actual)) === shown(ordered(expected))) return;
  throw new Deviation(`${what}: expected ${shown(expected)}, found ${shown(actual)}`);
}

export function different(what: string, actual: unknown, other: unknown): void {
  if (shown(ordered(actual)) !== shown(ordered(other))) return;
  throw new Deviation(`${what}: expected anything but ${shown(other)}`);
}

/** Each of the `items` is in the list or text. */
export function includes(
  what: string,
  actual: readonly unknown[] | string | null | undefined,
  ...items: unknown[]
): void {
  const missing = items.filter((item) => !(actual ?? []).includes(item as string));
  if (missing.length > 0) throw new Deviation(`${what}: expected ${missing.map(shown).join(", ")} in ${shown(actual)}`);
}

/** None of the `items` is. */
export function excludes(
  what: string,
  actual: readonly unknown[] | string | null | undefined,
  ...items: unknown[]
): void {
  const present = items.filter((item) => (actual ?? []).includes(item as string));
  if (present.length > 0)
    throw new Deviation(`${what}: expected no ${present.map(shown).join(", ")} in ${shown(actual)}`);
}

export function ok(what: string, condition: unknown, found?: unknown): asserts condition {
  if (!condition) throw new Deviation(found === undefined ? what : `${what}: found ${shown(found)}`);
}

/** The command has reported an error. */
export function refused(what: string, result: Result): void {
  if (result.timedOut) throw new Deviation(`${what}: expected an error, but ${describeResult(result)}`);
  if (result.status === 0) throw new Deviation(`${what}: expected an error, but ${result.argv.join(" ")} succeeded`);
}
