import { Failure } from "../failure.ts";
import { chmodSync, mkdirSync, readFileSync } from "../libc/files.ts";
import { resolve } from "../libc/paths.ts";

const DEFAULT_ROOT = "/run/tsrun";

/**
 * Where the state of containers is kept: what `--root` says; otherwise /run/tsrun for root, and a directory of the user's
 * own for anybody else, if there is one. Root of a user namespace counts as anybody else unless it calls itself root.
 *
 * @param rootless what `--rootless` says
 * @throws Failure `usage` if it is the root directory
 */
export function chooseRoot(given: string | undefined, rootless: string | undefined): string {
  if (given !== undefined) {
    const root = resolve(given);
    if (root !== "/") return root;
    throw new Failure("--root: the root directory cannot hold the state of containers", { code: "usage" });
  }
  const runtimeDirectory = process.env.XDG_RUNTIME_DIR;
  if (!runtimeDirectory || rootless === "false") return DEFAULT_ROOT;
  return rootless === "true" || isRootless() ? resolve(runtimeDirectory, "tsrun") : DEFAULT_ROOT;
}

/**
 * Make the directory that {@link chooseRoot} chose, if it lies in the user's runtime directory: with the sticky bit, which
 * keeps those who tidy up there from removing what has not been touched for long.
 *
 * @see XDG Base Directory Specification, XDG_RUNTIME_DIR
 */
export function makeUserRoot(root: string): void {
  if (root === DEFAULT_ROOT) return;
  mkdirSync(root, { recursive: true, mode: 0o700 });
  chmodSync(root, 0o1700);
}

function isRootless(): boolean {
  if (process.geteuid?.() !== 0) return true;
  const everyId = readFileSync("/proc/self/uid_map", "latin1").trim().split(/\s+/).join(" ") === "0 0 4294967295";
  return !everyId && process.env.USER !== "root";
}
