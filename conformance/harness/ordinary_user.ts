/** What an ordinary user, without root's privileges, needs for a container: a user namespace, with ids lent to it. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { IdMapping, Linux } from "../../lib/spec/types.ts";

/** Whether the tests run without root's privileges. */
export const isOrdinaryUser = process.getuid?.() !== 0;

/** The name of the user who runs the tests, by the user database: Bun's userInfo() believes $USER. */
export function userName(): string {
  return execFileSync("id", ["-un"], { encoding: "utf8" }).trim();
}

/** The first range of ids that a file such as /etc/subuid lends to the user who runs the tests. @see subuid(5) */
function lentIds(file: string): { first: number; count: number } | undefined {
  const username = userName();
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
  const fields = text.split("\n").map((line) => line.split(":"));
  const [, first, count] = fields.find(([user]) => user === username || user === String(process.getuid?.())) ?? [];
  return first === undefined ? undefined : { first: Number(first), count: Number(count) };
}

/** Root inside is the user outside, the other ids are lent ones. */
function mappings(own: number, file: string): IdMapping[] {
  const lent = lentIds(file);
  const others = lent && { containerID: 1, hostID: lent.first, size: lent.count };
  return [{ containerID: 0, hostID: own, size: 1 }, ...(others === undefined ? [] : [others])];
}

/** Whether the user can have containers in which there are other users than root. */
export function hasLentIds(): boolean {
  return lentIds("/etc/subuid") !== undefined && lentIds("/etc/subgid") !== undefined;
}

/** Add what an ordinary user's container cannot do without; nothing for root. */
export function inUserNamespace<T extends Linux>(linux: T): T {
  if (!isOrdinaryUser) return linux;
  return {
    ...linux,
    namespaces: [...(linux.namespaces ?? []), { type: "user" }],
    uidMappings: mappings(process.getuid?.() ?? 0, "/etc/subuid"),
    gidMappings: mappings(process.getgid?.() ?? 0, "/etc/subgid"),
  };
}
