import { directoryEntries, mkdirSync, readFileSync, rmdirSync } from "../libc/files.ts";
import { dirname } from "../libc/paths.ts";
import type { Location } from "./location.ts";
import { readCgroupFile, writeCgroupFile } from "./write.ts";

/**
 * Make a cgroup and what is missing above it.
 *
 * @param made gets each directory that is made, the uppermost first, also if a later one fails
 * @returns whether it was not there before
 * @throws the error of mkdir(2)
 */
export function makeCgroup({ directory, mountPoint }: Location, made: string[]): boolean {
  const RETRIES = 5;
  for (let retry = 0; ; retry++) {
    try {
      return makePath(directory, mountPoint, made);
    } catch (error) {
      // Another container removed the empty directory above, just when we were about to use it.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT" || retry === RETRIES) throw error;
    }
  }
}

function makePath(directory: string, mountPoint: string, made: string[]): boolean {
  try {
    mkdirSync(directory, { mode: 0o755 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    if (code !== "ENOENT" || directory === mountPoint) throw error;
    makePath(dirname(directory), mountPoint, made);
    return makePath(directory, mountPoint, made);
  }
  made.push(directory);
  return true;
}

/**
 * A new cpuset has no processors and no memory, and takes no process: give it those of the one above, which may have
 * none yet either.
 */
export function inheritCpuset({ directory, mountPoint }: Location): void {
  for (const file of ["cpuset.cpus", "cpuset.mems"]) inherit(directory, mountPoint, file);
}

function inherit(directory: string, mountPoint: string, file: string): string {
  const own = readFileSync(`${directory}/${file}`, "latin1").trim();
  if (own !== "" || directory === mountPoint) return own;
  const inherited = inherit(dirname(directory), mountPoint, file);
  writeCgroupFile(`${directory}/${file}`, inherited);
  return inherited;
}

/**
 * Let a cgroup of v2 have every controller there is: one after the other, those above it must hand them down, the
 * uppermost first.
 *
 * @see cgroup-v2.rst, "Controlling Controllers"
 */
export function enableControllers({ directory, mountPoint }: Location): void {
  let above = mountPoint;
  for (const name of directory.slice(mountPoint.length + 1).split("/")) {
    handDown(above);
    above += `/${name}`;
  }
}

/**
 * Let new cgroups of v2 below a threaded one be threaded as well: as domains they could have no processes.
 *
 * @param made the uppermost first
 * @see cgroup-v2.rst, "Threads", "domain invalid"
 */
export function followThreaded(made: readonly string[]): void {
  for (const directory of made) {
    const path = `${directory}/cgroup.type`;
    if (readCgroupFile(path) === "domain invalid") writeCgroupFile(path, "threaded");
  }
}

function handDown(directory: string): void {
  const words = (file: string): string[] =>
    (readCgroupFile(`${directory}/${file}`) ?? "").split(" ").filter((word) => word !== "");
  const enabled = words("cgroup.subtree_control");
  const missing = words("cgroup.controllers").filter((controller) => !enabled.includes(controller));
  if (missing.length === 0) return;
  const enable = (controllers: readonly string[]): boolean =>
    tryWrite(`${directory}/cgroup.subtree_control`, controllers.map((controller) => `+${controller}`).join(" "));
  if (!enable(missing)) for (const controller of missing) enable([controller]);
}

/** Not delegated, or processes are in that cgroup: a limit that needs the controller will tell. */
function tryWrite(path: string, value: string): boolean {
  try {
    writeCgroupFile(path, value);
    return true;
  } catch {
    return false;
  }
}

/** The directory and those below it, the deepest first; none if it is not there. */
export function withSubdirectories(directory: string): string[] {
  try {
    const entries = directoryEntries(directory).filter((entry) => entry.isDirectory);
    return [...entries.flatMap(({ name }) => withSubdirectories(`${directory}/${name}`)), directory];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
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
