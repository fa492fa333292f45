import type { ProgramBuilder } from "../program/builder.ts";
import { SECCOMP_SET_MODE_FILTER } from "../program/constants.ts";

/** A filter for system calls, ready for the kernel. */
export interface SeccompFilter {
  /** Classic BPF: an array of `struct sock_filter`, eight bytes each. */
  readonly instructions: Uint8Array;
  /** Flags of seccomp(2). */
  readonly flags: number;
}

const SOCK_FILTER_SIZE = 8;

/** Filter the system calls of this process from now on. @see seccomp(2), config-linux.md, "Seccomp" */
export function applySeccomp(p: ProgramBuilder, { instructions, flags }: SeccompFilter): void {
  const code = p.bytes(instructions);
  const filter = p.longs([instructions.length / SOCK_FILTER_SIZE, code]);
  p.call("seccomp", [SECCOMP_SET_MODE_FILTER, flags, filter]);
}
