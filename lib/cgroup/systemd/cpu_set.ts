import { Failure } from "../../failure.ts";

const LARGEST = 8192;

/**
 * A list of processors or memory nodes, `0-3,7`, as a set of bits, the first in the lowest bit of the first byte.
 *
 * @throws Failure that names `pointer` if it is no such list
 */
export function cpuSet(list: string, pointer: string): Uint8Array {
  const wrong = (): Failure =>
    new Failure(`${pointer}: ${JSON.stringify(list)} is no list of numbers and ranges`, {
      code: "config.invalid",
      pointer,
    });
  const numbers = new Set<number>();
  for (const part of list.split(",")) {
    const [, from, to = from] = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part) ?? [];
    if (from === undefined || Number(to) < Number(from) || Number(to) >= LARGEST) throw wrong();
    for (let number = Number(from); number <= Number(to); number++) numbers.add(number);
  }
  const bits = new Uint8Array(Math.floor(Math.max(...numbers) / 8) + 1);
  for (const number of numbers) bits[number >> 3]! |= 1 << (number & 7);
  return bits;
}
