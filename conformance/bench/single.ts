/** What each command costs on a machine without other containers. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dockerConfig, makeBundle, smallestConfig, withoutSeccomp } from "./bundles.ts";
import { type Cost, isRunning, proportionalMemory, timed } from "./measure.ts";
import { Measurements } from "./measurements.ts";
import type { Contestant, Place } from "./place.ts";

const WARM_UP = 2;
/** The kernel kills within milliseconds; a runtime that does not kill must not keep us waiting. */
const KILL_LIMIT = 5_000;

/** The commands of {@link measureLife}, in the order of a container's life. */
export const LIFE = ["create", "start", "state", "exec", "kill", "delete"] as const;

/** Those that only a running container has, besides `state` and `exec`. */
const RUNNING: Readonly<Record<string, readonly string[]>> = {
  ps: ["ps", "ID"],
  "events --stats": ["events", "--stats", "ID"],
  update: ["update", "--pids-limit", "100", "ID"],
  pause: ["pause", "ID"],
  resume: ["resume", "ID"],
  list: ["list"],
  features: ["features"],
};

/** @param rounds how often everything is measured, in turns */
export async function measureSingle(place: Place, rounds: number): Promise<Measurements> {
  const measurements = new Measurements();
  const bundle = (name: string, config: Parameters<typeof makeBundle>[1], ...args: string[]): string =>
    makeBundle(join(place.folder, name), config, args, `${place.token}-${name}`);
  const docker = bundle("docker", dockerConfig(), "/bin/true");
  const runs = {
    "run, smallest config": bundle("smallest", smallestConfig(), "/bin/true"),
    "run, Docker's config without seccomp": bundle("plain", withoutSeccomp(dockerConfig()), "/bin/true"),
    "run, Docker's config": docker,
  };
  const sleeping = bundle("sleeping", dockerConfig(), "/bin/sleep", "1000");
  for (let round = -WARM_UP; round < rounds; round++) {
    measurements.warmingUp = round < 0;
    for (const one of inTurn(place.contestants, round)) {
      for (const [what, path] of Object.entries(runs)) await measureRun(place, measurements, one, what, path);
      const fresh = place.fresh(one, "fresh");
      await measureRun(place, measurements, fresh, "run, Docker's config, the first in its state root", docker);
      place.forget(fresh);
      await measureLife(place, measurements, one, sleeping, { everything: true });
    }
  }
  measurements.warmingUp = false;
  for (const one of place.contestants) await measureWaiting(place, measurements, one, sleeping);
  for (const one of place.contestants) await measureSmallestLimit(place, measurements, one);
  return measurements;
}

/** So that nobody is always the first. */
export function inTurn<T>(list: readonly T[], round: number): T[] {
  return list.map((_, i) => list[(i + Math.abs(round)) % list.length]!);
}

/** Carry out a command that nobody measures, and whose failure does not matter. */
function call({ command }: Contestant, ...words: string[]): void {
  Bun.spawnSync([...command, ...words], { stdio: ["ignore", "ignore", "ignore"], timeout: 20_000 });
}

export async function measureRun(
  place: Place,
  measurements: Measurements,
  one: Contestant,
  what: string,
  bundle: string,
): Promise<void> {
  const id = `${place.token}-run`;
  const argv = [...one.command, "run", "--bundle", bundle, id];
  const cost = measurements.attempt(what, one.name, () => timed(argv));
  if (cost === undefined) call(one, "delete", "--force", id);
  await place.checkpoint();
}

/** Measure the commands of one container's life. */
export async function measureLife(
  place: Place,
  measurements: Measurements,
  one: Contestant,
  bundle: string,
  { everything }: { everything: boolean },
): Promise<void> {
  const id = `${place.token}-life`;
  const pidFile = join(place.folder, `${one.name}.pid`);
  const measure = async (what: string, words: readonly string[], terminal = false): Promise<Cost | undefined> => {
    const argv = [...one.command, ...words.map((word) => (word === "ID" ? id : word))];
    const cost = measurements.attempt(what, one.name, () => timed(argv, { terminal }));
    await place.checkpoint();
    return cost;
  };
  try {
    const created = await measure("create", ["create", "--bundle", bundle, "--pid-file", pidFile, "ID"]);
    if (created === undefined) return;
    const pid = Number(readFileSync(pidFile, "utf8"));
    measurements.noteSize("PSS of a created container's process", one.name, proportionalMemory(pid));
    const started = await measure("start", ["start", "ID"]);
    await measure("state", ["state", "ID"]);
    await measure("exec", ["exec", "ID", "/bin/true"]);
    if (everything) {
      await measure("exec -t", ["exec", "-t", "ID", "/bin/true"], true);
      for (const [what, words] of Object.entries(RUNNING)) await measure(what, words);
    }
    await measure("kill", ["kill", "ID", "KILL"]);
    const deadline = performance.now() + KILL_LIMIT;
    while (isRunning(pid) && performance.now() < deadline) await Bun.sleep(2);
    const deleted = await measure("delete", ["delete", "ID"]);
    if (started === undefined || deleted === undefined) return;
    const sum = (metric: "wall" | "cpu"): number => created[metric] + started[metric] + deleted[metric];
    const memory = Math.max(created.memory, started.memory, deleted.memory);
    if (everything)
      measurements.note("create + start + delete", one.name, { wall: sum("wall"), cpu: sum("cpu"), memory });
  } finally {
    call(one, "delete", "--force", id);
  }
}

/** The memory of what waits in the foreground while a container runs. */
async function measureWaiting(
  place: Place,
  measurements: Measurements,
  one: Contestant,
  bundle: string,
): Promise<void> {
  const id = `${place.token}-waiting`;
  const child = Bun.spawn([...one.command, "run", "--bundle", bundle, id], { stdio: ["ignore", "ignore", "ignore"] });
  try {
    const deadline = performance.now() + KILL_LIMIT;
    while (performance.now() < deadline) {
      const { stdout } = Bun.spawnSync([...one.command, "state", id], { stdio: ["ignore", "pipe", "ignore"] });
      if (stdout.includes('"running"')) break;
      await Bun.sleep(20);
    }
    // Until it has become what waits.
    await Bun.sleep(100);
    measurements.noteSize("PSS of run while its container runs", one.name, proportionalMemory(child.pid));
  } catch {
    // it has ended already
  } finally {
    call(one, "delete", "--force", id);
    child.kill("SIGKILL");
    await child.exited;
  }
  await place.checkpoint();
}

/** The smallest memory limit, of a few, under which /bin/true runs. */
async function measureSmallestLimit(place: Place, measurements: Measurements, one: Contestant): Promise<void> {
  for (const limit of [256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384]) {
    const config = smallestConfig();
    config.linux.resources = { memory: { limit: limit * 1024 } };
    const name = `limit-${one.name}-${limit}`;
    const bundle = makeBundle(join(place.folder, name), config, ["/bin/true"], `${place.token}-${name}`);
    const id = `${place.token}-${name}`;
    try {
      timed([...one.command, "run", "--bundle", bundle, id]);
      measurements.noteSize("smallest memory limit under which /bin/true runs", one.name, limit);
      return;
    } catch {
      call(one, "delete", "--force", id);
    }
    await place.checkpoint();
  }
}
