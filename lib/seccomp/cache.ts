import { sha256 } from "../libc/digest.ts";
import { mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "../libc/files.ts";
import type { Seccomp } from "../spec/types.ts";

/** Counts up whenever the same profile is to become another filter. */
const FORMAT = 2;
const OTHERS_MAY_WRITE = 0o022;

/**
 * The filter of a profile, from the cache below the state root, or built and put there. It is found by the profile's
 * content, so that the next container with the same profile pays for reading one file.
 *
 * @param root the directory that holds the containers' directories
 */
export async function cachedFilter(root: string, seccomp: Seccomp): Promise<Buffer> {
  const path = keptFilterPath(root, seccomp);
  const cached = readTrusted(path);
  if (cached !== undefined) return cached;
  const { buildFilter } = await import("./filter.ts");
  const filter = buildFilter(seccomp);
  makeCache(root);
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, filter, { mode: 0o600 });
  renameSync(temporary, path);
  return filter;
}

/** Make the directory of kept filters, if it is not there. */
export function makeCache(root: string): void {
  mkdirSync(`${root}/.seccomp`, { recursive: true, mode: 0o700 });
}

/** Where the filter of a profile is kept. */
export function keptFilterPath(root: string, seccomp: Seccomp): string {
  return `${root}/.seccomp/${keyOf(seccomp)}.bpf`;
}

function keyOf(seccomp: Seccomp): string {
  const content = JSON.stringify(seccomp, (_, value) => (typeof value === "bigint" ? `${value}` : value));
  return sha256(`${FORMAT} ${process.arch} ${content}`);
}

/** Only a file that nobody else can have written is believed. */
function readTrusted(path: string): Buffer | undefined {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined || status.uid !== process.geteuid?.() || (status.mode & OTHERS_MAY_WRITE) !== 0)
    return undefined;
  return readFileSync(path);
}
