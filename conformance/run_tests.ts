/**
 * What `make test` calls: all test files, each in a process of its own with a time limit, and one summary.
 *
 *   bun conformance/run_tests.ts [--only unit|blackbox|engine|engines|control|vm]... [--without NAME]... [NAME...]
 *
 * NAMEs choose the files whose path contains one of them, and `--without` those to leave out. The runtime under test is
 * the one that RUNTIME names, the built tsrun if it is not set. Everything runs if nothing is chosen, but for two suites
 * that take their turn where CI=true: `engine`, the black-box tests without life cycle programs and start image, and
 * `control`, the engines' tests with runc, by which a wrong test shows itself. `vm` is for the virtual machine of
 * conformance/vm.
 */

import { spawn } from "node:child_process";
import { relative } from "node:path";
import { repository } from "./harness/paths.ts";
import { timeFactor } from "./harness/time_limit.ts";

type Suite = "unit" | "blackbox" | "engine" | "engines" | "control" | "vm";

interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly output: string;
}

interface SuiteSettings {
  readonly patterns: readonly string[];
  /** Files that have nothing to say in this suite. */
  readonly without?: readonly string[];
  readonly atOnce: number;
  readonly limit: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Files of a suite, in their order, how many of them run at once, and how long one may take in seconds. */
const suites: Readonly<Record<Suite, SuiteSettings>> = {
  unit: {
    patterns: [
      "lib",
      "bin",
      "library",
      "spec-schemas",
      "conformance/bench",
      "conformance/harness",
      "conformance/suite",
      "conformance/differential",
    ].map((folder) => `${folder}/**/*.test.ts`),
    atOnce: 2,
    limit: 180,
  },
  blackbox: { patterns: ["conformance/blackbox/*.test.ts"], atOnce: 2, limit: 600 },
  engine: {
    patterns: ["conformance/blackbox/*.test.ts"],
    without: ["life_cycle_programs", "life_cycle_trust", "start_image", "broken_runtimes", "differential"].map(
      (name) => `conformance/blackbox/${name}.test.ts`,
    ),
    atOnce: 2,
    limit: 600,
    env: { TSRUN_FAST: "0", TSRUN_IMAGE: "0" },
  },
  engines: { patterns: ["conformance/engines/*.test.ts"], atOnce: 1, limit: 900 },
  control: { patterns: ["conformance/engines/*.test.ts"], atOnce: 1, limit: 900, env: { RUNTIME: "runc" } },
  vm: { patterns: ["conformance/vm/*.test.ts"], atOnce: 1, limit: 900 },
};

const suitesByDefault: readonly Suite[] = ["unit", "blackbox", "engines"];
const suitesInCi: readonly Suite[] = ["engine", "control"];

interface Choice {
  readonly chosen: readonly Suite[];
  readonly names: readonly string[];
  readonly without: readonly string[];
}

function parseArguments(words: readonly string[]): Choice {
  const names: string[] = [];
  const without: string[] = [];
  const chosen: Suite[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? "";
    const [option, inline] = word.split(/=(.*)/s);
    const value = (): string => inline ?? words[++i] ?? "";
    if (!word.startsWith("-")) names.push(word);
    else if (option === "--without") without.push(value());
    else {
      const suite = option === "--only" ? value() : "";
      if (!(suite in suites)) {
        const usage = `[--only ${Object.keys(suites).join("|")}]... [--without NAME]... [NAME...]`;
        process.stderr.write(`usage: run_tests.ts ${usage}\n`);
        process.exit(2);
      }
      chosen.push(suite as Suite);
    }
  }
  return {
    chosen: chosen.length > 0 ? chosen : [...suitesByDefault, ...(process.env.CI === "true" ? suitesInCi : [])],
    names,
    without,
  };
}

/** Run one file under the test runner, and count what it says. A file that ends without a summary has failed. */
async function runFile(path: string, { limit, env }: SuiteSettings): Promise<Outcome> {
  const started = performance.now();
  const chunks: Buffer[] = [];
  const child = spawn(process.execPath, ["test", "--timeout", `${30_000 * timeFactor}`, path], {
    cwd: repository,
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  let late = false;
  const timer = setTimeout(
    () => {
      late = true;
      child.kill("SIGKILL");
    },
    limit * 1000 * timeFactor,
  );
  const status = await new Promise<number | null>((resolve) => child.once("close", resolve));
  clearTimeout(timer);
  const output =
    Buffer.concat(chunks).toString() + (late ? `\nstopped: it took more than ${limit * timeFactor} s\n` : "");
  const count = (word: string): number => Number(output.match(new RegExp(`^ *(\\d+) ${word}$`, "m"))?.[1] ?? 0);
  const failed = count("fail");
  return {
    passed: count("pass"),
    failed: status === 0 ? failed : Math.max(failed, 1),
    skipped: count("skip"),
    seconds: (performance.now() - started) / 1000,
    output,
  };
}

/** The lines of a file's output that say why it failed: everything but what passed. */
function failures(output: string): string {
  return output
    .split("\n")
    .filter((line) => !/^\((pass|skip)\)/.test(line))
    .join("\n");
}

function report(path: string, { passed, failed, skipped, seconds, output }: Outcome): void {
  const counts = [`${passed} passed`, failed > 0 && `${failed} failed`, skipped > 0 && `${skipped} skipped`];
  const mark = failed > 0 ? "FAIL" : "ok  ";
  console.log(`${mark} ${path}: ${counts.filter(Boolean).join(", ")} (${seconds.toFixed(1)} s)`);
  if (failed > 0) console.log(failures(output));
}

/** Why tests were skipped, each reason once with how often. */
function skipReasons(outcomes: readonly Outcome[]): string[] {
  const reasons = new Map<string, number>();
  // the runner may list them again at its end
  for (const { output } of outcomes)
    for (const line of new Set(output.match(/^\(skip\) .*\]$/gm))) {
      const reason = line.slice(line.lastIndexOf("[") + 1, -1);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  return [...reasons].map(([reason, times]) => `  skipped ${times}: ${reason}`);
}

async function runSuite(suite: Suite, { names, without: leftOut }: Choice): Promise<Outcome[]> {
  const { patterns, without = [], atOnce } = suites[suite];
  const files = patterns
    .flatMap((pattern) => [...new Bun.Glob(pattern).scanSync({ cwd: repository })])
    .filter((file) => !without.includes(file))
    .filter((file) => names.length === 0 || names.some((name) => file.includes(name)))
    .filter((file) => !leftOut.some((name) => name !== "" && file.includes(name)))
    .sort();
  if (files.length === 0) return [];
  console.log(`\n${suite}: ${files.length} files`);
  const outcomes: Outcome[] = [];
  const next = async (): Promise<void> => {
    for (let file = files.shift(); file !== undefined; file = files.shift()) {
      const outcome = await runFile(`./${file}`, suites[suite]);
      report(relative(".", file), outcome);
      outcomes.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, next));
  return outcomes;
}

const choice = parseArguments(process.argv.slice(2));
const outcomes: Outcome[] = [];
for (const suite of choice.chosen) outcomes.push(...(await runSuite(suite, choice)));
const sum = (key: "passed" | "failed" | "skipped"): number => outcomes.reduce((total, one) => total + one[key], 0);
console.log("");
for (const line of skipReasons(outcomes)) console.log(line);
if (outcomes.length === 0) console.log("no test file was chosen");
console.log(`${sum("passed")} passed, ${sum("failed")} failed, ${sum("skipped")} skipped`);
process.exit(sum("failed") > 0 || outcomes.length === 0 ? 1 : 0);
