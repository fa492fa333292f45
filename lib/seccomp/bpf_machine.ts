import { SECCOMP_DATA } from "./bpf.ts";

/** Classic BPF played as the kernel plays it. For tests only. */

export interface SystemCall {
  readonly architecture: number;
  readonly number: number;
  readonly args: readonly bigint[];
}

const ARGUMENTS = 16;

/** What a filter says of a call. @throws Error if it is no sound filter */
export function verdictOf(filter: Buffer, { architecture, number, args }: SystemCall): number {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number >>> 0, SECCOMP_DATA.number);
  data.writeUInt32LE(architecture >>> 0, SECCOMP_DATA.architecture);
  for (const [i, argument] of args.entries()) data.writeBigUInt64LE(argument, ARGUMENTS + i * 8);
  let accumulator = 0;
  for (let at = 0; at < filter.length; at += 8) {
    const code = filter.readUInt16LE(at);
    const value = filter.readUInt32LE(at + 4);
    const skip = (isTrue: boolean): number => 8 * filter.readUInt8(at + (isTrue ? 2 : 3));
    if (code === 0x06) return value;
    if (code === 0x20) accumulator = data.readUInt32LE(value);
    else if (code === 0x54) accumulator = (accumulator & value) >>> 0;
    else if (code === 0x05) at += 8 * value;
    else if (code === 0x15) at += skip(accumulator === value);
    else if (code === 0x25) at += skip(accumulator > value);
    else if (code === 0x35) at += skip(accumulator >= value);
    else throw new Error(`BPF instruction ${at / 8} has code 0x${code.toString(16)}`);
  }
  throw new Error("the filter's end was reached");
}
