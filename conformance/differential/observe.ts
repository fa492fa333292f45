/** One container of a config under one runtime: what its process sees, what its cgroups hold, what `state` says. */

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { TestConfig } from "../harness/base_configs.ts";
import { runCommand } from "../harness/command.ts";
import { comparable } from "../harness/compare.ts";
import { isAlive, settledLeftovers } from "../harness/leftovers.ts";
import type { ProbeReport } from "../harness/probe_report.ts";
import type { Runtime } from "../harness/runtime.ts";
import type { Scenario } from "../harness/scenario_context.ts";

/** What happened. Its members are compared one by one. */
export interface Observation {
  /** How far it came. */
  readonly outcome: "create refused" | "start refused" | "no report" | "ran";
  /** Of the command that was refused. */
  readonly status?: number;
  /** What that command said; never compared. */
  readonly message?: string;
  /** What the process saw. */
  readonly seen?: unknown;
  /** The text of every file of its cgroups that can be written, by hierarchy and name. */
  readonly cgroup?: unknown;
  /** What `state` said of the created container. */
  readonly state?: unknown;
  /** What the runtime left on the machine. */
  readonly left?: unknown;
}

const PATIENCE = 5_000;

/** A root file system of the probe, with folders, files and links to mount at. */
export function rootfsWith(probe: string): (folder: string) => Promise<void> {
  return async (folder) => {
    for (const name of ["dev", "etc", "home", "mnt", "proc", "root", "sys", "tmp", "var/folder"])
      mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
    chmodSync(join(folder, "tmp"), 0o1777);
    writeFileSync(join(folder, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000::/home:/bin/sh\n");
    writeFileSync(join(folder, "etc/group"), "root:x:0:\ntty:x:5:alice\nalice:x:1000:\n");
    writeFileSync(join(folder, "etc/hosts"), "127.0.0.1 localhost\n");
    writeFileSync(join(folder, "tmp/file"), "in the image\n");
    symlinkSync("/tmp", join(folder, "link"));
    symlinkSync("../../../../var", join(folder, "upwards"));
    symlinkSync("/nowhere/to/be/found", join(folder, "dangling"));
    copyFileSync(probe, join(folder, "probe"));
    chmodSync(join(folder, "probe"), 0o755);
  };
}

/** Every path that a config names, and some that are always there. */
export function pathsOf(config: TestConfig): string[] {
  const sysctls = Object.keys(config.linux.sysctl ?? {}).map((key) => `/proc/sys/${key.replaceAll(".", "/")}`);
  const always = ["/", "/tmp", "/etc/passwd", "/dev/pts/ptmx", "/proc/sys", "/sys/fs/cgroup", "/new", "/mnt"];
  const hierarchies = ["pids", "memory", "devices", "unified"].map((name) => `/sys/fs/cgroup/${name}`);
  const named = [
    ...config.mounts.map(({ destination }) => destination),
    ...(config.linux.maskedPaths ?? []),
    ...(config.linux.readonlyPaths ?? []),
    ...(config.linux.devices ?? []).map((device) => device?.path),
  ].filter((path) => typeof path === "string" && path.startsWith("/"));
  return [...new Set([...always, ...hierarchies, ...sysctls, ...named])];
}

/** Folder of each hierarchy, by the line of /proc/PID/cgroup. */
function cgroupFolders(pid: number): [string, string][] {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
  return lines.flatMap((line): [string, string][] => {
    const [, controllers = "", ...path] = line.split(":");
    const name = controllers === "" ? "unified" : controllers.replace("name=", "");
    const folder = join("/sys/fs/cgroup", name, path.join(":"));
    return existsSync(folder) ? [[name, folder]] : [];
  });
}

/** Counters, and what only the kernel or a manager writes. */
const passing =
  /usage|\.stat|event|procs$|^tasks$|failcnt|pressure|notify_on_release|clone_children|threads$|reclaim|\.max_usage/;

function readCgroups(pid: number, id: string): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, folder] of cgroupFolders(pid)) {
    // in what is not the container's own there is nothing to compare
    if (!folder.includes(id)) result[name] = "not its own";
    else
      for (const file of readdirSync(folder)) {
        const path = join(folder, file);
        if (passing.test(file) || !statSync(path).isFile() || (statSync(path).mode & 0o600) !== 0o600) continue;
        try {
          result[`${name} ${file}`] = readFileSync(path, "utf8");
        } catch {
          // some cannot be read
        }
      }
    if (name === "devices" && existsSync(join(folder, "devices.list")) && folder.includes(id))
      result["devices devices.list"] = readFileSync(join(folder, "devices.list"), "utf8")
        .trim()
        .split("\n")
        .sort()
        .join(", ");
  }
  return result;
}

function stateText(text: string): unknown {
  try {
    const { pid, created, ociVersion: _, owner: __, ...rest } = JSON.parse(text) as Record<string, unknown>;
    return { ...rest, hasPid: typeof pid === "number" && pid > 0, hasCreated: typeof created === "string" };
  } catch {
    return text;
  }
}

/** What the probe saw, as far as it can be the same: mounts by their place, process ids by what they are to one another. */
function seen(text: string): unknown {
  let report: ProbeReport;
  try {
    report = JSON.parse(text) as ProbeReport;
  } catch {
    return undefined;
  }
  const { pid, ppid, sid, pgid } = report;
  const { mounts, paths, ...rest } = comparable(report) as {
    mounts: { target: string }[];
    paths: ProbeReport["paths"];
  };
  return {
    ...rest,
    pid: pid === 1 ? 1 : "some",
    ppid: ppid === 0 ? 0 : "some",
    sid: sid === pid ? "own" : "another's",
    pgid: pgid === pid ? "own" : "another's",
    mounts: byPlace(mounts),
    paths: Object.fromEntries(
      Object.entries(paths).map(([path, { entries, ...about }]) => [
        path,
        // how many processes and cgroups there are is nobody's choice
        { ...about, ...(filesystemOf(path, report) !== "kernel" && { entries }) },
      ]),
    ),
  };
}

/** By target; those that cover others there have their number behind it. */
function byPlace(mounts: readonly { target: string }[]): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const mount of mounts) {
    let key = mount.target;
    for (let n = 2; key in result; n++) key = `${mount.target} (${n})`;
    result[key] = mount;
  }
  return result;
}

function filesystemOf(path: string, { mounts }: ProbeReport): "kernel" | "other" {
  const under = mounts.filter(({ target }) => target === "/" || path === target || path.startsWith(`${target}/`));
  const { type = "" } = under.reduce<Partial<(typeof under)[number]>>(
    (best, mount) => (mount.target.length >= (best.target ?? "").length ? mount : best),
    {},
  );
  return ["proc", "sysfs", "cgroup", "cgroup2"].includes(type) ? "kernel" : "other";
}

/** Create, look, start, wait for the end, delete. */
export async function observe(t: Scenario, runtime: Runtime, config: TestConfig): Promise<Observation> {
  const bundle = await t.bundle((made) => {
    made.process.args = ["/probe", ...pathsOf(made)];
  }, structuredClone(config));
  chmodSync(bundle.rootfs, 0o755);
  chmodSync(bundle.path, 0o755);
  mkdirSync(join(bundle.path, "bind-folder/b"), { recursive: true });
  writeFileSync(join(bundle.path, "bind-folder/file"), "from outside\n");
  const place = (value: unknown): unknown =>
    JSON.parse((JSON.stringify(value) ?? "null").replaceAll(bundle.path, "BUNDLE").replaceAll(t.id, "ID"));
  const left = async (): Promise<unknown> => {
    const found = await settledLeftovers(t.id);
    return Object.values(found).some((list) => list.length > 0) ? place(found) : undefined;
  };
  const output = join(t.folder, "output");
  const created = await runCommand(
    ["sh", "-c", 'exec "$@" >"$0"', output, ...runtime.argv(["create", "--bundle", bundle.path, t.id])],
    { timeout: 15_000 },
  );
  if (created.status !== 0)
    return { outcome: "create refused", status: created.status, message: created.stderr, left: await left() };
  const state = await runtime.command(["state", t.id]);
  const pid = Number(/"pid": *(\d+)/.exec(state.stdout)?.[1]);
  const cgroup = readCgroups(pid, t.id);
  const started = await runtime.start(t.id);
  if (started.status === 0) await ended(pid);
  const report = seen(readFileSync(output, "utf8"));
  await runtime.delete(t.id, "--force");
  const common = { state: place(stateText(state.stdout)), cgroup: place(cgroup), left: await left() };
  if (started.status !== 0)
    return { outcome: "start refused", status: started.status, message: started.stderr, ...common };
  return { outcome: report === undefined ? "no report" : "ran", seen: place(report), ...common };
}

async function ended(pid: number): Promise<void> {
  for (const deadline = Date.now() + PATIENCE; isAlive(pid) && Date.now() < deadline; ) await setTimeout(3);
}
