import { Failure } from "../failure.ts";
import { type Comparison, resolveArchitecture, SeccompContext } from "../libc/libseccomp.ts";
import type { Seccomp, SeccompArg, SeccompSyscall } from "../spec/types.ts";
import { actionNumber, architectureName, OPERATORS } from "./actions.ts";
import { encodeBpf } from "./bpf.ts";
import { decide } from "./decisions.ts";
import { plainCalls } from "./plain_calls.ts";

/** With more rules than this a binary tree pays. The same bound as runc's. */
const LARGEST_LIST = 32;
const ANY_BITS = 0xffff_ffff_ffff_ffffn;

/**
 * Build the filter that `linux.seccomp` describes, as classic BPF for seccomp(2): most calls are decided by their number,
 * and behind that stands what libseccomp makes of the rest, which is a tenth of its work on the whole profile.
 *
 * @throws Failure
 * @see config-linux.md, "Seccomp"
 */
export function buildFilter(seccomp: Seccomp): Buffer {
  const { ranges, others } = plainCalls(seccomp);
  const rest = buildByLibseccomp(seccomp, (name) => others.has(name));
  return Buffer.concat([encodeBpf(decide(ranges)), rest]);
}

/**
 * The filter that libseccomp makes of a profile.
 *
 * @param includes whether what the profile says of a call is to be in it
 * @throws Failure
 */
export function buildByLibseccomp(seccomp: Seccomp, includes: (name: string) => boolean): Buffer {
  const { architectures = [] } = seccomp;
  const syscalls = (seccomp.syscalls ?? []).map((rule) => ({ ...rule, names: rule.names.filter(includes) }));
  const defaultAction = actionNumber(seccomp.defaultAction, seccomp.defaultErrnoRet);
  const context = new SeccompContext(defaultAction);
  try {
    for (const [i, name] of architectures.entries()) {
      const architecture = resolveArchitecture(architectureName(name));
      if (architecture === 0) throw invalid(`/architectures/${i}`, `libseccomp does not know ${name}`);
      try {
        context.addArchitecture(architecture);
      } catch (cause) {
        throw invalid(`/architectures/${i}`, (cause as Error).message);
      }
    }
    if (syscalls.reduce((sum, { names }) => sum + names.length, 0) > LARGEST_LIST) context.useBinaryTree();
    for (const [i, rule] of syscalls.entries()) {
      // libseccomp refuses a rule that says what happens anyway.
      if (actionNumber(rule.action, rule.errnoRet) === defaultAction) continue;
      try {
        addRule(context, rule);
      } catch (cause) {
        throw invalid(`/syscalls/${i}`, (cause as Error).message);
      }
    }
    return context.export();
  } finally {
    context.release();
  }
}

/** Names that no architecture has are passed over: a profile is written for more kernels than one. */
function addRule(context: SeccompContext, { names, action, errnoRet, args = [] }: SeccompSyscall): void {
  const number = actionNumber(action, errnoRet);
  const comparisons = args.map(comparisonOf);
  // libseccomp takes one comparison for each argument; several for one are alternatives, as in runc.
  const repeated = new Set(args.map(({ index }) => index)).size < args.length;
  for (const name of names) {
    if (!repeated) context.addRule(number, name, comparisons);
    else for (const comparison of comparisons) context.addRule(number, name, [comparison]);
  }
}

function comparisonOf({ index, op, value, valueTwo = 0 }: SeccompArg): Comparison {
  return {
    argument: index,
    operator: OPERATORS[op],
    first: BigInt(value) & ANY_BITS,
    second: BigInt(valueTwo) & ANY_BITS,
  };
}

function invalid(pointer: string, why: string): Failure {
  const at = `/linux/seccomp${pointer}`;
  return new Failure(`${at}: ${why}`, { code: "config.invalid", pointer: at });
}
