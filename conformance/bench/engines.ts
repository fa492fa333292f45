/**
 * What `make bench-engines` calls: engines end to end, with tsrun and with runc, taking turns.
 *
 *   bun conformance/bench/engines.ts [--rounds N]
 */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { Containerd, image as containerdImage } from "../engines/containerd.ts";
import { Docker, image as dockerImage } from "../engines/docker.ts";
import { removeEmptyCgroups } from "../engines/engine_suite.ts";
import { Podman, image as podmanImage } from "../engines/podman.ts";
import { runCommand, succeeded } from "../harness/command.ts";
import { findProgram, repository } from "../harness/paths.ts";
import { Scenario } from "../harness/scenario.ts";
import { INTERRUPTED_STATUS, Interrupted, Interruption } from "./interruption.ts";
import { timed } from "./measure.ts";
import { formatTable, summarize } from "./summary.ts";

const WARM_UP = 2;

interface Contestant {
  readonly name: string;
  readonly path: string;
}

/** The command lines of one engine; each is measured once a round for each contestant. */
interface Measured {
  readonly engine: string;
  /** What stands in the table, to the words of the command. */
  commands(contestant: Contestant): Readonly<Record<string, readonly string[]>>;
  stop(): Promise<void>;
}

async function docker(t: Scenario, who: readonly Contestant[]): Promise<Measured> {
  const engine = await Docker.start(t.folder, t.id, t.runtime.path);
  const runtimes = who.map(({ name, path }) => [`${name}-measured`, { path }]);
  engine.configure({ runtimes: { tsrun: { path: t.runtime.path }, ...Object.fromEntries(runtimes) } });
  await engine.restart();
  const runtime = (name: string): string => `--runtime=${name}-measured`;
  for (const { name } of who) await engine.detached(`sleeping-${name}`, [runtime(name)], ["sleep", "100000"]);
  return {
    engine: "Docker",
    commands: ({ name }) => ({
      "docker run --rm": engine.argv(["run", "--rm", "--network=none", runtime(name), dockerImage, "true"]),
      "docker exec": engine.argv(["exec", `sleeping-${name}`, "true"]),
    }),
    stop: async () => {
      await engine.reset();
      await engine.stop();
    },
  };
}

async function containerd(t: Scenario, who: readonly Contestant[]): Promise<Measured> {
  const engine = await Containerd.start(t.folder, t.runtime.path, { namespace: t.id });
  const run = ({ path }: Contestant, flag: string, id: string, ...command: string[]): string[] =>
    engine.argv(["run", flag, "--runc-binary", path, ...engine.folders, containerdImage, id, ...command]);
  for (const one of who) succeeded(await runCommand(run(one, "--detach", `sleeping-${one.name}`, "sleep", "100000")));
  let count = 0;
  return {
    engine: "containerd",
    commands: (one) => {
      const id = `measured-${count++}`;
      return {
        "ctr run --rm": run(one, "--rm", id, "true"),
        "ctr task exec": engine.argv([
          "task",
          "exec",
          "--exec-id",
          id,
          ...engine.fifos,
          `sleeping-${one.name}`,
          "true",
        ]),
      };
    },
    stop: async () => {
      await engine.reset();
      await engine.stop();
    },
  };
}

async function podman(t: Scenario): Promise<Measured> {
  const engine = await Podman.start(t.folder, t.id, t.runtime.path);
  return {
    engine: "Podman",
    commands: ({ path }) => ({
      "podman run --rm": engine.argv([`--runtime=${path}`, "run", ...engine.place(["--rm"]), podmanImage, "true"]),
    }),
    stop: async () => {
      await engine.reset();
      await engine.stop();
    },
  };
}

/** Rows of medians in milliseconds. A command that fails is told of, and has none. */
async function measure(
  measured: Measured,
  who: readonly Contestant[],
  rounds: number,
  interruption: Interruption,
): Promise<string[][]> {
  const times = new Map<string, Map<string, number[]>>();
  const failed = new Set<string>();
  for (let round = -WARM_UP; round < rounds; round++)
    for (const one of who)
      for (const [what, argv] of Object.entries(measured.commands(one))) {
        await interruption.checkpoint();
        const row = times.get(what) ?? new Map<string, number[]>();
        times.set(what, row);
        if (failed.has(`${one.name}: ${what}`)) continue;
        try {
          const { wall } = timed(argv);
          if (round >= 0) row.set(one.name, [...(row.get(one.name) ?? []), wall]);
        } catch (error) {
          await interruption.checkpoint();
          failed.add(`${one.name}: ${what}`);
          process.stderr.write(`${(error as Error).message}\n`);
        }
      }
  const [own, ...peers] = who.map(({ name }) => name);
  return [...times].map(([what, row]) => {
    const of = (name = "") => summarize(row.get(name) ?? []);
    const number = (value: number, digits: number): string => (Number.isNaN(value) ? "" : value.toFixed(digits));
    const cell = (name: string): string => {
      const { median, low, high } = of(name);
      return Number.isNaN(median) ? "failed" : `${median.toFixed(0)} (${low.toFixed(0)} – ${high.toFixed(0)})`;
    };
    const ratios = peers.map((peer) => number(of(own).median / of(peer).median, 2));
    return [what, ...who.map(({ name }) => cell(name)), ...ratios];
  });
}

/** Start one engine, measure it, and leave nothing of it. */
async function measureEngine(
  start: typeof docker,
  who: readonly Contestant[],
  rounds: number,
  interruption: Interruption,
): Promise<string[][]> {
  const t = new Scenario();
  let failed = true;
  try {
    const measured = await start(t, who);
    let rows: string[][];
    try {
      rows = await measure(measured, who, rounds, interruption);
    } finally {
      await measured.stop();
    }
    failed = false;
    return rows;
  } finally {
    removeEmptyCgroups(t.id);
    await t.end(failed);
  }
}

/** @returns the exit status */
async function main(): Promise<number> {
  const at = process.argv.indexOf("--rounds");
  const rounds = at < 0 ? 20 : Number(process.argv[at + 1]);
  const runc = findProgram("runc");
  const who: Contestant[] = [{ name: "tsrun", path: join(repository, "build/bin/tsrun") }];
  if (runc !== undefined) who.push({ name: "runc", path: runc });
  const rows: string[][] = [["", ...who.map(({ name }) => name), ...who.slice(1).map(({ name }) => `tsrun/${name}`)]];
  const interruption = new Interruption();
  let status = 0;
  for (const [program, start] of Object.entries({ dockerd: docker, ctr: containerd, podman })) {
    if (findProgram(program) === undefined) {
      process.stderr.write(`${program} is not installed: not measured\n`);
      continue;
    }
    try {
      rows.push(...(await measureEngine(start, who, rounds, interruption)));
    } catch (error) {
      if (error instanceof Interrupted) return INTERRUPTED_STATUS;
      process.stderr.write(`${program}: ${(error as Error).message}\n`);
      status = 1;
    }
  }
  process.stdout.write(`${rounds} rounds, wall time in milliseconds: median (middle half)\n\n${formatTable(rows)}\n`);
  return status;
}

if (!existsSync(join(repository, "build/bin/tsrun"))) throw new Error("make builds tsrun first");
process.exitCode = await main();
