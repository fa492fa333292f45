/**
 * The commands that are played from a container's directory: without an engine, with the same results as with one, by one
 * winner of a race, and never from a file that cannot be trusted.
 */

import { describe, expect } from "bun:test";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setCgroup } from "../harness/base_configs.ts";
import { cleanEnvironment, type Result, succeeded } from "../harness/command.ts";
import { chooseRuntime, Runtime } from "../harness/runtime.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const needs = ["runtime:tsrun"] as const;
const withEngine = { env: { ...cleanEnvironment, TSRUN_FAST: "0" } };
const withPrograms = { env: { ...cleanEnvironment, TSRUN_FAST: "1" } };
const NO_ENGINE = "cannot start the engine";

/** A tsrun without its engine, and the state root of the other. */
function withoutEngine(t: Scenario): Runtime {
  mkdirSync(join(t.folder, "bin"));
  const path = join(t.folder, "bin/tsrun");
  copyFileSync(t.runtime.path, path);
  return new Runtime(t.folder, chooseRuntime(path));
}

const sleeping = (t: Scenario, id = t.id) =>
  t.bundle((config) => {
    config.process.args = ["sleep", "1000"];
    setCgroup(config, id);
  });

/** Bring a container into a state. */
const states: Readonly<Record<string, (runtime: Runtime, id: string, bundle: string) => Promise<void>>> = {
  missing: async () => {},
  created: async (runtime, id, bundle) => {
    succeeded(await runtime.create(id, bundle));
  },
  running: async (runtime, id, bundle) => {
    succeeded(await runtime.run(id, bundle, { flags: ["--detach"] }));
  },
  paused: async (runtime, id, bundle) => {
    await states.running!(runtime, id, bundle);
    succeeded(await runtime.command(["pause", id]));
  },
  stopped: async (runtime, id, bundle) => {
    await states.running!(runtime, id, bundle);
    succeeded(await runtime.kill(id, "KILL"));
    await runtime.waitFor(id, "stopped");
  },
};

const commands: Readonly<Record<string, (id: string, log: string) => string[]>> = {
  state: (id) => ["state", id],
  "state, logged": (id, log) => ["--log", log, "--log-format=json", "state", id],
  start: (id) => ["start", id],
  "start, logged": (id, log) => [`-log=${log}`, "-log-format", "json", "start", id],
  kill: (id) => ["kill", id],
  "kill by name": (id) => ["kill", id, "SIGWINCH"],
  "kill by number": (id) => ["kill", id, "28"],
  "kill by real-time signal": (id) => ["kill", id, "RTMIN+1"],
  "kill for good": (id) => ["kill", id, "9"],
  "kill with an unknown signal": (id) => ["kill", id, "65"],
  "kill all": (id) => ["kill", "--all", id, "WINCH"],
  delete: (id) => ["delete", id],
  "delete by force": (id) => ["delete", "--force", id],
  "two ids": (id) => ["state", id, id],
  "an unknown option": (id) => ["start", "--unknown", id],
  "a wrong id": (id) => ["state", `${id}/../${id}`],
};

describe("with and without the engine", () => {
  for (const [state, bring] of Object.entries(states))
    for (const [name, words] of Object.entries(commands))
      scenario(
        `${name}, ${state}`,
        async (t) => {
          const seen: unknown[] = [];
          for (const options of [withEngine, withPrograms]) {
            const id = t.newId();
            const log = join(t.folder, `log-${id}`);
            await bring(t.runtime, id, (await sleeping(t, id)).path);
            const pid = state === "missing" ? undefined : (await t.runtime.state(id)).pid;
            const result = await t.runtime.command(words(id, log), options);
            if (name === "kill for good" && result.status === 0) await t.runtime.waitFor(id, "stopped");
            const after = await t.runtime.command(["state", id], withEngine);
            const logged = name.includes("logged") ? readFileSync(log, "utf8") : "";
            seen.push(
              [result, after].map((it) => comparable(t, it, id, pid)),
              comparable(t, { stdout: logged }, id, pid),
            );
          }
          expect(seen[2]).toEqual(seen[0]);
          expect(seen[3]).toEqual(seen[1]);
        },
        { needs },
      );
});

/** What a command did, without what differs between two containers. */
function comparable(t: Scenario, result: Partial<Result>, id: string, pid: number | undefined): unknown {
  const told = JSON.stringify([result.status, result.stdout, result.stderr]);
  return told
    .replaceAll(t.folder, "FOLDER") // it begins as the ids do
    .replaceAll(id, "ID")
    .replaceAll(new RegExp(`\\b${pid || "none"}\\b`, "g"), "PID")
    .replaceAll(/bundle-\d+/g, "BUNDLE")
    .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)/g, "TIME");
}

describe("without an engine", () => {
  scenario(
    "a whole life",
    async (t) => {
      const { path } = await sleeping(t);
      succeeded(await t.runtime.create(t.id, path));
      const fast = withoutEngine(t);
      expect(await fast.status(t.id)).toBe("created");
      succeeded(await fast.start(t.id));
      expect(await fast.status(t.id)).toBe("running");
      succeeded(await fast.kill(t.id, "SIGKILL"));
      await fast.waitFor(t.id, "stopped");
      succeeded(await fast.delete(t.id));
      expect((await fast.command(["state", t.id])).stderr).toContain(NO_ENGINE);
      await t.expectNothingLeft();
    },
    { needs },
  );

  scenario(
    "a process that has been replaced by another of the same id is not signalled",
    async (t) => {
      // The id of a process that lives, with another start time: the container's own has ended long ago.
      const pid = await t.startSleeping();
      const file = join(t.runtime.root, t.id, "state.json");
      const fast = withoutEngine(t);
      const other = t.newId();
      const bundle = await sleeping(t, other);
      succeeded(await t.runtime.run(other, bundle.path, { flags: ["--detach"] }));
      const { startTime } = JSON.parse(readFileSync(file, "utf8")) as { startTime: number };
      expect(startTime).toBeGreaterThan(0);
      process.kill(pid, "SIGKILL");
      await t.runtime.waitFor(t.id, "stopped");
      const result = await fast.kill(t.id, "WINCH");
      expect(result.stderr).toContain(NO_ENGINE);
    },
    { needs },
  );
});

describe("a program is not played", () => {
  const spoil: Readonly<Record<string, (file: string) => void>> = {
    "that others may write": (file) => chmodSync(file, 0o622),
    "of another user": (file) => chownSync(file, 1000, 1000),
    "in a directory that others may write": (file) => chmodSync(join(file, ".."), 0o777),
    "in another user's directory": (file) => chownSync(join(file, ".."), 1000, 1000),
    "that is a link": (file) => {
      renameSync(file, `${file}.new`);
      symlinkSync(`${file}.new`, file);
    },
    "that is cut": (file) => writeFileSync(file, readFileSync(file).subarray(0, -4)),
    "that is longer": (file) => writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(4)])),
    "that is empty": (file) => writeFileSync(file, ""),
    "of another build": (file) => {
      const bytes = readFileSync(file);
      bytes.writeUInt32LE((bytes.readUInt32LE(36) + 1) >>> 0, 36);
      writeFileSync(file, bytes);
    },
  };
  for (const [name, change] of Object.entries(spoil))
    scenario(
      name,
      async (t) => {
        await t.startSleeping();
        const fast = withoutEngine(t);
        expect(await fast.status(t.id)).toBe("running");
        change(join(t.runtime.root, t.id, "state.program"));
        const refused = await fast.command(["state", t.id]);
        expect([refused.status, refused.stdout]).toEqual([1, ""]);
        expect(refused.stderr).toContain(NO_ENGINE);
        expect(await t.runtime.status(t.id)).toBe("running");
      },
      { needs },
    );

  scenario(
    "that has been changed anywhere",
    async (t) => {
      await t.startSleeping();
      const fast = withoutEngine(t);
      const file = join(t.runtime.root, t.id, "state.program");
      const whole = readFileSync(file);
      // A generator of one's own, so that a failure can be repeated.
      let seed = 20261124;
      const random = (below: number): number => {
        seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
        return Math.floor((seed / 2 ** 32) * below);
      };
      for (let round = 0; round < 500; round++) {
        const bytes = Buffer.from(whole);
        for (let changes = 1 + random(4); changes > 0; changes--) {
          const at = random(bytes.length);
          const bit = 1 << random(8);
          bytes.writeUInt8(bytes.readUInt8(at) ^ bit, at);
        }
        if (bytes.equals(whole)) continue;
        writeFileSync(file, bytes);
        const result = await fast.command(["state", t.id]);
        expect({ round, status: result.status, stdout: result.stdout }).toEqual({ round, status: 1, stdout: "" });
      }
      writeFileSync(file, whole);
      expect(await fast.status(t.id)).toBe("running");
    },
    { needs, timeout: 120_000 },
  );
});

describe("races have one winner", () => {
  const ROUNDS = 50;
  const ways = [withPrograms, withEngine, withPrograms];

  async function race(t: Scenario, state: string, words: (id: string) => string[][]): Promise<Result[][]> {
    const rounds: Result[][] = [];
    for (let round = 0; round < ROUNDS; round++) {
      const id = t.newId();
      await states[state]!(t.runtime, id, (await sleeping(t, id)).path);
      const racing = words(id).flatMap((it) => ways.map((options) => t.runtime.command(it, options)));
      rounds.push(await Promise.all(racing));
      succeeded(await t.runtime.delete(id, "--force"));
    }
    return rounds;
  }
  const winners = (results: Result[]): number => results.filter(({ status }) => status === 0).length;

  scenario(
    "of starts",
    async (t) => {
      for (const results of await race(t, "created", (id) => [["start", id]])) {
        expect(winners(results)).toBe(1);
        for (const { status, stderr } of results)
          if (status !== 0) expect(stderr).toContain("cannot start an already running container");
      }
    },
    { needs, timeout: 200_000 },
  );

  scenario(
    "of deletions",
    async (t) => {
      for (const results of await race(t, "stopped", (id) => [["delete", id]])) {
        expect(winners(results)).toBe(1);
        for (const { status, stderr } of results)
          if (status !== 0) expect(stderr).toContain("container does not exist");
      }
    },
    { needs, timeout: 200_000 },
  );

  scenario(
    "of starts and deletions by force",
    async (t) => {
      await race(t, "created", (id) => [
        ["start", id],
        ["delete", "--force", id],
      ]);
    },
    { needs, timeout: 200_000 },
  );

  scenario(
    "of kills and deletions",
    async (t) => {
      for (const results of await race(t, "running", (id) => [
        ["kill", id, "KILL"],
        ["delete", id],
      ])) {
        expect(winners(results.slice(3))).toBeLessThanOrEqual(1);
      }
    },
    { needs, timeout: 200_000 },
  );
});
