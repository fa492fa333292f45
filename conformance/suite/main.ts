/** The conformance command: choose the tests, run them against one runtime or several, tell how it went. */

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { chooseRuntime, type RuntimeChoice } from "../harness/runtime.ts";
import { jsonText, junitText, tapText } from "./formats/machines.ts";
import { matrixText } from "./formats/matrix.ts";
import { PrettyProgress } from "./formats/pretty.ts";
import { judgedRuntime } from "./judged.ts";
import { writeProbe } from "./probe_file.ts";
import type { SuiteResult } from "./results.ts";
import { runTests } from "./runner.ts";
import { ALL_TESTS } from "./table.ts";
import { type ConformanceTest, LEVELS } from "./test.ts";

export interface ConformanceOptions {
  /** Names or paths, the one under test first. */
  readonly runtimes: readonly string[];
  /** Only tests whose section or name has one of these words in it; all if there are none. */
  readonly filters: readonly string[];
  readonly levels: readonly string[];
  readonly format: "pretty" | "tap" | "junit" | "json";
  /** Where to write the page. */
  readonly html?: string | undefined;
  readonly jobs?: number | undefined;
  /** By which version of the specification to judge, if not by the one that the runtime says it implements. */
  readonly specification?: string | undefined;
  /** Whether it is a failure not to pass what is not a MUST. */
  readonly strict: boolean;
}

/** @returns the tests that the options choose, in the order of the table */
export function chooseTests({ filters, levels }: Pick<ConformanceOptions, "filters" | "levels">): ConformanceTest[] {
  const words = filters.map((word) => word.toLowerCase());
  return ALL_TESTS.filter(({ section, name, level }) => {
    const text = `${section} ${name}`.toLowerCase();
    return (
      (words.length === 0 || words.some((word) => text.includes(word))) &&
      (levels.length === 0 || levels.includes(level))
    );
  });
}

/** A line for each test that the options choose. */
export function listTests(options: Pick<ConformanceOptions, "filters" | "levels">): string {
  return chooseTests(options)
    .map(({ section, name, level }) => `${level.padEnd(8)}  ${section}  ${name}\n`)
    .join("");
}

/**
 * Judge runtimes.
 *
 * @returns the exit status: 0 if the first of them has passed everything that it must, 1 if not or nothing could be judged
 * @throws Error when there is no such runtime
 */
export async function conformance(options: ConformanceOptions): Promise<number> {
  for (const level of options.levels)
    if (!(LEVELS as readonly string[]).includes(level))
      throw new Error(`there is no level ${level}: ${LEVELS.join(", ")}`);
  const tests = chooseTests(options);
  if (tests.length === 0) throw new Error("no test was chosen: --list shows them all");
  const choices = options.runtimes.map((name) => ({ name: basename(name), choice: chooseRuntime(name) }));
  const folder = mkdtempSync(join(tmpdir(), "conformance-probe-"));
  const interruption = interruptible();
  const results: SuiteResult[] = [];
  try {
    const probe = join(folder, "probe");
    writeProbe(probe);
    for (const { name, choice } of choices)
      results.push(await judge(name, choice, tests, probe, options, interruption.signal));
  } finally {
    interruption.end();
    rmSync(folder, { recursive: true, force: true });
  }
  await tell(results, options);
  return interruption.signal.aborted ? 130 : status(results[0], options.strict);
}

async function judge(
  name: string,
  choice: RuntimeChoice,
  tests: readonly ConformanceTest[],
  probe: string,
  options: ConformanceOptions,
  signal: AbortSignal,
): Promise<SuiteResult> {
  const runtime = await judgedRuntime(name, choice, options.specification);
  const alone = options.format === "pretty" && options.runtimes.length === 1;
  const stream = alone ? process.stdout : process.stderr;
  const live = stream.isTTY === true;
  const colours = live && process.env.NO_COLOR === undefined;
  const progress = new PrettyProgress(tests, { write: (text) => void stream.write(text), live, colours });
  const shown = alone || live || options.runtimes.length > 1;
  if (shown && !alone) stream.write(`${name}: ${runtime.version}\n`);
  const result: SuiteResult = {
    runtime,
    date: new Date().toISOString(),
    tests: await runTests(tests, {
      choice,
      specification: runtime.specification,
      probe,
      jobs: options.jobs ?? availableParallelism(),
      signal,
      ...(shown && { onResult: (one) => progress.add(one) }),
    }),
  };
  if (alone) progress.done(result);
  return result;
}

/** The first interruption lets the running tests end and clean up; the second one ends the program. */
function interruptible(): { signal: AbortSignal; end: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once("SIGINT", interrupt).once("SIGTERM", interrupt);
  return { signal: controller.signal, end: () => void process.off("SIGINT", interrupt).off("SIGTERM", interrupt) };
}

async function tell(results: readonly SuiteResult[], { format, html }: ConformanceOptions): Promise<void> {
  if (html !== undefined) {
    const { htmlPage } = await import("./formats/html.ts");
    writeFileSync(html, htmlPage(results));
  }
  if (format === "tap") process.stdout.write(tapText(results));
  else if (format === "junit") process.stdout.write(junitText(results));
  else if (format === "json") process.stdout.write(jsonText(results));
  else if (results.length > 1) process.stdout.write(matrixText(results));
}

function status(result: SuiteResult | undefined, strict: boolean): number {
  const judged = (result?.tests ?? []).filter(({ verdict }) => verdict !== "skipped");
  if (judged.length === 0) return 1;
  return judged.some(({ verdict, level }) => verdict === "failed" && (strict || level === "must")) ? 1 : 0;
}
