/** Where things of this repository and of the machine are. */

import { accessSync, constants } from "node:fs";
import { join, resolve } from "node:path";

/** Nothing of it is used where the suite is compiled into one file. */
export const repository = resolve(import.meta.dirname ?? ".", "../..");
export const probeBinary = join(repository, "build/conformance/probe");
export const configsFolder = join(repository, "conformance/configs");

/**
 * @param name a path, or the name of a command; the system's sbin folders are searched besides PATH.
 * @returns its path, or undefined when there is no such executable.
 */
export function findProgram(name: string): string | undefined {
  if (name.includes("/")) return isExecutable(name) ? resolve(name) : undefined;
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/bin", "/bin"];
  return folders.map((folder) => join(folder || ".", name)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
