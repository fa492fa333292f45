/** The player, built with sanitizers, on life cycle programs that were changed at random and sealed again. */

import { afterAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lifeCyclePrograms } from "../container/life_cycle_programs.ts";
import type { ContainerState } from "../container/state.ts";
import { PROGRAM_FILES } from "../container/state.ts";
import { BUILD_ID } from "./build_id.ts";

const ROUNDS = Number(process.env.TSRUN_FUZZ_ROUNDS ?? 1000) * 25;
const SEED = Number(process.env.TSRUN_FUZZ_SEED ?? 20261128);
const folder = mkdtempSync(join(tmpdir(), "tsrun-fuzz-"));
afterAll(() => rmSync(folder, { recursive: true }));

const state: ContainerState = {
  ociVersion: "1.2.0",
  id: "fuzzed",
  bundle: "/bundle",
  rootfs: "/bundle/rootfs",
  created: "2026-11-28T00:00:00.000000000Z",
  annotations: { "org.example": "fuzzed" },
  pid: 4711,
  startTime: 815,
  cgroup: {
    version: 1,
    made: true,
    v1: ["freezer", "memory"].map((controller) => {
      const mountPoint = `/sys/fs/cgroup/${controller}`;
      return { controllers: [controller], mountPoint, directory: `${mountPoint}/fuzzed` };
    }),
    madeAbove: ["/sys/fs/cgroup/memory/above"],
  },
  sharesPidNamespace: false,
  hooks: {},
  startsAt: 0,
  startCalls: [],
};

/** COMMAND_... of executor.h */
function commandNumber(command: string): string {
  const header = readFileSync(join(import.meta.dirname, "executor.h"), "utf8");
  return new RegExp(`#define COMMAND_${command.toUpperCase()} (\\d+)U`).exec(header)?.[1] ?? "0";
}

const program = join(folder, "player_fuzz");
const built = spawnSync(
  process.env.CC ?? "cc",
  [
    ...[
      "-std=gnu11",
      "-g",
      "-O1",
      "-fsanitize=address,undefined",
      "-fno-sanitize=alignment",
      "-fno-sanitize-recover=all",
      `-DBUILD_ID=${BUILD_ID}`,
    ],
    ...["-o", program, join(import.meta.dirname, "player_fuzz.c")],
  ],
  { encoding: "utf8" },
);
// Not every compiler brings the sanitizers' libraries along.
const missing = built.status !== 0 && /cannot find|unrecognized|unsupported/.test(built.stderr);
if (missing && process.env.CI === "true") throw new Error(built.stderr);

for (const [command, file] of Object.entries(PROGRAM_FILES)) {
  const name = `${command}: no wrong access, no call of another command, and an end, of ${ROUNDS} changed programs`;
  test.skipIf(missing)(
    missing ? `${name} [needs a compiler with sanitizers]` : name,
    () => {
      expect(built.stderr).toBe("");
      const { bytes } = lifeCyclePrograms(state, true).find((it) => it.file === file)!;
      const path = join(folder, file);
      writeFileSync(path, bytes);
      const args = [commandNumber(command), path, `${SEED}`, `${ROUNDS}`];
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8" });
      expect([status, stderr]).toEqual([0, ""]);
      const [loaded = 0, calls = 0] = stdout.split(" ").map(Number);
      expect(loaded).toBeGreaterThan(ROUNDS / 10);
      expect(calls).toBeGreaterThan(ROUNDS / 10);
    },
    600_000,
  );
}
