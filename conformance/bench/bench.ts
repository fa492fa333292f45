/**
 * What `make bench` calls: tsrun beside runc and crun, as far as they are installed, on the same bundles, taking turns.
 *
 *   bun conformance/bench/bench.ts [--rounds N] [--json FILE] [--docs FOLDER]
 */

import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../harness/paths.ts";
import { document } from "./document.ts";
import { type Cost, formatTable, type Summary, summarize, timed } from "./measure.ts";

interface Contestant {
  readonly name: string;
  readonly command: readonly string[];
}

function contestants(): Contestant[] {
  const peers = ["runc", "crun"].filter((name) => Bun.which(name) !== null);
  return [
    { name: "tsrun", command: [join(repository, "build/bin/tsrun")] },
    ...peers.map((name) => ({ name, command: [name] })),
  ];
}

/**
 * crun refuses a hybrid cgroup layout: everything is measured where only the v1 hierarchies are to be seen then.
 *
 * @returns whether it was measured there
 */
function measuredInView(): boolean {
  const hybrid = existsSync("/sys/fs/cgroup/unified/cgroup.procs");
  if (!hybrid || Bun.which("crun") === null) return false;
  const view = mkdtempSync(join(tmpdir(), "tsrun-bench-view-"));
  try {
    const script = join(repository, "conformance/harness/cgroup_v1_view.sh");
    const words = [script, view, process.execPath, ...process.argv.slice(1)];
    const { exitCode } = Bun.spawnSync(words, { stdio: ["inherit", "inherit", "inherit"] });
    process.exitCode = exitCode;
  } finally {
    rmSync(view, { recursive: true, force: true });
  }
  return true;
}

type Config = {
  [entry: string]: unknown;
  root: { path: string };
  process: Record<string, unknown>;
  linux: Record<string, unknown>;
  mounts: { type?: string; options?: string[] }[];
  hooks?: unknown;
};

const SMALLEST = {
  ociVersion: "1.0.2",
  root: { path: "rootfs" },
  process: { cwd: "/", args: ["/bin/true"], env: ["PATH=/bin"], user: { uid: 0, gid: 0 } },
  linux: { namespaces: [{ type: "mount" }, { type: "pid" }] },
  mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
};

/** Docker's default config, without what only Docker provides. */
function dockerConfig(): Config {
  const config: Config = JSON.parse(readFileSync(join(repository, "conformance/configs/docker-default.json"), "utf8"));
  delete config.hooks;
  delete config.process.oomScoreAdj;
  config.mounts = config.mounts.filter(({ type }) => type !== "bind");
  return config;
}

function makeBundle(folder: string, name: string, config: object, args: readonly string[]): string {
  const bundle = join(folder, name);
  mkdirSync(join(bundle, "rootfs/bin"), { recursive: true });
  cpSync(Bun.which("busybox") ?? "/bin/busybox", join(bundle, "rootfs/bin/busybox"));
  for (const applet of ["true", "sleep"]) symlinkSync("busybox", join(bundle, "rootfs/bin", applet));
  const own = structuredClone(config) as Config;
  own.root.path = "rootfs";
  own.process.args = args;
  own.linux.cgroupsPath = `/tsrun-bench-${name}`;
  writeFileSync(join(bundle, "config.json"), JSON.stringify(own));
  return bundle;
}

function withoutSeccomp(config: Config): Config {
  const { seccomp: _, ...linux } = config.linux;
  return { ...config, linux };
}

type Times = Map<string, Map<string, number[]>>;

const CPU = "CPU: ";

function noteCost(times: Times, what: string, who: string, { wall, cpu }: Cost): void {
  note(times, what, who, wall);
  note(times, CPU + what, who, cpu);
}

function note(times: Times, what: string, who: string, milliseconds: number): void {
  const row = times.get(what) ?? new Map<string, number[]>();
  row.set(who, [...(row.get(who) ?? []), milliseconds]);
  times.set(what, row);
}

/** Whether there is such a process, and it is no zombie. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}

/** The proportional set size of a process in KiB. */
function proportionalMemory(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]);
}

function measureRun(times: Times, { name, command }: Contestant, what: string, bundle: string, root: string): void {
  noteCost(
    times,
    what,
    name,
    timed([...command, "--root", root, "run", "--bundle", bundle, `bench-${name}`], join(root, "errors")),
  );
}

function measureLife(times: Times, { name, command }: Contestant, bundle: string, root: string): void {
  const id = `bench-${name}`;
  const pidFile = join(root, `${id}.pid`);
  const call = (what: string, ...words: string[]): Cost => {
    const cost = timed([...command, "--root", root, ...words], join(root, "errors"));
    noteCost(times, what, name, cost);
    return cost;
  };
  const costs = [call("create", "create", "--bundle", bundle, "--pid-file", pidFile, id)];
  const pid = Number(readFileSync(pidFile, "utf8"));
  note(times, "PSS of a created container's process (KiB)", name, proportionalMemory(pid));
  costs.push(call("start", "start", id));
  call("state", "state", id);
  call("exec /bin/true", "exec", id, "/bin/true");
  call("ps", "ps", id);
  call("update", "update", "--pids-limit", "100", id);
  call("pause", "pause", id);
  call("resume", "resume", id);
  call("kill", "kill", id, "KILL");
  while (isRunning(pid)) Bun.sleepSync(5);
  costs.push(call("delete", "delete", id));
  const sum = (key: keyof Cost): number => costs.reduce((total, cost) => total + cost[key], 0);
  noteCost(times, "create + start + delete", name, { wall: sum("wall"), cpu: sum("cpu") });
}

/** The smallest memory limit in KiB, of a few, under which /bin/true runs. */
function smallestLimit({ name, command }: Contestant, folder: string, root: string): number {
  const limits = [256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384];
  for (const limit of limits) {
    const config = structuredClone(SMALLEST) as unknown as Config;
    config.linux.resources = { memory: { limit: limit * 1024 } };
    const label = `limit-${name}-${limit}`;
    const bundle = makeBundle(folder, label, config, ["/bin/true"]);
    try {
      timed([...command, "--root", root, "run", "--bundle", bundle, label], join(root, "errors"));
      return limit;
    } catch {
      Bun.spawnSync([...command, "--root", root, "delete", "--force", label]);
    }
  }
  return Number.NaN;
}

function table(summaries: Map<string, Map<string, Summary>>, who: readonly Contestant[]): string {
  const [own, ...peers] = who.map(({ name }) => name);
  const header = ["", ...who.map(({ name }) => name), ...peers.map((peer) => `${own}/${peer}`)];
  const rows = [...summaries].map(([what, row]) => {
    const median = (name: string): number => row.get(name)?.median ?? Number.NaN;
    const ratios = peers.map((peer) => (median(own!) / median(peer)).toFixed(2));
    return [what, ...who.map(({ name }) => median(name).toFixed(1)), ...ratios];
  });
  return formatTable([header, ...rows]);
}

function main(): void {
  const option = (name: string): string | undefined => {
    const at = process.argv.indexOf(name);
    return at < 0 ? undefined : process.argv[at + 1];
  };
  const rounds = Number(option("--rounds") ?? 40);
  const folder = mkdtempSync(join(tmpdir(), "tsrun-bench-"));
  const who = contestants();
  const times: Times = new Map();
  try {
    const roots = new Map(who.map(({ name }) => [name, join(folder, `root-${name}`)]));
    for (const root of roots.values()) mkdirSync(root);
    const smallest = makeBundle(folder, "smallest", SMALLEST, ["/bin/true"]);
    const plain = makeBundle(folder, "docker", withoutSeccomp(dockerConfig()), ["/bin/true"]);
    const docker = makeBundle(folder, "seccomp", dockerConfig(), ["/bin/true"]);
    const sleeping = makeBundle(folder, "sleeping", dockerConfig(), ["/bin/sleep", "1000"]);
    const WARM_UP = 3;
    for (let round = -WARM_UP; round < rounds; round++) {
      const into: Times = round < 0 ? new Map() : times;
      for (const contestant of who) {
        const root = roots.get(contestant.name)!;
        measureRun(into, contestant, "run /bin/true, smallest config", smallest, root);
        measureRun(into, contestant, "run /bin/true, Docker's config without seccomp", plain, root);
        measureRun(into, contestant, "run /bin/true, Docker's config", docker, root);
        measureLife(into, contestant, sleeping, root);
      }
    }
    for (const contestant of who) {
      note(
        times,
        "smallest memory limit (KiB)",
        contestant.name,
        smallestLimit(contestant, folder, roots.get(contestant.name)!),
      );
    }
    const summaries = new Map(
      [...times].map(
        ([what, row]) => [what, new Map([...row].map(([name, values]) => [name, summarize(values)]))] as const,
      ),
    );
    process.stdout.write(
      `${rounds} rounds, medians in milliseconds unless told otherwise\n\n${table(summaries, who)}\n`,
    );
    const docs = option("--docs");
    if (docs !== undefined) document(docs, rounds, summaries);
    const json = option("--json");
    if (json !== undefined) {
      const plain = Object.fromEntries([...summaries].map(([what, row]) => [what, Object.fromEntries(row)]));
      writeFileSync(json, `${JSON.stringify({ rounds, results: plain }, null, 2)}\n`);
    }
  } finally {
    for (const { name, command } of who) {
      Bun.spawnSync([...command, "--root", join(folder, `root-${name}`), "delete", "--force", `bench-${name}`]);
    }
    rmSync(folder, { recursive: true, force: true });
  }
}

if (!measuredInView()) main();
