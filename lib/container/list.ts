import { existsSync, readdirSync, readFileSync } from "node:fs";
import { type ContainerDescription, describeState, ownerOf } from "./describe.ts";
import { containerDirectory, loadState } from "./state.ts";

/**
 * Every container below `root`, in the order of their ids. One that cannot be read is passed to `onBroken`, and does
 * not keep the others from being listed.
 */
export function listContainers(root: string, onBroken: (id: string, reason: unknown) => void): ContainerDescription[] {
  const listed: ContainerDescription[] = [];
  const names = userNames();
  for (const id of containerIds(root)) {
    try {
      const uid = ownerOf(root, id);
      listed.push({ ...describeState(root, loadState(root, id)), owner: names().get(uid) ?? `#${uid}` });
    } catch (reason) {
      // Deleted since its name was read.
      if (!existsSync(containerDirectory(root, id))) continue;
      onBroken(id, reason);
    }
  }
  return listed;
}

/** @throws the error of readdir(2) if `root` is not there */
export function containerIds(root: string): string[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith("."))
    .map((entry) => entry.name)
    .sort();
}

/** The host's users by number, read when first asked for. */
function userNames(): () => Map<number, string> {
  let names: Map<number, string> | undefined;
  return () => {
    names ??= new Map(
      readFileSync("/etc/passwd", "utf8")
        .split("\n")
        .map((line) => line.split(":"))
        .filter((fields) => fields.length >= 3)
        .map((fields) => [Number(fields[2]), fields[0]!]),
    );
    return names;
  };
}
