/**
 * What `make bench` calls: tsrun beside runc and crun, as far as they are installed, on the same bundles, taking turns.
 *
 *   bun conformance/bench/bench.ts [--rounds N] [--out FOLDER] [--docs FOLDER]
 *
 * The results are printed, and written to FOLDER (build/bench) as text, JSON and pictures; --docs writes them into
 * performance.md there as well. With fewer than 20 rounds it is a quick look, with fewer containers beside.
 */

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProgram, repository } from "../harness/paths.ts";
import { documentResults, drawResults } from "./document.ts";
import { INTERRUPTED_STATUS, Interrupted } from "./interruption.ts";
import { Place } from "./place.ts";
import { joined, machine, type Results, resultsText, versionOf } from "./results.ts";
import { measureContainers, measureCrowd, measureMounts } from "./scale.ts";
import { measureSingle } from "./single.ts";
import { formatTable } from "./summary.ts";
import { setting, textTables } from "./tables.ts";

const ROUNDS = 40;
const FULL = 20;
const MOUNTS = [10, 200];

/**
 * crun refuses a hybrid cgroup layout: everything is measured where only the v1 hierarchies are to be seen then.
 *
 * @returns the exit status of that; undefined if it is not needed
 */
async function measuredInView(): Promise<number | undefined> {
  const hybrid = existsSync("/sys/fs/cgroup/unified/cgroup.procs");
  if (!hybrid || findProgram("crun") === undefined) return undefined;
  const view = mkdtempSync(join(tmpdir(), "tsrun-view-"));
  try {
    const script = join(repository, "conformance/harness/cgroup_v1_view.sh");
    const words = ["sh", script, view, process.execPath, ...process.argv.slice(1)];
    const child = Bun.spawn(words, { stdio: ["inherit", "inherit", "inherit"] });
    // Ctrl-C reaches both; whoever signals this process alone means the other.
    process.on("SIGINT", () => {});
    for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => child.kill(signal));
    return await child.exited;
  } finally {
    rmSync(view, { recursive: true, force: true });
  }
}

async function measureAll(place: Place, rounds: number): Promise<Results> {
  const started = performance.now();
  const full = rounds >= FULL;
  const say = (what: string): boolean => process.stderr.write(`bench: ${what}\n`);
  say(`${place.contestants.map(({ name }) => name).join(", ")}: ${rounds} rounds of every command`);
  const single = await measureSingle(place, rounds);
  const inner = Math.max(3, Math.round(rounds / 4));
  const levels = full ? [0, 100, 1000] : [0, 10, 50];
  say(`beside ${levels.join(", ")} containers`);
  const containers = await measureContainers(place, levels, inner);
  say(`with ${MOUNTS.join(", ")} mounts`);
  const mounts = await measureMounts(place, MOUNTS, inner);
  const crowd = full ? 100 : 20;
  say(`${crowd} containers at once`);
  const many = await measureCrowd(place, crowd, full ? 5 : 1);
  return {
    date: new Date().toISOString(),
    rounds,
    seconds: (performance.now() - started) / 1000,
    machine: machine(),
    versions: Object.fromEntries(place.contestants.map((one) => [one.name, versionOf(one)])),
    commands: joined(single.costs, many.costs),
    sizes: joined(single.sizes, many.sizes),
    containers,
    mounts,
    failures: [...single.failures, ...containers.failures, ...mounts.failures, ...many.failures],
  };
}

function asText(results: Results): string {
  const tables = textTables(results).map(({ title, rows }) => `${title}\n\n${formatTable(rows)}\n`);
  const failures = results.failures.map(({ what, who, message }) => `${who}: ${what}: ${message}`);
  return [setting(results), "", ...tables, ...(failures.length > 0 ? ["Failed:", ...failures, ""] : [])].join("\n");
}

function option(name: string): string | undefined {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

/** @returns the exit status */
async function main(): Promise<number> {
  const rounds = Number(option("--rounds") ?? ROUNDS);
  if (!Number.isInteger(rounds) || rounds < 1) throw new Error("--rounds is to be a whole number from 1 on");
  const out = option("--out") ?? join(repository, "build/bench");
  const docs = option("--docs");
  const place = new Place();
  let status = 0;
  try {
    const results = await measureAll(place, rounds);
    const text = asText(results);
    process.stdout.write(text);
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, "results.txt"), text);
    writeFileSync(join(out, "results.json"), resultsText(results));
    drawResults(out, results);
    if (docs !== undefined) documentResults(docs, results);
    if (results.failures.some(({ who }) => who === "tsrun")) status = 1;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    process.stderr.write("bench: interrupted; what was made is removed\n");
    status = INTERRUPTED_STATUS;
  } finally {
    const left = await place.leave();
    if (left !== undefined) {
      process.stderr.write(`bench: left behind: ${left}\n`);
      status = 1;
    }
  }
  return status;
}

process.exitCode = (await measuredInView()) ?? (await main());
