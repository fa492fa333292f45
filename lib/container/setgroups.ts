import type { Setgroups } from "../compile/process.ts";
import { readFileSync } from "../libc/files.ts";
import type { Config, IdMapping } from "../spec/types.ts";

/**
 * Whether setgroups(2) will work in a new container.
 *
 * @param privileged whether this process is root outside of any user namespace; inside one it may be forbidden already
 */
export function setgroupsInNew({ linux = {} }: Config, privileged: boolean): Setgroups {
  if (!privileged && !setgroupsIn("self")) return setgroupsDenied();
  const { gidMappings = [] } = linux;
  const root = process.geteuid?.() === 0;
  const allowed = root || gidMappings.length === 0 || !mayWrite(gidMappings, root, process.getegid?.() ?? 0);
  return allowed ? "allowed" : setgroupsDenied();
}

/** Whether it works in the user namespace of a process. */
export function setgroupsOf(pid: number): Setgroups {
  return setgroupsIn(pid) ? "allowed" : setgroupsDenied();
}

function setgroupsIn(pid: number | "self"): boolean {
  return readFileSync(`/proc/${pid}/setgroups`, "latin1").trim() === "allow";
}

function setgroupsDenied(): Setgroups {
  return process.geteuid?.() === 0 ? "dropped" : "denied";
}

/** Without privileges only a single entry may be written, and only one that maps the writer's own id. */
export function mayWrite(mappings: readonly IdMapping[], root: boolean, own: number): boolean {
  const [only] = mappings;
  return root || (mappings.length === 1 && only?.size === 1 && only.hostID === own);
}
