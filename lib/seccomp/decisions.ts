import { type BpfInstruction, BpfOp, SECCOMP_DATA } from "./bpf.ts";

/** What becomes of a system call: an action for the kernel, or what the instructions behind say. */
export type Verdict = number | "ask";

/** All calls from this number on, up to the next range. */
export interface Range {
  readonly from: number;
  readonly verdict: Verdict;
}

/** The largest distance that a conditional jump takes. */
const FARTHEST = 0xff;
/** In place of a distance that is known when all instructions are there: to behind the last of them. */
const TO_THE_END = -1;

/**
 * Instructions that decide by the number of a call alone, in a binary tree for each architecture: equal neighbours are one
 * range, so that a profile of hundreds of calls is a few dozen comparisons, of which a call passes half a dozen.
 *
 * @param ranges by architecture (its AUDIT_ARCH value), the first from 0 on, in ascending order
 * @returns instructions that go before others, on which go all calls that those are to be asked for
 */
export function decide(ranges: ReadonlyMap<number, readonly Range[]>): BpfInstruction[] {
  const instructions: BpfInstruction[] = [[BpfOp.LoadWord, 0, 0, SECCOMP_DATA.architecture]];
  for (const [architecture, all] of ranges) {
    const body: BpfInstruction[] = [[BpfOp.LoadWord, 0, 0, SECCOMP_DATA.number]];
    appendTree(body, all, 0, all.length);
    instructions.push([BpfOp.JumpIfEqual, 1, 0, architecture], [BpfOp.Jump, 0, 0, body.length], ...body);
  }
  const { length } = instructions;
  return instructions.map((instruction, i) => {
    const [code, , , value] = instruction;
    return code === BpfOp.Jump && value === TO_THE_END ? [code, 0, 0, length - i - 1] : instruction;
  });
}

/** The ranges from `start` up to `end`: smaller numbers first, larger ones behind them. */
function appendTree(to: BpfInstruction[], ranges: readonly Range[], start: number, end: number): void {
  if (end - start === 1) {
    const { verdict } = ranges[start]!;
    to.push(verdict === "ask" ? [BpfOp.Jump, 0, 0, TO_THE_END] : [BpfOp.Return, 0, 0, verdict]);
    return;
  }
  const middle = (start + end) >>> 1;
  const smaller: BpfInstruction[] = [];
  appendTree(smaller, ranges, start, middle);
  const { from } = ranges[middle]!;
  if (smaller.length <= FARTHEST) to.push([BpfOp.JumpIfGreaterOrEqual, smaller.length, 0, from]);
  else to.push([BpfOp.JumpIfGreaterOrEqual, 0, 1, from], [BpfOp.Jump, 0, 0, smaller.length]);
  to.push(...smaller);
  appendTree(to, ranges, middle, end);
}

/** Ranges, from smaller numbers to larger ones. */
export class RangeList {
  readonly ranges: Range[] = [];
  #verdict: Verdict | undefined;

  /** All calls from this number on have this verdict, until more is said. */
  from(number: number, verdict: Verdict): void {
    if (verdict === this.#verdict) return;
    const { ranges } = this;
    if (ranges[ranges.length - 1]?.from === number) ranges.pop();
    this.#verdict = verdict;
    if (ranges[ranges.length - 1]?.verdict !== verdict) ranges.push({ from: number, verdict });
  }
}
