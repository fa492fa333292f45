/** What has been measured so far, and what failed. */

import type { Cost } from "./measure.ts";
import { type Summary, summarize } from "./summary.ts";

/** Milliseconds, milliseconds, KiB. */
export const METRICS = ["wall", "cpu", "memory"] as const satisfies readonly (keyof Cost)[];

/** Summaries of what a command took. */
export type CostSummary = Readonly<Record<keyof Cost, Summary>>;

/** Keyed by what was measured, then by who. */
export type Table<T> = ReadonlyMap<string, ReadonlyMap<string, T>>;

/** How often a command may fail before it is not tried any more. */
const MOST_FAILURES = 2;

export class Measurements {
  readonly #costs = new Map<string, Map<string, Cost[]>>();
  readonly #sizes = new Map<string, Map<string, number[]>>();
  readonly #failures = new Map<string, Map<string, string[]>>();
  /** Nothing is kept of a round that only warms up. */
  warmingUp = false;

  /** @returns the cost, undefined if it failed, now or too often before */
  attempt(what: string, who: string, measure: () => Cost): Cost | undefined {
    const failures = entry(this.#failures, what, who);
    if (failures.length >= MOST_FAILURES) return undefined;
    try {
      const cost = measure();
      this.note(what, who, cost);
      return cost;
    } catch (error) {
      failures.push((error as Error).message);
      return undefined;
    }
  }

  note(what: string, who: string, cost: Cost): void {
    if (!this.warmingUp) entry(this.#costs, what, who).push(cost);
  }

  /** A size in KiB. */
  noteSize(what: string, who: string, size: number): void {
    if (!this.warmingUp && !Number.isNaN(size)) entry(this.#sizes, what, who).push(size);
  }

  get costs(): Table<CostSummary> {
    return mapTable(this.#costs, (costs) => {
      const of = (metric: keyof Cost): Summary => summarize(costs.map((cost) => cost[metric]));
      return { wall: of("wall"), cpu: of("cpu"), memory: of("memory") };
    });
  }

  get sizes(): Table<Summary> {
    return mapTable(this.#sizes, summarize);
  }

  /** What failed, whose, and what it said the first time. */
  get failures(): { readonly what: string; readonly who: string; readonly message: string }[] {
    return [...this.#failures].flatMap(([what, row]) =>
      [...row].flatMap(([who, [message]]) => (message === undefined ? [] : [{ what, who, message }])),
    );
  }
}

function entry<T>(table: Map<string, Map<string, T[]>>, what: string, who: string): T[] {
  const row = table.get(what) ?? new Map<string, T[]>();
  table.set(what, row);
  const list = row.get(who) ?? [];
  row.set(who, list);
  return list;
}

function mapTable<T, U>(table: ReadonlyMap<string, ReadonlyMap<string, T>>, change: (value: T) => U): Table<U> {
  return new Map([...table].map(([what, row]) => [what, new Map([...row].map(([who, it]) => [who, change(it)]))]));
}
