/** Looking at a container's cgroup of version 2 from outside. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unifiedCgroupOf } from "./cgroup_place.ts";

/**
 * The directory of a container's cgroup: of the one whose name has its id, whatever is below it. In a systemd's unit crun
 * makes one more, which has the limits.
 *
 * @param pid of one of its processes
 */
export function containerCgroup(pid: number, id: string): string {
  const names = unifiedCgroupOf(pid).split("/");
  const at = names.findIndex((name) => name.includes(id));
  if (at < 0) throw new Error(`process ${pid} is in ${names.join("/")}, not in a cgroup of ${id}`);
  const below = names[at]?.endsWith(".scope") && names[at + 1] === "container" ? 2 : 1;
  return join("/sys/fs/cgroup", ...names.slice(0, at + below));
}

/** A file of a cgroup, without the line's end; undefined if it is not there. */
export function readCgroup(directory: string, file: string): string | undefined {
  const path = join(directory, file);
  return existsSync(path) ? readFileSync(path, "utf8").trim() : undefined;
}

/** A number of a file such as memory.events, by its key. */
export function readCount(directory: string, file: string, key: string): number {
  const line = (readCgroup(directory, file) ?? "").split("\n").find((one) => one.startsWith(`${key} `));
  if (line === undefined) throw new Error(`${directory}/${file} does not tell of ${key}`);
  return Number(line.slice(key.length + 1));
}
