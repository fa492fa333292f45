/** Classic BPF, as far as a filter of system calls needs it. @see seccomp(2), linux/bpf_common.h */

export const BpfOp = {
  /** Load the 32-bit word at offset `value` of struct seccomp_data. */
  LoadWord: 0x20,
  /** Go on `value` instructions further. */
  Jump: 0x05,
  /** Skip `ifTrue` or `ifFalse` instructions. */
  JumpIfEqual: 0x15,
  JumpIfGreaterOrEqual: 0x35,
  Return: 0x06,
} as const;

export type BpfInstruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** Offsets in struct seccomp_data. */
export const SECCOMP_DATA = { number: 0, architecture: 4 } as const;

const INSTRUCTION_SIZE = 8;

/** An array of `struct sock_filter`. */
export function encodeBpf(instructions: readonly BpfInstruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * INSTRUCTION_SIZE);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  for (let i = 0; i < instructions.length; i++) {
    const [code, ifTrue, ifFalse, value] = instructions[i]!;
    words[i * 2] = code | (ifTrue << 16) | (ifFalse << 24);
    words[i * 2 + 1] = value;
  }
  return bytes;
}
