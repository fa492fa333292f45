/** Runs tests of the suite: side by side where they allow it, each with its time limit, and nothing left behind. */

import { reasonToSkip } from "../harness/facilities.ts";
import type { RuntimeChoice } from "../harness/runtime.ts";
import { withinTime } from "../harness/time_limit.ts";
import { isSince } from "./judged.ts";
import type { TestResult } from "./results.ts";
import type { ConformanceTest } from "./test.ts";
import { Skip, Trial } from "./trial.ts";

export interface RunOptions {
  readonly choice: RuntimeChoice;
  /** By which version of the specification it is judged. */
  readonly specification: string;
  /** The probe's file. */
  readonly probe: string;
  /** How many tests run at once. */
  readonly jobs: number;
  /** Called after each test. */
  readonly onResult?: (result: TestResult) => void;
  /** No further test begins when it is. */
  readonly signal?: AbortSignal;
}

const TIME_LIMIT = 30_000;

/** @returns the results in the order of the tests; those that were not begun are skipped. */
export async function runTests(tests: readonly ConformanceTest[], options: RunOptions): Promise<TestResult[]> {
  const results = new Map<ConformanceTest, TestResult>();
  const together = tests.filter(({ alone }) => !alone);
  const next = async (queue: ConformanceTest[]): Promise<void> => {
    for (let test = queue.shift(); test !== undefined; test = queue.shift()) {
      const result = options.signal?.aborted ? outcome(test, "skipped", "interrupted") : await runTest(test, options);
      results.set(test, result);
      options.onResult?.(result);
    }
  };
  const queue = [...together];
  await Promise.all(Array.from({ length: options.jobs }, () => next(queue)));
  await next(tests.filter(({ alone }) => alone));
  return tests.map((test) => results.get(test)!);
}

function outcome(
  { section, name, level }: ConformanceTest,
  verdict: TestResult["verdict"],
  detail = "",
  milliseconds = 0,
): TestResult {
  return { section, name, level, verdict, detail, milliseconds };
}

async function runTest(test: ConformanceTest, { choice, specification, probe }: RunOptions): Promise<TestResult> {
  const { since = "1.0" } = test;
  const reason =
    reasonToSkip(["root", ...(test.needs ?? [])]) ??
    (isSince(specification, since) ? undefined : `came with ${since}, and the runtime implements ${specification}`);
  if (reason !== undefined) return outcome(test, "skipped", reason);
  const started = performance.now();
  let detail: string | undefined;
  let skipped = false;
  const trial = new Trial(choice, probe, since);
  try {
    await withinTime(test.body(trial), test.timeout ?? TIME_LIMIT);
  } catch (error) {
    skipped = error instanceof Skip;
    detail = error instanceof Error ? error.message : String(error);
  }
  // what stays behind is what the tests of `delete` are about
  await trial.end(true).catch(() => {});
  return outcome(
    test,
    detail === undefined ? "passed" : skipped ? "skipped" : "failed",
    detail,
    performance.now() - started,
  );
}
