/** The layout of a start image's header: what lib/executor/start_image.h says in C, all numbers little-endian. */

export const IMAGE_MAGIC = 0x6567616d69727374n;
/** A copy of the engine's first page, by which the launcher tells whether the image is of it. */
export const IMAGE_ENGINE_OFFSET = 0x4000;
/** A copy of the kernel's functions for processes (vdso(7)). */
export const IMAGE_VDSO_OFFSET = 0x5000;
export const IMAGE_PAGES_OFFSET = 0x9000;
export const CPU_WORDS = 12;
/** The path ends with a NUL. */
export const LIBC_PATH_WORDS = 16;
export const MOST_VVARS = 4;
export const MOST_SIGNALS = 64;
export const MOST_SEGMENTS = 300;

/** Where a segment's content comes from. */
export const Source = { Nothing: 0, Engine: 1, Image: 2 } as const;

/** A part of the address space; the later one counts where two overlap. */
export interface Segment {
  /** In bytes, multiples of a page, as its length and where its content begins. */
  readonly address: number;
  readonly length: number;
  readonly offset: number;
  /** PROT_... */
  readonly protection: number;
  readonly source: (typeof Source)[keyof typeof Source];
}

/** A mapping of the kernel's: what its functions for processes read. */
export interface Vvar {
  readonly address: number;
  readonly length: number;
}

/** A signal that is not left to its default: `struct sigaction` of the kernel, in four words. */
export interface SignalAction {
  readonly number: number;
  readonly action: BigUint64Array;
}

/** The numbers at the header's start by name, in order, and how many words each has. */
export const HEADER_WORDS = [
  ["magic", 1],
  ["build_id", 1],
  ["file_size", 1],
  ["cpu", CPU_WORDS],
  ["libc_path", LIBC_PATH_WORDS],
  ["libc_size", 1],
  ["libc_modified", 1],
  ["rbx", 1],
  ["rbp", 1],
  ["r12", 1],
  ["r13", 1],
  ["r14", 1],
  ["r15", 1],
  ["rsp", 1],
  ["rip", 1],
  ["fs_base", 1],
  ["thread_id", 1],
  ["robust_list", 1],
  ["robust_list_length", 1],
  ["rseq", 1],
  ["rseq_length", 1],
  ["rseq_signature", 1],
  ["program_break", 1],
  ["alternate_stack", 3],
  ["epoll", 1],
  ["eventfd", 1],
  ["epoll_events", 1],
  ["epoll_data", 1],
  ["call", 1],
  ["vdso", 1],
  ["vdso_length", 1],
  ["vvar_count", 1],
  ["signal_count", 1],
  ["segment_count", 1],
] as const;

type Word = bigint | number;

/** What the header says before its tables, by name; their lengths are added. */
export type HeaderValues = {
  readonly [Name in Exclude<
    (typeof HEADER_WORDS)[number][0],
    "magic" | "vvar_count" | "signal_count" | "segment_count"
  >]: Word | readonly Word[] | BigUint64Array;
};

/**
 * The header's bytes.
 *
 * @throws RangeError if a table is too long
 */
export function encodeHeader(
  values: HeaderValues,
  vvars: readonly Vvar[],
  signals: readonly SignalAction[],
  segments: readonly Segment[],
): Uint8Array {
  const counts = { vvar_count: vvars.length, signal_count: signals.length, segment_count: segments.length };
  const all: Record<string, Word | readonly Word[] | BigUint64Array> = { ...values, magic: IMAGE_MAGIC, ...counts };
  const words: bigint[] = [];
  for (const [name, count] of HEADER_WORDS) {
    const value = all[name]!;
    const several = typeof value === "number" || typeof value === "bigint" ? [value] : [...value];
    if (several.length !== count) throw new RangeError(`${name} has ${several.length} words`);
    words.push(...several.map(BigInt));
  }
  words.push(...table("mappings of the kernel", vvars, MOST_VVARS, 2, ({ address, length }) => [address, length]));
  words.push(...table("signals", signals, MOST_SIGNALS, 5, ({ number, action }) => [number, ...action]));
  const segmentWords = ({ address, length, offset, protection, source }: Segment): Word[] => {
    return [address, length, offset, BigInt(protection) | (BigInt(source) << 32n)];
  };
  words.push(...table("segments", segments, MOST_SEGMENTS, 4, segmentWords));
  return new Uint8Array(BigUint64Array.from(words).buffer);
}

/** A table of this many rows of this many words, of which the first are used. */
function table<Row>(
  what: string,
  rows: readonly Row[],
  most: number,
  width: number,
  wordsOf: (row: Row) => Word[],
): bigint[] {
  if (rows.length > most) throw new RangeError(`${rows.length} ${what} are more than the ${most} there is room for`);
  const words = rows.flatMap(wordsOf).map(BigInt);
  return [...words, ...new Array<bigint>(most * width - words.length).fill(0n)];
}
