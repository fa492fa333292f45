import type { ProgramBuilder } from "../program/builder.ts";
import { SECCOMP_SET_MODE_FILTER } from "../program/constants.ts";
import { STEP_BITS, Step } from "../program/instruction.ts";

/** A filter for system calls, ready for the kernel. */
export interface SeccompFilter {
  /** Classic BPF: an array of `struct sock_filter`, eight bytes each. */
  readonly instructions: Uint8Array;
  /** Flags of seccomp(2). */
  readonly flags: number;
  /** It asks a listener, whose descriptor seccomp(2) gives: SECCOMP_FILTER_FLAG_NEW_LISTENER is among the flags. */
  readonly listens: boolean;
}

const SOCK_FILTER_SIZE = 8;

/**
 * Filter the system calls of this process from now on. A listener is handed to the host side, which takes the descriptor
 * out of this process and passes it on: the calls that would do so here may be those that the listener is asked about.
 *
 * @see seccomp(2), seccomp_unotify(2); config-linux.md, "Seccomp"
 */
export function applySeccomp(p: ProgramBuilder, { instructions, flags, listens }: SeccompFilter): void {
  const code = p.bytes(instructions);
  const filter = p.longs([instructions.length / SOCK_FILTER_SIZE, code]);
  if (!listens) {
    p.call("seccomp", [SECCOMP_SET_MODE_FILTER, flags, filter]);
    return;
  }
  const listener = p.open("seccomp", [SECCOMP_SET_MODE_FILTER, flags, filter]);
  p.at("/linux/seccomp/listenerPath", () =>
    p.withRegister((step) => {
      p.compute(step, listener, "ShiftLeft", STEP_BITS);
      p.compute(step, step, "Or", Step.SeccompListener);
      p.waitForHost(step);
    }),
  );
  p.close(listener);
}
