import { existsSync, readdirSync } from "node:fs";
import type { BlockIoEntry, Count } from "./stats.ts";
import { readCgroupFile } from "./write.ts";

/** The largest count, which stands for no limit. */
export const NO_LIMIT = 2n ** 64n - 1n;

/** A whole number, exact; `max` is the largest there is. */
export function parseCount(text: string): Count {
  if (text === "max") return NO_LIMIT;
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : BigInt(text);
}

/** The number in a file; 0 if the file is not there. */
export function readCount(path: string | undefined): Count {
  return parseCount(readCgroupFile(path) || "0");
}

/** The numbers of a file with a name and a number in each line; none if the file is not there. */
export function readCounts(path: string | undefined): Record<string, Count> {
  const counts: Record<string, Count> = {};
  for (const line of (readCgroupFile(path) ?? "").split("\n")) {
    const blank = line.indexOf(" ");
    if (blank > 0) counts[line.slice(0, blank)] = parseCount(line.slice(blank + 1));
  }
  return counts;
}

/** A list such as `0-2,7` of processors or memory nodes. */
export function parseRanges(text: string): number[] {
  return text.split(",").flatMap((range) => {
    if (range === "") return [];
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}

/** Leave out what is zero, empty or undefined, as runc does with optional members. */
export function withoutZeros<T extends object>(entry: T): Partial<T> {
  const isZero = (value: unknown): boolean => !value || (Array.isArray(value) && value.length === 0);
  return Object.fromEntries(Object.entries(entry).filter(([, value]) => !isZero(value))) as Partial<T>;
}

/** @param device `MAJOR:MINOR` */
export function blockIoEntry(device: string, op: string, value: Count): BlockIoEntry {
  const [major = 0, minor = 0] = device.split(":").map(Number);
  return withoutZeros({ major, minor, op, value });
}

/** The sizes of huge pages that a cgroup counts, from the names of its files: `2MB`. */
export function hugepageSizes(directory: string, suffix: string): string[] {
  if (!existsSync(directory)) return [];
  const name = new RegExp(`^hugetlb\\.([^.]+)\\.${suffix}$`);
  return readdirSync(directory).flatMap((file) => name.exec(file)?.[1] ?? []);
}
