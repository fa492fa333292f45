/** Running the suite as its users do, for its own tests. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cleanEnvironment, describeResult, runCommand } from "../harness/command.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { timeFactor } from "../harness/time_limit.ts";
import type { SuiteResult } from "./results.ts";

const MINUTE = 60_000;

/** Give a folder that is removed afterwards. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "conformance-suite-"));
  try {
    await body(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the suite says of a runtime, in the tests that the filters choose. */
export async function judged(runtime: string, ...filters: readonly string[]): Promise<SuiteResult> {
  const words = filters.flatMap((filter) => ["--filter", filter]);
  const command = [selectedRuntime().path, "conformance", "--runtime", runtime, "--format", "json", ...words];
  const env = { ...cleanEnvironment, TIME_FACTOR: String(timeFactor) };
  const result = await runCommand(command, { timeout: 8 * MINUTE, env });
  if (result.stdout === "") throw new Error(describeResult(result));
  return JSON.parse(result.stdout) as SuiteResult;
}

/** A sentence for each test that failed. */
export const failures = ({ tests }: SuiteResult): string[] =>
  tests
    .filter(({ verdict }) => verdict === "failed")
    .map(({ section, name, detail }) => `${section} ${name}: ${detail}`);
