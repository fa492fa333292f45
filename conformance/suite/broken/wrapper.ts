/**
 * A runtime with a defect: another runtime, with what it is given or what it answers changed on the way.
 *
 *   bun conformance/suite/broken/wrapper.ts DEFECT RUNTIME [ARGUMENT...]
 */

import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { TestConfig } from "../../harness/base_configs.ts";
import { type Call, DEFECTS, type Defect } from "./defects.ts";

const COMMANDS = ["state", "create", "start", "kill", "delete", "run", "features"];

/** What of a command line a defect can change. */
function readCall(words: readonly string[]): Call {
  const at = words.findIndex((word) => COMMANDS.includes(word));
  const bundle = words.indexOf("--bundle");
  return {
    command: words[at] ?? "",
    args: [...words],
    id: words.slice(at + 1).find((word) => !word.startsWith("-") && word !== words[bundle + 1]) ?? "",
    bundle: resolve(bundle < 0 ? "." : (words[bundle + 1] ?? ".")),
    root: words[words.indexOf("--root") + 1] ?? "",
  };
}

function run(
  runtime: string,
  args: readonly string[],
  capture: boolean,
  more: readonly number[],
): { status: number; stdout: string } {
  const result = spawnSync(runtime, args, { stdio: ["inherit", capture ? "pipe" : "inherit", "inherit", ...more] });
  return { status: result.status ?? 1, stdout: result.stdout?.toString() ?? "" };
}

/** Call something while config.json is changed; afterwards it is as it was. */
function withConfig<T>(bundle: string, change: Defect["config"], action: () => T): T {
  const path = join(bundle, "config.json");
  if (change === undefined) return action();
  const text = readFileSync(path, "utf8");
  try {
    const config = JSON.parse(text) as TestConfig;
    change(config, bundle);
    writeFileSync(path, JSON.stringify(config));
  } catch {
    return action(); // it is one of those that are wrong on purpose
  }
  try {
    return action();
  } finally {
    writeFileSync(path, text);
  }
}

const [name = "", runtime = "", ...words] = process.argv.slice(2);
const defect = DEFECTS[name] ?? {};
const call = readCall(words);
const creates = call.command === "create" || call.command === "run";
const args = defect.args?.(call) ?? call.args;
const again = (more: readonly string[]): number => run(runtime, ["--root", call.root, ...more], false, []).status;
const capture = defect.output !== undefined && ["state", "features"].includes(call.command);
const { status, stdout } = withConfig(call.bundle, creates ? defect.config : undefined, () =>
  args.length === 0 ? { status: 0, stdout: "" } : run(runtime, args, capture, defect.descriptors ?? []),
);
if (capture) process.stdout.write(status === 0 ? (defect.output?.(stdout, call) ?? stdout) : stdout);
process.exitCode = defect.status?.(status, call, again) ?? status;
