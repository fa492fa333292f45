import { dlopen, FFIType, type Pointer, ptr, read } from "bun:ffi";
import { describeErrno } from "../program/errno.ts";
import type { Architecture } from "../program/instruction.ts";
import { syscallNumber } from "../program/syscalls.ts";

/**
 * The one way from the host side to the kernel: libc's syscall(2), called through Bun's FFI. One symbol serves every
 * call, because each further symbol costs time at start-up.
 */

const long = FFIType.i64_fast;
const libc = dlopen("libc.so.6", {
  syscall: { args: [long, long, long, long, long, long, long], returns: long },
  __errno_location: { args: [], returns: FFIType.ptr },
});

export const ARCHITECTURE: Architecture = process.arch === "arm64" ? "arm64" : "x86_64";

/** A number, or memory whose address is passed; the memory stays referenced for as long as the call runs. */
export type CallArgument = number | NodeJS.TypedArray;

/** A system call failed; `errno` is positive. */
export class SystemCallError extends Error {
  readonly call: string;
  readonly errno: number;

  constructor(call: string, errno: number) {
    super(`${call}: ${describeErrno(errno)}`);
    this.call = call;
    this.errno = errno;
  }
}

/**
 * Make a system call by name. Returns its result, or the negative errno.
 *
 * @see syscall(2)
 */
export function trySystemCall(name: string, ...args: readonly CallArgument[]): number {
  const raw = (i: number): number => {
    const argument = args[i];
    if (argument === undefined) return 0;
    return typeof argument === "number" ? argument : (ptr(argument) as number);
  };
  const result = Number(
    libc.symbols.syscall(syscallNumber(ARCHITECTURE, name), raw(0), raw(1), raw(2), raw(3), raw(4), raw(5)),
  );
  return result === -1 ? -read.i32(libc.symbols.__errno_location() as Pointer, 0) : result;
}

/**
 * Make a system call by name.
 *
 * @throws SystemCallError
 */
export function systemCall(name: string, ...args: readonly CallArgument[]): number {
  const result = trySystemCall(name, ...args);
  if (result < 0) throw new SystemCallError(name, -result);
  return result;
}

/** Where memory lies, for a struct that points to it. It must stay referenced for as long as the address is used. */
export function addressOf(memory: NodeJS.TypedArray): bigint {
  return BigInt(ptr(memory) as number);
}

/** The text as C has it: UTF-8 with a NUL at the end. */
export function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}
