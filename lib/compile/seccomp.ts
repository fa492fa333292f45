import type { ProgramBuilder } from "../program/builder.ts";
import { SECCOMP_SET_MODE_FILTER } from "../program/constants.ts";
import type { ListenerRelay } from "./listener_relay.ts";

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
 * Filter the system calls of this process from now on.
 *
 * @param relay for a filter that asks a listener
 * @see seccomp(2), seccomp_unotify(2); config-linux.md, "Seccomp"
 */
export function applySeccomp(
  p: ProgramBuilder,
  { instructions, flags }: SeccompFilter,
  relay: ListenerRelay | undefined,
): void {
  const code = p.bytes(instructions);
  const filter = p.longs([instructions.length / SOCK_FILTER_SIZE, code]);
  if (relay === undefined) p.call("seccomp", [SECCOMP_SET_MODE_FILTER, flags, filter]);
  else relay.handOver(p.open("seccomp", [SECCOMP_SET_MODE_FILTER, flags, filter]));
}
