import { mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { dirname } from "node:path";
import type { Location } from "./location.ts";
import { writeCgroupFile } from "./write.ts";

/**
 * Make a cgroup and what is missing above it, uppermost first.
 *
 * @param prepare called with each new directory: a new cpuset is empty, a new v2 cgroup gets no controllers by itself
 * @returns the directories that were made, the uppermost first
 */
export function makeCgroup({ directory, mountPoint }: Location, prepare: (directory: string) => void): string[] {
  const RETRIES = 5;
  for (let retry = 0; ; retry++) {
    try {
      return makePath(directory, mountPoint, prepare);
    } catch (error) {
      // Another container removed the empty directory above, just when we were about to use it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || retry === RETRIES) throw error;
    }
  }
}

function makePath(directory: string, mountPoint: string, prepare: (directory: string) => void): string[] {
  try {
    mkdirSync(directory, { mode: 0o755 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST" || directory === mountPoint) return [];
    if (code !== "ENOENT") throw error;
    const above = makePath(dirname(directory), mountPoint, prepare);
    return [...above, ...makePath(directory, mountPoint, prepare)];
  }
  prepare(directory);
  return [directory];
}

/** A new cpuset has no processors and no memory, and takes no process: give it those of the one above. */
export function inheritCpuset(directory: string): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    if (readFileSync(`${directory}/${file}`, "latin1").trim() !== "") continue;
    writeCgroupFile(`${directory}/${file}`, readFileSync(`${dirname(directory)}/${file}`, "latin1").trim());
  }
}

/** On v2 a cgroup has the controllers that the one above hands down: hand down all it has. */
export function enableControllers(directory: string): void {
  const above = dirname(directory);
  const has = (file: string): string[] => readFileSync(`${above}/${file}`, "latin1").trim().split(" ");
  const enabled = has("cgroup.subtree_control");
  const missing = has("cgroup.controllers").filter((controller) => controller !== "" && !enabled.includes(controller));
  for (const controller of missing) {
    try {
      writeCgroupFile(`${above}/cgroup.subtree_control`, `+${controller}`);
    } catch {
      // Not delegated, or processes are in the cgroup above: a limit that needs the controller will tell.
    }
  }
}

/** The directory and those below it, the deepest first. */
export function withSubdirectories(directory: string): string[] {
  const names = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [...names.flatMap(({ name }) => withSubdirectories(`${directory}/${name}`)), directory];
}

/**
 * Remove a cgroup and those that the container made below it. A process that has just ended keeps it busy for a moment.
 *
 * @throws the error of rmdir(2) if it stays busy for longer than two seconds
 */
export function removeCgroup(directory: string): void {
  const LONGEST_PAUSE = 100;
  const deadline = performance.now() + 2000;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let wait = 1; ; wait = Math.min(wait * 2, LONGEST_PAUSE)) {
    try {
      rmdirSync(directory);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "ENOENT") return;
      if ((code !== "EBUSY" && code !== "ENOTEMPTY") || performance.now() > deadline) throw error;
    }
    for (const below of withSubdirectories(directory).slice(0, -1)) removeIfEmpty(below);
    Atomics.wait(pause, 0, 0, wait);
  }
}

/** Remove a cgroup unless something is in it. */
export function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EBUSY" && code !== "ENOTEMPTY" && code !== "ENOENT") throw error;
  }
}
