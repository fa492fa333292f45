import type { SeccompAction, SeccompArch, SeccompFlag, SeccompOperator } from "../spec/types.ts";

const EPERM = 1;

/** What libseccomp and the kernel call the actions; those with a number take it in their low half. @see linux/seccomp.h */
const ACTIONS: Readonly<Record<SeccompAction, number>> = {
  SCMP_ACT_KILL: 0x00000000,
  SCMP_ACT_KILL_THREAD: 0x00000000,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x00030000,
  SCMP_ACT_ERRNO: 0x00050000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_NOTIFY: 0x7fc00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
};

const TAKES_NUMBER: ReadonlySet<SeccompAction> = new Set(["SCMP_ACT_ERRNO", "SCMP_ACT_TRACE"]);

/** @param number the errno, or what a tracer gets; without it EPERM, as in every runtime */
export function actionNumber(action: SeccompAction, number: number | undefined): number {
  const base = ACTIONS[action];
  return TAKES_NUMBER.has(action) ? base + ((number ?? EPERM) & 0xffff) : base;
}

/** enum scmp_compare */
export const OPERATORS: Readonly<Record<SeccompOperator, number>> = {
  SCMP_CMP_NE: 1,
  SCMP_CMP_LT: 2,
  SCMP_CMP_LE: 3,
  SCMP_CMP_EQ: 4,
  SCMP_CMP_GE: 5,
  SCMP_CMP_GT: 6,
  SCMP_CMP_MASKED_EQ: 7,
};

/** @see seccomp(2) */
const FLAGS: Readonly<Record<SeccompFlag, number>> = {
  SECCOMP_FILTER_FLAG_TSYNC: 1,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 32,
};

/** The flags for seccomp(2). Without any given, speculation is left as it is, which runc does too: else calls get slow. */
export function flagBits(flags: readonly SeccompFlag[] | undefined): number {
  if (flags === undefined) return FLAGS.SECCOMP_FILTER_FLAG_SPEC_ALLOW;
  return flags.reduce((bits, flag) => bits | FLAGS[flag], 0);
}

const SECCOMP_FILTER_FLAG_NEW_LISTENER = 8;
/** With a listener, a thread that cannot be synchronised is told by an errno, and not in place of the descriptor. */
const SECCOMP_FILTER_FLAG_TSYNC_ESRCH = 16;

/** The flags of a filter that asks a listener. @see seccomp_unotify(2) */
export function listenerFlags(flags: number): number {
  const synchronised = (flags & FLAGS.SECCOMP_FILTER_FLAG_TSYNC) !== 0;
  return flags | SECCOMP_FILTER_FLAG_NEW_LISTENER | (synchronised ? SECCOMP_FILTER_FLAG_TSYNC_ESRCH : 0);
}

/** The actions, operators and flags by their names in config.json. */
export const SECCOMP_ACTIONS = Object.keys(ACTIONS) as SeccompAction[];
export const SECCOMP_OPERATORS = Object.keys(OPERATORS) as SeccompOperator[];
export const SECCOMP_FLAGS = Object.keys(FLAGS) as SeccompFlag[];

/** libseccomp's name of an architecture: `x86_64` for SCMP_ARCH_X86_64. */
export function architectureName(architecture: SeccompArch): string {
  return architecture.replace(/^SCMP_ARCH_/, "").toLowerCase();
}

/** Those of the specification; which ones libseccomp knows depends on its version. */
export const SECCOMP_ARCHITECTURES: SeccompArch[] = [
  "SCMP_ARCH_X86",
  "SCMP_ARCH_X86_64",
  "SCMP_ARCH_X32",
  "SCMP_ARCH_ARM",
  "SCMP_ARCH_AARCH64",
  "SCMP_ARCH_LOONGARCH64",
  "SCMP_ARCH_M68K",
  "SCMP_ARCH_MIPS",
  "SCMP_ARCH_MIPS64",
  "SCMP_ARCH_MIPS64N32",
  "SCMP_ARCH_MIPSEL",
  "SCMP_ARCH_MIPSEL64",
  "SCMP_ARCH_MIPSEL64N32",
  "SCMP_ARCH_PARISC",
  "SCMP_ARCH_PARISC64",
  "SCMP_ARCH_PPC",
  "SCMP_ARCH_PPC64",
  "SCMP_ARCH_PPC64LE",
  "SCMP_ARCH_RISCV64",
  "SCMP_ARCH_S390",
  "SCMP_ARCH_S390X",
  "SCMP_ARCH_SH",
  "SCMP_ARCH_SHEB",
];
