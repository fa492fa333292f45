/**
 * Commands on the same container at the same moment, by life cycle programs and by the engine in turn: one wins, the
 * others say clearly why they did not, and nothing stays behind. TSRUN_RACE_ROUNDS says how often each race is run.
 */

import { describe, expect } from "bun:test";
import { existsSync } from "node:fs";
import { type Result, succeeded } from "../harness/command.ts";
import { isAlive } from "../harness/leftovers.ts";
import { fileOf, until, withEngine, withPrograms } from "../harness/life_cycle.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const ROUNDS = Number(process.env.TSRUN_RACE_ROUNDS ?? 40);
const timeout = 100_000 + ROUNDS * 2_000;
const needs = ["runtime:tsrun"] as const;

const NOT_THERE = "container does not exist";
const NOT_RUNNING = "container not running";
const STARTED = "cannot start an already running container";
const STOPPED = "cannot start a container that has stopped";
const STILL_RUNS = /cannot delete container \S+ that is not stopped: (running|created)/;

interface Race {
  /** What the container is when it begins. */
  readonly state: "created" | "running" | "stopped";
  /** The words of the commands without the id. */
  readonly commands: readonly (readonly string[])[];
  /** What losers say, by command. */
  readonly losers: Readonly<Record<string, readonly (string | RegExp)[]>>;
  /** Of the commands of this name so many succeed. */
  readonly winners?: Readonly<Record<string, number>>;
}

const races: Readonly<Record<string, Race>> = {
  "two starts": {
    state: "created",
    commands: [["start"], ["start"], ["start"]],
    losers: { start: [STARTED] },
    winners: { start: 1 },
  },
  "start and delete by force": {
    state: "created",
    commands: [["start"], ["delete", "--force"], ["start"], ["delete", "--force"]],
    losers: { start: [STARTED, STOPPED, NOT_THERE], delete: [] },
    winners: { delete: 2 },
  },
  "start and delete": {
    state: "created",
    commands: [["start"], ["delete"], ["delete"]],
    losers: { start: [STOPPED, NOT_THERE], delete: [STILL_RUNS, NOT_THERE] },
  },
  "start and kill": {
    state: "created",
    commands: [["start"], ["kill", "KILL"], ["kill", "KILL"]],
    losers: { start: [STOPPED], kill: [NOT_RUNNING] },
  },
  "kill and delete": {
    state: "running",
    commands: [["kill", "KILL"], ["delete"], ["kill", "KILL"], ["delete"]],
    losers: { kill: [NOT_RUNNING, NOT_THERE], delete: [STILL_RUNS, NOT_THERE] },
  },
  "two deletions": {
    state: "stopped",
    commands: [["delete"], ["delete"], ["delete"]],
    losers: { delete: [NOT_THERE] },
    winners: { delete: 1 },
  },
  "two deletions by force": {
    state: "running",
    commands: [
      ["delete", "--force"],
      ["delete", "--force"],
      ["delete", "--force"],
    ],
    losers: { delete: [] },
    winners: { delete: 3 },
  },
  "state and delete": {
    state: "stopped",
    commands: [["state"], ["delete"], ["state"], ["state"]],
    losers: { state: [NOT_THERE], delete: [] },
    winners: { delete: 1 },
  },
};

describe("one wins a race of", () => {
  for (const [name, race] of Object.entries(races))
    scenario(
      name,
      async (t) => {
        const { path } = await t.bundle((config) => {
          config.process.args = ["sleep", "1000"];
          delete config.linux.cgroupsPath;
        });
        for (let round = 0; round < ROUNDS; round++) {
          const pid = await bring(t, path, race.state);
          // In every order, each by the one way and the other.
          const commands = race.commands.map((_, i) => race.commands[(i + round) % race.commands.length]!);
          const results = await Promise.all(
            commands.map(([command = "", ...rest], i) => {
              const words = command === "delete" ? [command, ...rest, t.id] : [command, t.id, ...rest];
              return t.runtime.command(words, ((round >> i) & 1) === 1 ? withEngine : withPrograms);
            }),
          );
          judge(race, round, commands, results);
          succeeded(await t.runtime.delete(t.id, "--force"));
          expect(existsSync(fileOf(t, t.id, "."))).toBe(false);
          expect(isAlive(pid)).toBe(false);
        }
      },
      { needs, timeout },
    );
});

/** @returns the id of the container's process */
async function bring(t: Scenario, bundle: string, state: Race["state"]): Promise<number> {
  succeeded(await t.runtime.create(t.id, bundle));
  const { pid = 0 } = await t.runtime.state(t.id);
  if (state !== "created") succeeded(await t.runtime.start(t.id));
  if (state === "stopped") {
    succeeded(await t.runtime.kill(t.id, "KILL"));
    await until(() => !isAlive(pid), "the process had ended");
  }
  return pid;
}

function judge(race: Race, round: number, commands: Race["commands"], results: readonly Result[]): void {
  const winners: Record<string, number> = {};
  for (const [i, { status, stderr }] of results.entries()) {
    const name = commands[i]![0]!;
    if (status === 0) {
      winners[name] = (winners[name] ?? 0) + 1;
      expect(stderr).toBe("");
      continue;
    }
    const clear = race.losers[name]!.some((text) =>
      typeof text === "string" ? stderr.includes(text) : text.test(stderr),
    );
    expect({ round, name, status, clear, stderr }).toEqual({ round, name, status: 1, clear: true, stderr });
  }
  for (const [name, count] of Object.entries(race.winners ?? {})) {
    expect({ round, name, winners: winners[name] ?? 0 }).toEqual({ round, name, winners: count });
  }
}
