/** From which files life cycle programs are played, and what becomes of programs that were changed. */

import { describe, expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { callsOf, mutated, resealed, seededRandom } from "../../lib/executor/mutate_program.ts";
import { ARCHITECTURE } from "../../lib/libc/system_call.ts";
import { SYSCALLS } from "../../lib/program/syscalls.ts";
import { runCommand } from "../harness/command.ts";
import { deletedByProgram, fileOf, NO_ENGINE, states, withoutEngine } from "../harness/life_cycle.ts";
import { scenario } from "../harness/scenario.ts";

const needs = ["runtime:tsrun"] as const;

/** Put something else in a file's place. */
function inPlaceOf(file: string, make: (file: string) => unknown): void {
  rmSync(file);
  make(file);
}

const parent = (file: string, levels: number): string => join(file, ...Array.from({ length: levels }, () => ".."));

describe("a program is not played", () => {
  const spoil: Readonly<Record<string, (file: string) => unknown>> = {
    "that its group may write": (file) => chmodSync(file, 0o620),
    "that others may write": (file) => chmodSync(file, 0o602),
    "of another user": (file) => chownSync(file, 1000, 1000),
    "in a directory that others may write": (file) => chmodSync(parent(file, 1), 0o777),
    "in another user's directory": (file) => chownSync(parent(file, 1), 1000, 1000),
    "in a state root that others may write": (file) => chmodSync(parent(file, 2), 0o777),
    "in another user's state root": (file) => chownSync(parent(file, 2), 1000, 1000),
    "in a directory that is a link": (file) => {
      const directory = join(file, "..");
      renameSync(directory, `${directory}-there`);
      symlinkSync(`${directory}-there`, directory);
    },
    "that is a link": (file) => {
      renameSync(file, `${file}.new`);
      symlinkSync(`${file}.new`, file);
    },
    "that has a second name": (file) => linkSync(file, `${file}.too`),
    "that is missing": (file) => rmSync(file),
    "that is a directory": (file) => inPlaceOf(file, mkdirSync),
    "that is a fifo": (file) => inPlaceOf(file, (path) => Bun.spawnSync(["mkfifo", "-m", "600", path])),
    "that is a device": (file) => inPlaceOf(file, (path) => Bun.spawnSync(["mknod", "-m", "600", path, "c", "1", "5"])),
    "that is a terminal": (file) =>
      inPlaceOf(file, (path) => Bun.spawnSync(["mknod", "-m", "600", path, "c", "5", "2"])),
    "that is cut": (file) => writeFileSync(file, readFileSync(file).subarray(0, -4)),
    "that is longer": (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(4)])),
    "that is empty": (file) => writeFileSync(file, ""),
    "of another build": (file) => {
      const bytes = readFileSync(file);
      bytes.writeUInt32LE((bytes.readUInt32LE(36) + 1) >>> 0, 36);
      writeFileSync(file, resealed(bytes));
    },
  };
  for (const [name, change] of Object.entries(spoil))
    scenario(
      name,
      async (t) => {
        await t.startSleeping();
        const fast = withoutEngine(t);
        expect(await fast.status(t.id)).toBe("running");
        change(fileOf(t, t.id, "state.program"));
        const refused = await fast.command(["state", t.id], { timeout: 5_000 });
        expect([refused.status, refused.stdout]).toEqual([1, ""]);
        expect(refused.stderr).toContain(NO_ENGINE);
        expect(await t.runtime.status(t.id)).toBe("running");
        // Where it is found again to be deleted.
        const there = `${join(t.runtime.root, t.id)}-there`;
        if (existsSync(there)) {
          rmSync(join(t.runtime.root, t.id));
          renameSync(there, join(t.runtime.root, t.id));
        }
      },
      { needs: [...needs, "root"] },
    );
});

const ROUNDS = Number(process.env.TSRUN_FUZZ_ROUNDS ?? 100);
const SEED = Number(process.env.TSRUN_FUZZ_SEED ?? 20261128);
const timeout = 60_000 + ROUNDS * 200;
const PROGRAMS = { start: "created", state: "running", kill: "running", delete: "stopped" } as const;
const programs = Object.entries(PROGRAMS).filter(([command]) => command !== "delete" || deletedByProgram);

/** The calls of the launcher itself, before and after it plays a program. */
const LAUNCHER = [
  "execve",
  "fcntl",
  "openat",
  "fstat",
  "geteuid",
  "pread64",
  "mmap",
  "mprotect",
  "readlinkat",
  "write",
  "exit_group",
];
/** Calls that change something: they are seen, but not made, for what their arguments have become is anybody's guess. */
const NOT_MADE = ["pidfd_send_signal", "unlinkat", "connect", "flock"];

describe("of a program that was changed", () => {
  for (const [command, state] of programs)
    scenario(
      `nothing is played: ${command}`,
      async (t) => {
        await states[state]!(t, t.id);
        const fast = withoutEngine(t);
        const file = fileOf(t, t.id, `${command}.program`);
        const whole = readFileSync(file);
        const random = seededRandom(SEED);
        for (let round = 0; round < ROUNDS; round++) {
          const bytes = mutated(whole, random);
          if (bytes.equals(whole)) continue;
          writeFileSync(file, bytes);
          const { status, stdout, stderr } = await fast.command([command, t.id]);
          expect({ round, status, stdout }).toEqual({ round, status: 1, stdout: "" });
          expect(stderr).toContain(NO_ENGINE);
        }
        writeFileSync(file, whole);
        expect(await fast.status(t.id)).toBe(state);
      },
      { needs, timeout },
    );

  for (const [command, state] of programs)
    scenario(
      `and sealed again, no call is made that the original has not: ${command}`,
      async (t) => {
        await states[state]!(t, t.id);
        const fast = withoutEngine(t);
        const file = fileOf(t, t.id, `${command}.program`);
        const whole = readFileSync(file);
        const random = seededRandom(SEED);
        const numbers = callsOf(whole);
        const ofProgram = Object.entries(SYSCALLS[ARCHITECTURE]).flatMap(([name, it]) =>
          numbers.has(it) ? [name] : [],
        );
        const known = [...LAUNCHER, ...ofProgram];
        const trace = join(t.folder, "trace");
        const words = NOT_MADE.flatMap((call) => ["--inject", `${call}:retval=0`]);
        const argv = ["strace", "-f", "-o", trace, ...words, ...fast.argv([command, t.id])];
        for (let round = 0; round < ROUNDS / 4; round++) {
          const bytes = round === 0 ? whole : resealed(mutated(whole, random));
          writeFileSync(file, bytes);
          const { timedOut } = await runCommand(argv, { timeout: 10_000 });
          const text = readFileSync(trace, "utf8");
          const calls = new Set([...text.matchAll(/^\d+ +(\w+)\(/gm)].map(([, call = ""]) => call));
          const others = [...calls].filter((call) => !known.includes(call));
          expect({ round, others, timedOut, text }).toEqual({ round, others: [], timedOut: false, text });
          expect(text).not.toMatch(/^\d+ +(--- SIG|\+\+\+ killed)/m);
        }
        writeFileSync(file, whole);
        expect(await t.runtime.status(t.id)).toBe(state);
      },
      { needs: [...needs, "tool:strace"], timeout },
    );
});
