/** 64-bit integers of a JSON text that a double cannot hold: RLIM_INFINITY, and system call arguments. */

const uint64Max = 2n ** 64n - 1n;
const int64Min = -(2n ** 63n);

/**
 * Whether a JSON text may have an integer that JSON.parse rounds: quick, and true too often rather than too seldom.
 */
export function mayHaveWideIntegers(text: string): boolean {
  return /[\s:,[-]\d{16}/.test(text);
}

/**
 * Parse a JSON text as JSON.parse does, but give whole numbers beyond 2^53 as bigint, exactly. Beyond 64 bits they stay
 * what JSON.parse makes of them, but for the few that it rounds to 2^64, as it rounds the largest of 64 bits: these
 * become the largest.
 *
 * @throws SyntaxError if the text is not JSON
 */
export function parseWithWideIntegers(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== "number" || Number.isSafeInteger(value) || source === undefined) return value;
    if (!/^-?\d+$/.test(source)) return value;
    if (value === 2 ** 64) return uint64Max;
    const exact = BigInt(source);
    return exact > uint64Max || exact < int64Min ? value : exact;
  });
}

/** `JSON.stringify` for documents that may hold bigints: they are written as numbers, exactly. */
export function stringifyWithWideIntegers(document: unknown, indent?: number): string {
  const raw = (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON;
  return JSON.stringify(document, (_key, value) => (typeof value === "bigint" ? raw(String(value)) : value), indent);
}
