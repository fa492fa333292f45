/** Calls of `exec` that tests make. */

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Process } from "../../lib/spec/types.ts";
import { typicalConfig } from "./base_configs.ts";
import { type CommandOptions, type Result, succeeded } from "./command.ts";
import type { ProbeReport } from "./probe_report.ts";
import type { Runtime } from "./runtime.ts";
import type { Scenario } from "./scenario.ts";

/** `exec [FLAG...] ID COMMAND...` */
export function exec(t: Scenario, flags: readonly string[], command: readonly string[], options?: CommandOptions) {
  return t.runtime.command(["exec", ...flags, t.id, ...command], options);
}

/** Execute a script in the container. */
export const sh = (
  t: Scenario,
  script: string,
  flags: readonly string[] = [],
  options?: CommandOptions,
): Promise<Result> => exec(t, flags, ["sh", "-c", script], options);

/** Execute the probe in the container, or the process of `--process`, and read what it saw. */
export async function probe(
  t: Scenario,
  flags: readonly string[] = [],
  options?: CommandOptions,
  runtime: Runtime = t.runtime,
): Promise<ProbeReport> {
  const command = ["exec", ...flags, t.id, ...(flags.includes("--process") ? [] : ["/probe"])];
  return JSON.parse(succeeded(await runtime.command(command, options)).stdout) as ProbeReport;
}

/** Write a process for `--process`. */
export function processFile(t: Scenario, process: Partial<Process>): string {
  const path = join(t.folder, "process.json");
  const { args, env, cwd } = typicalConfig().process;
  writeFileSync(path, JSON.stringify({ args, env, cwd, user: { uid: 0, gid: 0 }, ...process }));
  return path;
}

/** Execute in the background. @returns the process's id, as the pid file has it */
export async function execDetached(
  t: Scenario,
  command: readonly string[],
  flags: readonly string[] = [],
): Promise<number> {
  const pidFile = join(t.folder, "exec-pid");
  succeeded(await exec(t, ["--detach", "--pid-file", pidFile, ...flags], command));
  return Number(readFileSync(pidFile, "utf8"));
}
