/** Milliseconds of each unit. */
const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Read a duration as Go writes it: `5s`, `300ms`, `1.5h`, `2h45m`, `0`. A number needs a unit, and no sign is taken.
 *
 * @returns milliseconds; undefined if it is no duration
 */
export function parseDuration(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^((\d+\.?\d*|\.\d+)(ns|[uµμ]s|ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, number, unit] of text.matchAll(/([\d.]+)([^\d.]+)/g)) sum += Number(number) * UNITS[unit!]!;
  return sum;
}
