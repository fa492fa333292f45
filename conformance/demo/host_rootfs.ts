/** A root file system made of the host's own commands and the libraries they need. */

import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { findProgram } from "../harness/paths.ts";

/** Copy a file of the host to the same path below the root; on the way every symbolic link is copied as a link. */
function copyFile(root: string, path: string): void {
  const real = realpathSync(path);
  place(root, real, (target) => {
    copyFileSync(real, target);
    chmodSync(target, 0o755);
  });
  if (real !== path) place(root, path, (target) => symlinkSync(real, target));
}

/** Make the folders above `path` below the root, then the file itself unless it is there. */
function place(root: string, path: string, make: (target: string) => void): void {
  makeFolder(root, dirname(path));
  const target = join(root, path);
  if (!existsSync(target)) make(target);
}

/** Make a folder below the root as the host has it: where /lib is a link to usr/lib on the host, it is one inside. */
function makeFolder(root: string, path: string): void {
  if (path === "/" || existsSync(join(root, path))) return;
  makeFolder(root, dirname(path));
  const link = linkTarget(path);
  if (link === undefined) {
    mkdirSync(join(root, path), { recursive: true, mode: 0o755 });
    return;
  }
  makeFolder(root, link.startsWith("/") ? link : join(dirname(path), link));
  symlinkSync(link, join(root, path));
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined; // a folder of its own
  }
}

/** The shared libraries and the loader that a program needs, as the host's loader finds them. */
function librariesOf(program: string): string[] {
  const { stdout } = spawnSync("ldd", [program], { encoding: "utf8" });
  return [...(stdout ?? "").matchAll(/(?:=>\s*)?(\/\S+)\s+\(0x/g)].flatMap(([, path]) => path ?? []);
}

/**
 * Assemble a root file system.
 *
 * @param root is made.
 * @param commands names; the ones that the host does not have are left out.
 * @returns the commands that are there.
 */
export function assembleRootfs(root: string, commands: readonly string[]): string[] {
  for (const folder of ["proc", "sys", "dev", "etc", "root", "tmp"]) mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, "tmp"), 0o1777);
  const found = commands.flatMap((name) => {
    const path = findProgram(name);
    return path === undefined ? [] : [{ name, path }];
  });
  for (const { path } of found) {
    copyFile(root, path);
    for (const library of librariesOf(path)) copyFile(root, library);
  }
  // The search path inside has /bin; where it is a folder of its own, the shell must be in it under its usual name.
  const shell = findProgram("sh");
  if (shell === undefined) throw new Error("this machine has no sh");
  place(root, "/bin/sh", (target) => symlinkSync(realpathSync(shell), target));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\ntty:x:5:\n");
  return found.map(({ name }) => name);
}
