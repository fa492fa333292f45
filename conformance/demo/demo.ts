/**
 * Runs a container made of this machine's own shell and tools, as root or as an ordinary user, and tells what happened.
 *
 *   bun conformance/demo/demo.ts RUNTIME
 */

import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { findProgram } from "../harness/paths.ts";
import { demoConfig } from "./demo_config.ts";
import { assembleRootfs } from "./host_rootfs.ts";

const commands = ["sh", "ls", "hostname", "id", "cat", "mount", "tr", "true"];

interface Instruction {
  readonly origin: string;
  readonly call?: string;
}

/** What `tsrun plan` says, one line for each part of the config. */
function describePlan(instructions: readonly Instruction[]): string[] {
  const steps = new Map<string, string[]>();
  for (const { origin, call } of instructions) {
    const step = origin.replace(/\/\d+(\/.*)?$/, "").replace(/^(default\/dev).*/, "$1") || "default/rest";
    const calls = steps.get(step) ?? [];
    if (call !== undefined) calls.push(call);
    steps.set(step, calls);
  }
  return [...steps].map(([step, calls]) => {
    const names = [...new Set(calls)].join(" ");
    return `    ${step.padEnd(38)} ${String(calls.length).padStart(3)}  ${names.length > 70 ? `${names.slice(0, 67)}...` : names}`;
  });
}

function showPlan(runtime: string, folder: string): void {
  const { status, stdout } = spawnSync(runtime, ["plan", "--bundle", folder, "--format", "json"], {
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) {
    console.log(`(${basename(runtime)} cannot show its plan: only tsrun can)`);
    return;
  }
  const { instructions } = JSON.parse(stdout) as { instructions: Instruction[] };
  const calls = instructions.filter(({ call }) => call !== undefined).length;
  console.log(
    `From config.json it compiled a program of ${instructions.length} instructions, ${calls} of them system calls:`,
  );
  console.log(describePlan(instructions).join("\n"));
  console.log(`("tsrun plan --bundle DIR" prints the whole program without running it)`);
}

/** Run the bundle, its output on our own. @returns exit status and milliseconds. */
function run(runtime: string, folder: string, id: string): { status: number; milliseconds: number } {
  const started = performance.now();
  const { status, error } = spawnSync(runtime, ["--root", join(folder, "state"), "run", "--bundle", folder, id], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (error) throw error;
  return { status: status ?? 1, milliseconds: performance.now() - started };
}

function demonstrate(runtime: string, folder: string): number {
  const user = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
  const id = basename(folder);
  const started = performance.now();
  mkdirSync(join(folder, "rootfs"));
  const found = assembleRootfs(join(folder, "rootfs"), commands);
  const assembled = performance.now() - started;
  const save = (script: string): void =>
    writeFileSync(join(folder, "config.json"), JSON.stringify(demoConfig(id, script, user), null, 2));

  console.log(`A bundle was made of this machine's ${found.join(", ")} (${assembled.toFixed(0)} ms).`);
  console.log(`${user.uid === 0 ? "As root" : "Without root, in a user namespace"}, on the host ${hostname()}:`);
  console.log(`\n  $ ${basename(runtime)} run --bundle ${folder} ${id}\n`);
  save(readFileSync(join(import.meta.dirname, "inside.sh"), "utf8"));
  const { status } = run(runtime, folder, id);
  if (status !== 0) {
    console.log(`\nThe container failed with exit status ${status}.`);
    return status;
  }

  console.log("\nThat was the container; it is gone. What the runtime did:\n");
  showPlan(runtime, folder);
  save("true");
  const times = Array.from({ length: 7 }, () => run(runtime, folder, id).milliseconds).sort((a, b) => a - b);
  console.log(
    `\nA container that does nothing takes ${(times[3] ?? 0).toFixed(1)} ms, from start to removal (median of 7).`,
  );
  return 0;
}

const runtime = findProgram(process.argv[2] ?? "");
if (runtime === undefined) {
  console.error("usage: demo.ts RUNTIME (such as build/bin/tsrun, which make builds)");
  process.exit(2);
}
const folder = mkdtempSync(join(tmpdir(), "tsrun-demo-"));
try {
  process.exitCode = demonstrate(resolve(runtime), folder);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
