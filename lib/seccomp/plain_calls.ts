import { resolveArchitecture, resolveSystemCalls } from "../libc/libseccomp.ts";
import type { Seccomp } from "../spec/types.ts";
import { actionNumber, architectureName } from "./actions.ts";
import { type Range, RangeList, type Verdict } from "./decisions.ts";

const ENOSYS = 38;
const SECCOMP_RET_ERRNO = 0x0005_0000;
const AUDIT_ARCH_X86_64 = 0xc000_003e;
/** System calls of x32 are those of x86_64 with this bit. */
const X32_SYSCALL_BIT = 0x4000_0000;
/** How libseccomp numbers the calls that an architecture has only within socketcall(2) and ipc(2). */
const isCarried = (number: number): boolean => number < -100 && number > -1000;

/** With these a call that a profile does not know of goes through anyway. */
const PERMISSIVE = new Set(["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY"]);

/** What of a profile is decided by the numbers of calls alone. */
export interface PlainCalls {
  /** By architecture, its AUDIT_ARCH value. */
  readonly ranges: ReadonlyMap<number, readonly Range[]>;
  /** The names of the calls of which more has to be known, for which libseccomp is to be asked. */
  readonly others: ReadonlySet<string>;
}

/**
 * Separate the calls of a profile that one rule names, without arguments: nearly all of those of a usual one. libseccomp
 * has all the rest, with what it knows of rules for one call, of arguments, and of socketcall(2) and ipc(2).
 *
 * A call that is newer than every call that the profile names fails with ENOSYS and not as the default action says, so
 * that programs fall back to an older one instead of giving up; unless the default lets calls through anyway.
 */
export function plainCalls(seccomp: Seccomp): PlainCalls {
  const actions = plainActions(seccomp);
  const names = [...actions.keys()];
  const others = new Set<string>();
  for (const name of names) if (actions.get(name) === undefined) others.add(name);
  const native = process.arch === "arm64" ? "aarch64" : "x86_64";
  const architectures = [...new Set([native, ...(seccomp.architectures ?? []).map(architectureName)])];
  const numbers = resolveSystemCalls(architectures.map(resolveArchitecture), names);
  const ranges = new Map<number, readonly Range[]>();
  for (const [i, name] of architectures.entries()) {
    if (name === "x32") continue;
    const architecture = resolveArchitecture(name) >>> 0;
    const list = new RangeList();
    const newest = appendCalls(list, 0, names, numbers[i]!, actions, others);
    if (newest >= 0) list.from(newest + 1, beyondNewest(seccomp));
    if (architecture === AUDIT_ARCH_X86_64) {
      list.from(X32_SYSCALL_BIT, "ask");
      const x32 = numbers[architectures.indexOf("x32")];
      if (x32 !== undefined) appendCalls(list, X32_SYSCALL_BIT, names, x32, actions, others);
    }
    ranges.set(architecture, list.ranges);
  }
  return { ranges, others };
}

/** The action of each call that the profile names; undefined if there is more to it. */
function plainActions({ syscalls = [], defaultAction, defaultErrnoRet }: Seccomp): Map<string, number | undefined> {
  const actions = new Map<string, number | undefined>();
  const byDefault = actionNumber(defaultAction, defaultErrnoRet);
  for (const { names, action, errnoRet, args = [] } of syscalls) {
    const number = actionNumber(action, errnoRet);
    // A rule that says what happens anyway is none; its calls are known all the same.
    const plain = args.length === 0 && number !== byDefault ? number : undefined;
    for (const name of names) actions.set(name, actions.has(name) ? undefined : plain);
  }
  return actions;
}

/**
 * Add an architecture's calls to the list, all others to be asked for.
 *
 * @param start the smallest number that is one of its calls
 * @param numbers its number of each name; negative where it has none
 * @param others gets the names of those that the architecture has within others
 * @returns the largest number of a call that the profile names; smaller than `start` if there is none
 */
function appendCalls(
  list: RangeList,
  start: number,
  names: readonly string[],
  numbers: readonly number[],
  actions: ReadonlyMap<string, number | undefined>,
  others: Set<string>,
): number {
  const verdicts = new Map<number, Verdict>();
  for (let i = 0; i < names.length; i++) {
    const number = numbers[i]!;
    if (number >= 0) verdicts.set(number, actions.get(names[i]!) ?? "ask");
    else if (isCarried(number)) others.add(names[i]!);
  }
  // Sorted by the engine itself, which takes no steps of an interpreter.
  const sorted = Uint32Array.from(verdicts.keys()).sort();
  let next = start;
  for (const number of sorted) {
    if (number > next) list.from(next, "ask");
    list.from(number, verdicts.get(number) ?? "ask");
    next = number + 1;
  }
  list.from(next, "ask");
  return next - 1;
}

/** What becomes of a call that is newer than all that the profile names. */
function beyondNewest({ defaultAction, defaultErrnoRet }: Seccomp): Verdict {
  const says = PERMISSIVE.has(defaultAction) || (defaultAction === "SCMP_ACT_ERRNO" && defaultErrnoRet === ENOSYS);
  return says ? "ask" : SECCOMP_RET_ERRNO | ENOSYS;
}
