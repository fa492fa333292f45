/** How the costs grow with containers that are there already, and with mounts; and many containers created at once. */

import { join } from "node:path";
import { dockerConfig, makeBundle, withMounts, withoutSeccomp } from "./bundles.ts";
import { proportionalMemory, timed, timedAtOnce } from "./measure.ts";
import { type CostSummary, Measurements, type Table } from "./measurements.ts";
import type { Contestant, Place } from "./place.ts";
import { inTurn, measureLife, measureRun } from "./single.ts";

/** The costs at each of some sizes. */
export interface Scale {
  readonly levels: readonly number[];
  /** In the order of the levels. */
  readonly tables: readonly Table<CostSummary>[];
  readonly failures: Measurements["failures"];
}

function scaleOf(levels: readonly number[], measurements: readonly Measurements[]): Scale {
  return {
    levels,
    tables: measurements.map(({ costs }) => costs),
    failures: measurements.flatMap(({ failures }) => failures),
  };
}

/** How many commands run at once where nothing is measured. */
const AT_ONCE = 4;

async function forEach<T>(items: readonly T[], work: (item: T) => Promise<unknown>): Promise<void> {
  const left = [...items];
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function quiet(argv: readonly string[]): Promise<void> {
  await Bun.spawn([...argv], { stdio: ["ignore", "ignore", "ignore"] }).exited;
}

/**
 * Each command with so many running containers of the same runtime beside it. They are brought up one runtime after the
 * other, since all at once would slow each other down.
 */
export async function measureContainers(place: Place, levels: readonly number[], rounds: number): Promise<Scale> {
  const measurements = levels.map(() => new Measurements());
  const bundle = makeBundle(join(place.folder, "beside"), withoutSeccomp(dockerConfig()), ["/bin/sleep", "100000"]);
  const measured = makeBundle(join(place.folder, "measured"), withoutSeccomp(dockerConfig()), ["/bin/sleep", "1000"]);
  const running = makeBundle(join(place.folder, "run-beside"), withoutSeccomp(dockerConfig()), ["/bin/true"]);
  for (const one of place.contestants) {
    const ids: string[] = [];
    try {
      for (const [i, level] of levels.entries()) {
        const more = Array.from({ length: level - ids.length }, (_, k) => `${place.token}-beside-${ids.length + k}`);
        ids.push(...more);
        await forEach(more, async (id) => {
          await place.checkpoint();
          await quiet([...one.command, "run", "--detach", "--bundle", bundle, id]);
        });
        for (let round = -1; round < rounds; round++) {
          const into = measurements[i]!;
          into.warmingUp = round < 0;
          await measureLife(place, into, one, measured, { everything: false });
          await measureRun(place, into, one, "run", running);
          into.attempt("list", one.name, () => timed([...one.command, "list"]));
        }
      }
    } finally {
      await forEach(ids, (id) => quiet([...one.command, "delete", "--force", id]));
    }
  }
  return scaleOf(levels, measurements);
}

/** Each command on a container with so many mounts. */
export async function measureMounts(place: Place, levels: readonly number[], rounds: number): Promise<Scale> {
  const measurements = levels.map(() => new Measurements());
  const bundles = levels.map((level) => {
    const config = withMounts(withoutSeccomp(dockerConfig()), level);
    const make = (name: string, ...args: string[]): string =>
      makeBundle(join(place.folder, `${name}-${level}`), config, args, `${place.token}-${name}-${level}`);
    return { sleeping: make("mounts", "/bin/sleep", "1000"), ending: make("mounts-run", "/bin/true") };
  });
  for (let round = -1; round < rounds; round++)
    for (const [i, { sleeping, ending }] of bundles.entries()) {
      const into = measurements[i]!;
      into.warmingUp = round < 0;
      for (const one of inTurn(place.contestants, round)) {
        await measureLife(place, into, one, sleeping, { everything: false });
        await measureRun(place, into, one, "run", ending);
      }
    }
  return scaleOf(levels, measurements);
}

/** So many containers created at once: the time from the first to the last and the processor time, both divided by how many. */
export async function measureCrowd(place: Place, count: number, rounds: number): Promise<Measurements> {
  const measurements = new Measurements();
  const bundle = makeBundle(join(place.folder, "crowd"), withoutSeccomp(dockerConfig()), ["/bin/true"]);
  for (let round = 0; round < rounds; round++)
    for (const one of inTurn(place.contestants, round)) {
      await createAtOnce(place, measurements, one, bundle, count);
      await place.checkpoint();
    }
  return measurements;
}

async function createAtOnce(
  place: Place,
  measurements: Measurements,
  one: Contestant,
  bundle: string,
  count: number,
): Promise<void> {
  const what = `create, each of ${count} at once`;
  const ids = Array.from({ length: count }, (_, i) => `${place.token}-crowd-${i}`);
  const pidFile = (id: string): string => join(place.folder, `${id}.pid`);
  try {
    const started = performance.now();
    const outcomes = await Promise.allSettled(
      ids.map((id) => timedAtOnce([...one.command, "create", "--bundle", bundle, "--pid-file", pidFile(id), id])),
    );
    const wall = performance.now() - started;
    const failed = outcomes.find((outcome) => outcome.status === "rejected");
    const costs = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
    measurements.attempt(what, one.name, () => {
      if (failed !== undefined) throw failed.reason;
      const cpu = costs.reduce((sum, cost) => sum + cost.cpu, 0);
      return { wall: wall / count, cpu: cpu / count, memory: Math.max(...costs.map(({ memory }) => memory)) };
    });
    if (failed !== undefined) return;
    const pids = await Promise.all(ids.map(async (id) => Number(await Bun.file(pidFile(id)).text())));
    const memory = pids.reduce((sum, pid) => sum + proportionalMemory(pid), 0);
    measurements.noteSize(`PSS of ${count} created containers' processes`, one.name, memory);
  } finally {
    await forEach(ids, (id) => quiet([...one.command, "delete", "--force", id]));
  }
}
