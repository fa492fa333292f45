/** The commands that are played from a container's directory: without an engine, with the same results as with one. */

import { describe, expect } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, succeeded } from "../harness/command.ts";
import { cgroupV1Hierarchies } from "../harness/facilities.ts";
import { isAlive } from "../harness/leftovers.ts";
import {
  deletedByProgram,
  fileOf,
  NO_ENGINE,
  sleeping,
  states,
  statesOfRoot,
  withEngine,
  withoutEngine,
  withPrograms,
} from "../harness/life_cycle.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const needs = ["runtime:tsrun"] as const;

const commands: Readonly<Record<string, (id: string, log: string) => string[]>> = {
  state: (id) => ["state", id],
  start: (id) => ["start", id],
  kill: (id) => ["kill", id],
  "kill for good": (id) => ["kill", id, "9"],
  delete: (id) => ["delete", id],
  "delete by force": (id) => ["delete", "--force", id],
  "state, logged": (id, log) => ["--log", log, "--log-format=json", "state", id],
  "start, logged": (id, log) => [`-log=${log}`, "-log-format", "json", "start", id],
  "kill by name": (id) => ["kill", id, "SIGWINCH"],
  "kill by number": (id) => ["kill", id, "28"],
  "kill by no signal": (id) => ["kill", id, "0"],
  "kill by real-time signal": (id) => ["kill", id, "RTMIN+1"],
  "kill with an unknown signal": (id) => ["kill", id, "65"],
  "kill all": (id) => ["kill", "--all", id, "WINCH"],
  "two ids": (id) => ["state", id, id],
  "an unknown option": (id) => ["start", "--unknown", id],
  "a wrong id": (id) => ["state", `${id}/../${id}`],
};
/** What is tried in every state; all of it in the first few. */
const ESSENTIAL = 7;
const plainStates = ["missing", "created", "running", "paused", "stopped"];

describe("with and without the engine", () => {
  for (const [state, bring] of Object.entries(states))
    for (const [i, [name, words]] of Object.entries(commands).entries()) {
      if (i >= ESSENTIAL && !plainStates.includes(state)) continue;
      scenario(
        `${name}, ${state}`,
        async (t) => {
          const seen: unknown[] = [];
          for (const options of [withEngine, withPrograms]) {
            const id = t.newId();
            const log = join(t.folder, `log-${id}`);
            await bring(t, id);
            const pid = pidOf(t, id);
            const wasAlive = pid !== undefined && isAlive(pid);
            const result = await t.runtime.command(words(id, log), options);
            if (wasAlive && result.status === 0 && /kill for good|force/.test(name)) await gone(pid);
            const after = await t.runtime.command(["state", id], withEngine);
            const logged = name.includes("logged") ? readFileSync(log, "utf8") : "";
            seen.push({
              told: [result, after].map((it) => comparable(t, it, id, pid)),
              logged: comparable(t, { stdout: logged }, id, pid),
              left: traces(t, id, pid),
            });
          }
          expect(seen[1]).toEqual(seen[0]);
        },
        { needs: statesOfRoot.includes(state) ? [...needs, "root"] : needs },
      );
    }
});

/** The first process's id, from the state that was kept. */
function pidOf(t: Scenario, id: string): number | undefined {
  const file = fileOf(t, id, "state.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as { pid: number }).pid : undefined;
}

/** Wait a moment for the process to end; one that has only taken its id does not. */
async function gone(pid: number): Promise<void> {
  for (let i = 0; i < 50 && isAlive(pid); i++) await Bun.sleep(10);
}

/** What a command left on the machine: the files of the container, its cgroups, and whether the process lives. */
function traces(t: Scenario, id: string, pid: number | undefined): unknown {
  const directory = fileOf(t, id, ".");
  const cgroups = [...cgroupV1Hierarchies().values(), "/sys/fs/cgroup"].filter((path) => existsSync(join(path, id)));
  return {
    files: existsSync(directory) ? readdirSync(directory).sort() : undefined,
    cgroups: cgroups.length,
    alive: pid !== undefined && pid > 0 && isAlive(pid),
  };
}

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
      succeeded(await (deletedByProgram ? fast : t.runtime).delete(t.id));
      expect((await fast.command(["state", t.id])).stderr).toContain(NO_ENGINE);
      await t.expectNothingLeft();
    },
    { needs },
  );

  scenario(
    "a process that has taken the id of the container's is not signalled",
    async (t) => {
      const id = t.newId();
      await states["with its process's id taken by another"]!(t, id);
      const pid = pidOf(t, id) ?? 0;
      const fast = withoutEngine(t);
      for (const signal of ["TERM", "KILL"]) expect((await fast.kill(id, signal)).stderr).toContain(NO_ENGINE);
      expect(await fast.status(id)).toBe("stopped");
      succeeded(await (deletedByProgram ? fast : t.runtime).delete(id));
      expect(isAlive(pid)).toBe(true);
    },
    { needs: [...needs, "root"] },
  );

  scenario(
    "a broken state.json, which the programs do not read: the engine refuses, and deletes by force",
    async (t) => {
      for (const force of deletedByProgram ? [false, true] : [true]) {
        const id = t.newId();
        await states.stopped!(t, id);
        writeFileSync(fileOf(t, id, "state.json"), "{");
        expect((await t.runtime.command(["state", id], withEngine)).stderr).toContain("cannot be read");
        expect((await t.runtime.command(["delete", id], withEngine)).status).toBe(1);
        const fast = withoutEngine(t);
        expect(await fast.status(id)).toBe("stopped");
        succeeded(await (force ? t.runtime.command(["delete", "--force", id], withPrograms) : fast.delete(id)));
        expect(traces(t, id, undefined)).toEqual({ files: undefined, cgroups: 0, alive: false });
      }
    },
    { needs },
  );
});
