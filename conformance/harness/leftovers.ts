/** What a container left behind, found by a token that is part of every name it was given. */

import { existsSync, readdirSync, readFileSync, readlinkSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { runCommand } from "./command.ts";
import { timeFactor } from "./time_limit.ts";

export interface Leftovers {
  readonly cgroups: string[];
  /** Mount points in this process's mount namespace. */
  readonly mounts: string[];
  /** State folders under the runtimes' default roots. */
  readonly states: string[];
  readonly processes: { readonly pid: number; readonly command: string }[];
}

const defaultRoots = ["/run/tsrun", "/run/runc", "/run/crun", "/run/containerd"];

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return ""; // it ended meanwhile
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

/** Folders below `folder` whose own name contains the token, deepest first. */
function foldersNamed(folder: string, token: string, depth: number): string[] {
  const found: string[] = [];
  let entries: string[];
  try {
    entries = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? entry.name : []));
  } catch {
    return found;
  }
  for (const name of entries) {
    const path = join(folder, name);
    if (depth > 0) found.push(...foldersNamed(path, token, depth - 1));
    if (path.includes(token)) found.push(path);
  }
  return found;
}

/** A process belongs to the token if its command line, environment, cgroup, one of its folders or its root has it. */
function belongs(pid: number, token: string): boolean {
  const folder = `/proc/${pid}`;
  return (
    ["cmdline", "environ", "cgroup"].some((name) => readText(join(folder, name)).includes(token)) ||
    ["cwd", "exe", "root"].some((name) => linkTarget(join(folder, name)).includes(token)) ||
    rootMount(pid).includes(token)
  );
}

/** Not the other mounts: a stranger that got a copy of the mount namespace meanwhile has them all. */
function rootMount(pid: number): string {
  const lines = readText(`/proc/${pid}/mountinfo`).split("\n");
  return lines.filter((line) => line.split(" ")[4] === "/").join("\n");
}

/** Whether there is such a process; one that has ended but was not waited for does not count. */
export function isAlive(pid: number): boolean {
  const state = /\) (\S)/.exec(readText(`/proc/${pid}/stat`))?.[1];
  return state !== undefined && state !== "Z" && state !== "X";
}

function processesOf(token: string): Leftovers["processes"] {
  const host = linkTarget("/proc/self/ns/mnt");
  return readdirSync("/proc").flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) return [];
    if (!isAlive(pid)) return [];
    // in our own mount namespace everybody sees the test's mounts
    const sameMounts = linkTarget(`/proc/${pid}/ns/mnt`) === host;
    const own = sameMounts ? belongsByName(pid, token) : belongs(pid, token);
    return own ? [{ pid, command: readText(`/proc/${pid}/cmdline`).replaceAll("\0", " ").trim() }] : [];
  });
}

function belongsByName(pid: number, token: string): boolean {
  return (
    ["cmdline", "environ", "cgroup"].some((name) => readText(`/proc/${pid}/${name}`).includes(token)) ||
    linkTarget(`/proc/${pid}/cwd`).includes(token)
  );
}

/** Look for everything whose name contains the token. */
export function findLeftovers(token: string): Leftovers {
  const mounts = readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(token))
    .map((line) => line.split(" ")[4] ?? "");
  return {
    cgroups: foldersNamed("/sys/fs/cgroup", token, 8),
    mounts,
    states: defaultRoots.filter(existsSync).flatMap((root) => foldersNamed(root, token, 4)),
    processes: processesOf(token),
  };
}

export function isClean(leftovers: Leftovers): boolean {
  return Object.values(leftovers).every((list: readonly unknown[]) => list.length === 0);
}

/** Wait until nothing is left: the kernel removes a dying process's traces a moment after the runtime has ended. */
export async function settledLeftovers(token: string, timeout = 2_000): Promise<Leftovers> {
  const deadline = Date.now() + timeout * timeFactor;
  for (;;) {
    const leftovers = findLeftovers(token);
    if (isClean(leftovers) || Date.now() > deadline) return leftovers;
    await setTimeout(25);
  }
}

/** Remove by force what a failed test left: processes by pid, mounts, cgroups. */
export async function removeLeftovers(token: string): Promise<void> {
  for (const { pid } of findLeftovers(token).processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // it ended by itself
    }
  }
  const { mounts, cgroups } = await settledLeftovers(token, 500);
  for (const mount of mounts.reverse()) await runCommand(["umount", "--lazy", mount]);
  for (const cgroup of cgroups) {
    try {
      rmdirSync(cgroup);
    } catch {
      // still busy: the assertion has told already
    }
  }
}
