import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { mappingLines } from "../compile/user_namespaces.ts";
import { Failure } from "../failure.ts";
import { describeErrno } from "../program/errno.ts";
import type { Config, IdMapping } from "../spec/types.ts";
import { mayWrite } from "./setgroups.ts";

/**
 * Write the id mappings of a process's new user namespace: directly where that is allowed (root; or one's own id alone),
 * otherwise by newuidmap and newgidmap, which know the ids that /etc/subuid and /etc/subgid lend the user.
 *
 * @throws Failure
 * @see user_namespaces(7), newuidmap(1)
 */
export function writeIdMappings(pid: number, { linux = {} }: Config): void {
  const { uidMappings = [], gidMappings = [] } = linux;
  const root = process.geteuid?.() === 0;
  if (!mayWrite(gidMappings, root, process.getegid?.() ?? 0)) map("gid", pid, gidMappings);
  else {
    // The kernel lets an ordinary user map its group only once no group can be dropped any more.
    if (!root) write(`/proc/${pid}/setgroups`, "deny", "/linux/gidMappings");
    write(`/proc/${pid}/gid_map`, mappingLines(gidMappings), "/linux/gidMappings");
  }
  if (!mayWrite(uidMappings, root, process.geteuid?.() ?? 0)) map("uid", pid, uidMappings);
  else write(`/proc/${pid}/uid_map`, mappingLines(uidMappings), "/linux/uidMappings");
}

/**
 * Compare the mappings of the user namespace that a container joins with those that its config gives beside the path.
 *
 * @param member a process in that namespace
 * @throws Failure
 */
export function checkJoinedMappings(member: number, { linux = {} }: Config): void {
  for (const kind of ["uid", "gid"] as const) {
    const given = (linux[`${kind}Mappings`] ?? []).map(({ containerID, hostID, size }) => [containerID, hostID, size]);
    const found = mappingsOf(member, kind);
    if (inOrder(given) === inOrder(found)) continue;
    const pointer = `/linux/${kind}Mappings`;
    throw new Failure(
      `${pointer}: the user namespace that is joined by its path has other mappings: ${inOrder(found) || "none"}`,
      { code: "config.invalid", pointer, hint: "leave the mappings out: the namespace has its own" },
    );
  }
}

/** The id mappings of a process's user namespace: first id inside, first id outside, and how many. */
export function mappingsOf(pid: number, kind: "uid" | "gid"): number[][] {
  const text = readFileSync(`/proc/${pid}/${kind}_map`, "latin1").trim();
  return text === "" ? [] : text.split("\n").map((line) => line.trim().split(/\s+/).map(Number));
}

/** The kernel sorts them if they are many. */
function inOrder(mappings: readonly (readonly number[])[]): string {
  return mappings
    .toSorted(([a = 0], [b = 0]) => a - b)
    .map((numbers) => numbers.join(" "))
    .join(", ");
}

function write(path: string, text: string, pointer: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    const errno = Math.abs((error as NodeJS.ErrnoException).errno ?? 0);
    throw new Failure(`${pointer}: the kernel refuses the mappings: write("${path}"): ${describeErrno(errno)}`, {
      pointer,
      errno,
      call: `write("${path}")`,
      cause: error,
    });
  }
}

function map(kind: "uid" | "gid", pid: number, mappings: readonly IdMapping[]): void {
  const command = `new${kind}map`;
  const pointer = `/linux/${kind}Mappings`;
  const args = mappings.flatMap(({ containerID, hostID, size }) => [containerID, hostID, size].map(String));
  const { status, stderr, error } = spawnSync(command, [String(pid), ...args], { encoding: "utf8" });
  if (status === 0) return;
  throw new Failure(`${pointer}: ${command} failed: ${error?.message ?? stderr.trim()}`, {
    pointer,
    hint: `without privileges, ${command} must be installed and /etc/sub${kind} must lend these ids to the user`,
  });
}
