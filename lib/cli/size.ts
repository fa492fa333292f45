const PREFIXES = "kmgtp";

/**
 * Read an amount of memory: `512m`, `1.5GiB`, `2048`, and `-1` for no limit. Units are powers of 1024, written in either
 * case, with or without `b` or `ib` after them.
 *
 * @returns bytes, or -1; undefined if it is no size, or too large to be exact
 */
export function parseSize(text: string): number | undefined {
  if (text === "-1") return -1;
  const match = /^(\d+(?:\.\d+)?) ?(?:([kmgtp])i?)?b?$/i.exec(text);
  if (match === null) return undefined;
  const power = match[2] === undefined ? 0 : PREFIXES.indexOf(match[2].toLowerCase()) + 1;
  const bytes = Math.trunc(Number(match[1]) * 1024 ** power);
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}
