import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Failure } from "../failure.ts";

/**
 * Where the state of containers is kept: what `--root` says; otherwise /run/tsrun for root, and a directory of the user's
 * own for anybody else, who cannot write there. Root of a user namespace counts as anybody else unless it calls itself
 * root.
 *
 * @throws Failure if it is the root directory, or if there is no place for it
 */
export function chooseRoot(given: string | undefined, rootless: string | undefined): string {
  if (given !== undefined) {
    const root = resolve(given);
    if (root === "/")
      throw new Failure("--root: the root directory cannot hold the state of containers", { code: "usage" });
    return root;
  }
  if (!(rootless === undefined || rootless === "auto" ? isRootless() : rootless === "true")) return "/run/tsrun";
  const runtimeDirectory = process.env.XDG_RUNTIME_DIR;
  if (!runtimeDirectory) {
    throw new Failure("XDG_RUNTIME_DIR is not set, so there is no place for the state of containers", {
      code: "usage",
      hint: "give one with --root",
    });
  }
  return `${runtimeDirectory}/tsrun`;
}

function isRootless(): boolean {
  if (process.geteuid?.() !== 0) return true;
  const everyId = readFileSync("/proc/self/uid_map", "latin1").trim().split(/\s+/).join(" ") === "0 0 4294967295";
  return !everyId && process.env.USER !== "root" && process.env.USER !== undefined;
}
