import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { type Segment, Source, type Vvar } from "./layout.ts";
import type { TracedEngine } from "./traced_engine.ts";

const PAGE_SIZE = 4096;
const PROT_READ = 1;
const PROT_WRITE = 2;
const PROT_EXEC = 4;
/** pagemap(5): what a page's entry of 64 bits says. */
const ENTRY_SIZE = 8;
const PRESENT = 1n << 63n;
const SWAPPED = 1n << 62n;
const OF_A_FILE = 1n << 61n;
const ENTRIES_AT_ONCE = 1 << 17;
/** A main thread's stack may grow to this, for which the engine has made its own limit. In bytes. */
const STACK_SIZE = 8 * 1024 * 1024;
/** So many pages that need not be in the image are put into it to save a mapping. */
const LARGEST_GAP = 32;

/** A line of /proc/PID/maps. */
interface Mapping {
  readonly start: number;
  readonly end: number;
  readonly protection: number;
  readonly offset: number;
  /** A file, `[stack]` and the like, or nothing. */
  readonly name: string;
}

/** What there is in an address space: the kernel's part, and what is to be mapped. */
export interface AddressSpace {
  readonly vdso: Vvar;
  readonly vvars: readonly Vvar[];
  readonly segments: readonly Segment[];
  /** The file of the C library. */
  readonly libc: string;
}

/** glibc's name, and musl's. */
const LIBC = /\/(libc\.so\.6|ld-musl-[^/]*\.so\.1)$/;

/**
 * What a process's address space consists of.
 *
 * @param engine the file that it executes, which the image's user maps too
 * @param keep puts pages into the image, and returns where they are in it, in bytes
 */
export function readAddressSpace(
  traced: TracedEngine,
  engine: string,
  keep: (pages: Uint8Array) => number,
): AddressSpace {
  let vdso: Vvar = { address: 0, length: 0 };
  const vvars: Vvar[] = [];
  const segments: Segment[] = [];
  let libc = "";
  const pagemap = openSync(`/proc/${traced.pid}/pagemap`, "r");
  try {
    for (const mapping of readMappings(traced.pid)) {
      const { start, end, protection, name } = mapping;
      if (name === "[vsyscall]") continue;
      if (LIBC.test(name)) libc = name;
      if (name === "[vdso]") vdso = { address: start, length: end - start };
      else if (name.startsWith("[vvar")) vvars.push({ address: start, length: end - start });
      else {
        const address = name === "[stack]" ? end - STACK_SIZE : start;
        const place = isUnchanging(mapping, engine)
          ? { source: Source.Engine, offset: mapping.offset }
          : { source: Source.Nothing, offset: 0 };
        const kept = (protection & PROT_READ) === 0 ? [] : pagesToKeep(pagemap, mapping, engine);
        if (kept[0]?.length !== end - address) {
          segments.push({ address, length: end - address, protection, ...place });
        }
        for (const { address, length } of kept) {
          const pages = traced.read(address, length);
          segments.push({ address, length, offset: keep(pages), protection, source: Source.Image });
        }
      }
    }
  } finally {
    closeSync(pagemap);
  }
  return { vdso, vvars, segments, libc };
}

function readMappings(pid: number): Mapping[] {
  const line = /^([0-9a-f]+)-([0-9a-f]+) (...). ([0-9a-f]+) \S+ \d+ *(.*)$/;
  return readFileSync(`/proc/${pid}/maps`, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => {
      const [, start = "", end = "", mode = "", offset = "", name = ""] = line.exec(text) ?? [];
      const flags = [
        mode.includes("r") && PROT_READ,
        mode.includes("w") && PROT_WRITE,
        mode.includes("x") && PROT_EXEC,
      ];
      return {
        start: Number.parseInt(start, 16),
        end: Number.parseInt(end, 16),
        protection: flags.reduce<number>((all, flag) => all | Number(flag), 0),
        offset: Number.parseInt(offset, 16),
        name,
      };
    });
}

/** Whether it is the engine's constants or instructions, which every engine of the same first page has. */
function isUnchanging({ name, protection, offset }: Mapping, engine: string): boolean {
  return name === engine && (offset === 0 || (protection & PROT_EXEC) !== 0);
}

/**
 * The pages of a mapping that are not as the engine's file or nothing has them. Libraries are kept whole: the image shall
 * not hang on files that others replace. So is the rest of the engine's file, the commands' code among it.
 */
function pagesToKeep(pagemap: number, mapping: Mapping, engine: string): { address: number; length: number }[] {
  const { start, end, name } = mapping;
  if (name.startsWith("/") && !isUnchanging(mapping, engine)) return [{ address: start, length: end - start }];
  const count = (end - start) / PAGE_SIZE;
  const runs: { first: number; last: number }[] = [];
  const entries = new BigUint64Array(ENTRIES_AT_ONCE);
  for (let from = 0; from < count; from += ENTRIES_AT_ONCE) {
    const some = Math.min(ENTRIES_AT_ONCE, count - from);
    readSync(pagemap, new Uint8Array(entries.buffer), 0, some * ENTRY_SIZE, (start / PAGE_SIZE + from) * ENTRY_SIZE);
    for (let i = 0; i < some; i++) {
      const entry = entries[i]!;
      if (entry === 0n || (entry & (PRESENT | SWAPPED)) === 0n || (entry & OF_A_FILE) !== 0n) continue;
      const run = runs.at(-1);
      if (run !== undefined && from + i - run.last <= LARGEST_GAP) run.last = from + i;
      else runs.push({ first: from + i, last: from + i });
    }
  }
  return runs.map(({ first, last }) => ({
    address: start + first * PAGE_SIZE,
    length: (last - first + 1) * PAGE_SIZE,
  }));
}
