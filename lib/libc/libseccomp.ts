import { dlopen, FFIType, type Pointer, ptr, read } from "bun:ffi";
import { closeSync, readFileSync } from "./files.ts";
import { cString, SystemCallError, systemCall } from "./system_call.ts";

/** libseccomp, loaded when the first filter is built. @see seccomp_init(3) and the pages it names */

const { i32, u32, pointer } = FFIType;

const LIBRARY = "libseccomp.so.2";

function open() {
  return dlopen(LIBRARY, {
    seccomp_init: { args: [u32], returns: pointer },
    seccomp_release: { args: [pointer], returns: FFIType.void },
    seccomp_arch_resolve_name: { args: [pointer], returns: u32 },
    seccomp_arch_add: { args: [pointer, u32], returns: i32 },
    seccomp_attr_set: { args: [pointer, u32, u32], returns: i32 },
    seccomp_syscall_resolve_name_arch: { args: [u32, pointer], returns: i32 },
    seccomp_syscall_resolve_name: { args: [pointer], returns: i32 },
    seccomp_rule_add_array: { args: [pointer, u32, i32, u32, pointer], returns: i32 },
    seccomp_export_bpf: { args: [pointer, i32], returns: i32 },
  }).symbols;
}

let library: ReturnType<typeof open> | undefined;

function loaded(): ReturnType<typeof open> {
  library ??= open();
  return library;
}

const EEXIST = 17;
const SCMP_FLTATR_CTL_OPTIMIZE = 8;
/** Compare system calls by a binary tree instead of one after the other. */
const OPTIMIZE_BINARY_TREE = 2;
/** What libseccomp says of a name that it does not know. */
const NR_SCMP_ERROR = -1;

/** A condition on an argument, as libseccomp takes it. */
export interface Comparison {
  readonly argument: number;
  /** enum scmp_compare */
  readonly operator: number;
  readonly first: bigint;
  readonly second: bigint;
}

/** `struct scmp_arg_cmp`: unsigned int arg; enum scmp_compare op; u64 datum_a, datum_b. */
const COMPARISON_SIZE = 24;

/** The library's version, as in `2.5.4`; undefined where it is not installed. @see seccomp_version(3) */
export function libseccompVersion(): string | undefined {
  const library = openForVersion();
  if (library === undefined) return undefined;
  const version = library.symbols.seccomp_version() as Pointer;
  return [0, 4, 8].map((at) => read.u32(version, at)).join(".");
}

/** On its own, since each function that is looked up takes time. */
function openForVersion() {
  try {
    return dlopen(LIBRARY, { seccomp_version: { args: [], returns: pointer } });
  } catch {
    return undefined;
  }
}

/** The number of an architecture by libseccomp's name (`x86_64`): its AUDIT_ARCH value; 0 if it is not known. */
export function resolveArchitecture(name: string): number {
  return loaded().seccomp_arch_resolve_name(ptr(cString(name)));
}

/**
 * The numbers of system calls on architectures, as libseccomp has them; negative where one has none of this name.
 *
 * @returns for each architecture those of all names, in their order
 */
export function resolveSystemCalls(architectures: readonly number[], names: readonly string[]): number[][] {
  const { seccomp_syscall_resolve_name_arch: resolve } = loaded();
  const text = Buffer.from(`${names.join("\0")}\0`);
  const start = ptr(text);
  const numbers: number[][] = architectures.map(() => []);
  // The address of each name, from the end of the one before.
  for (let i = 0, offset = 0; i < names.length; i++) {
    const name = (start + offset) as Pointer;
    for (let j = 0; j < architectures.length; j++) numbers[j]![i] = resolve(architectures[j]!, name);
    offset = text.indexOf(0, offset) + 1;
  }
  return numbers;
}

/** A filter under construction. Release it when it is exported. */
export class SeccompContext {
  readonly #context: Pointer;

  /** @param defaultAction what happens to a call that no rule matches */
  constructor(defaultAction: number) {
    const context = loaded().seccomp_init(defaultAction) as Pointer | null;
    if (context === null) throw new RangeError(`libseccomp does not know the action 0x${defaultAction.toString(16)}`);
    this.#context = context;
  }

  addArchitecture(architecture: number): void {
    const result = loaded().seccomp_arch_add(this.#context, architecture);
    if (result < 0 && result !== -EEXIST) throw new SystemCallError("seccomp_arch_add", -result);
  }

  /** @returns false if no architecture has a call of this name */
  addRule(action: number, name: string, comparisons: readonly Comparison[]): boolean {
    const number = loaded().seccomp_syscall_resolve_name(ptr(cString(name)));
    if (number === NR_SCMP_ERROR) return false;
    const array = Buffer.alloc(COMPARISON_SIZE * Math.max(comparisons.length, 1));
    for (const [i, { argument, operator, first, second }] of comparisons.entries()) {
      array.writeUInt32LE(argument, i * COMPARISON_SIZE);
      array.writeUInt32LE(operator, i * COMPARISON_SIZE + 4);
      array.writeBigUInt64LE(first, i * COMPARISON_SIZE + 8);
      array.writeBigUInt64LE(second, i * COMPARISON_SIZE + 16);
    }
    const result = loaded().seccomp_rule_add_array(this.#context, action, number, comparisons.length, ptr(array));
    if (result < 0 && result !== -EEXIST) throw new SystemCallError(`seccomp_rule_add("${name}")`, -result);
    return true;
  }

  useBinaryTree(): void {
    loaded().seccomp_attr_set(this.#context, SCMP_FLTATR_CTL_OPTIMIZE, OPTIMIZE_BINARY_TREE);
  }

  /** The filter as classic BPF: an array of `struct sock_filter`. */
  export(): Buffer {
    const fd = systemCall("memfd_create", cString("seccomp"), 1);
    try {
      const result = loaded().seccomp_export_bpf(this.#context, fd);
      if (result < 0) throw new SystemCallError("seccomp_export_bpf", -result);
      systemCall("lseek", fd, 0, 0);
      return readFileSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  release(): void {
    loaded().seccomp_release(this.#context);
  }
}
