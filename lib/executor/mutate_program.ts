/** Changing kept programs at random, so that a failure can be repeated. For tests only. */

import { checksum } from "../program/checksum.ts";
import { HEADER, HEADER_SIZE, INSTRUCTION_SIZE } from "../program/instruction.ts";

/** A whole number below the limit. */
export type Random = (below: number) => number;

/** Always the same numbers from the same seed. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A program with some bits flipped, a byte replaced, two instructions or halves exchanged, or the end cut off. */
export function mutated(program: Buffer, random: Random): Buffer {
  const bytes = Buffer.from(program);
  const instructions = bytes.readUInt32LE(HEADER.instructionCount);
  const place = (): number => random(bytes.length);
  switch (random(8)) {
    case 0:
      return bytes.subarray(0, place());
    case 1:
      return Buffer.concat([bytes.subarray(0, HEADER_SIZE), ...halves(bytes.subarray(HEADER_SIZE)).reverse()]);
    case 2:
      exchange(bytes, random(instructions), random(instructions));
      return bytes;
    case 3:
      bytes.writeUInt8(random(256), place());
      return bytes;
    default:
      for (let flips = 1 + random(4); flips > 0; flips--) {
        const at = place();
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << random(8)), at);
      }
      return bytes;
  }
}

function halves(bytes: Buffer): Buffer[] {
  const middle = Math.floor(bytes.length / 8) * 4;
  return [bytes.subarray(0, middle), bytes.subarray(middle)];
}

function exchange(bytes: Buffer, left: number, right: number): void {
  const [a, b] = [left, right].map((index) => HEADER_SIZE + index * INSTRUCTION_SIZE) as [number, number];
  const kept = Buffer.from(bytes.subarray(a, a + INSTRUCTION_SIZE));
  bytes.copy(bytes, a, b, b + INSTRUCTION_SIZE);
  kept.copy(bytes, b);
}

/** The same with the checksum that fits, as only its owner can write it. */
export function resealed(program: Buffer): Buffer {
  const bytes = Buffer.from(program);
  if (program.length < HEADER_SIZE) return bytes;
  bytes.writeUInt32LE(0, HEADER.checksum);
  bytes.writeUInt32LE(checksum(bytes), HEADER.checksum);
  return bytes;
}

/** The numbers of the system calls in it. */
export function callsOf(program: Buffer): Set<number> {
  const numbers = new Set<number>();
  for (let i = 0; i < program.readUInt32LE(HEADER.instructionCount); i++) {
    const at = HEADER_SIZE + i * INSTRUCTION_SIZE;
    const SYSCALL = 1;
    if (program[at] === SYSCALL) numbers.add(program.readUInt32LE(at + 8));
  }
  return numbers;
}
