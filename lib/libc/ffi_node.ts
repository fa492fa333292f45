/**
 * What lib/libc needs of `bun:ffi`, by koffi, where the library runs on Node. koffi is loaded with the first call into libc:
 * whoever validates or compiles only need not install it. `make library` puts this file in the place of `bun:ffi`.
 */

import { createRequire } from "node:module";
import { Failure } from "../failure.ts";

/** The part of koffi that is used here. */
interface Koffi {
  load(path: string): { func(name: string, result: string, parameters: readonly string[]): Callable };
  address(memory: NodeJS.TypedArray): bigint;
  decode(address: number | bigint, offset: number, type: string): number;
  errno(): number;
}

type Callable = (...args: readonly (number | bigint | null)[]) => number | bigint | undefined;

/** Types of parameters and results; pointers are numbers here. */
export const FFIType = {
  i64_fast: "int64",
  i32: "int32",
  u32: "uint32",
  ptr: "uint64",
  pointer: "uint64",
  void: "void",
};

export type Pointer = number;

let module: Koffi | undefined;

/** @throws Failure if koffi is not installed */
function koffi(): Koffi {
  try {
    module ??= createRequire(import.meta.url)("koffi") as Koffi;
  } catch (cause) {
    throw new Failure("tsrun calls libc by way of the npm package koffi on Node, and that cannot be loaded", {
      hint: '"npm install koffi" installs it; to validate and to compile take none',
      cause,
    });
  }
  return module;
}

interface Signature {
  readonly args: readonly string[];
  readonly returns: string;
}

/** Stands for the address of errno, which another call of the engine might change before it is read. */
const ERRNO = -1;

/** Functions of a library, each looked up when it is called for the first time. */
export function dlopen<T extends Readonly<Record<string, Signature>>>(
  library: string,
  signatures: T,
): { readonly symbols: { readonly [Name in keyof T]: (...args: readonly (number | bigint | null)[]) => number } } {
  const named = (type: string): string => (type === "ptr" ? FFIType.ptr : type === "i32" ? FFIType.i32 : type);
  const symbols = Object.entries(signatures).map(([name, { args, returns }]) => {
    if (name === "__errno_location") return [name, () => ERRNO];
    let call: Callable | undefined;
    return [
      name,
      (...values: readonly (number | bigint | null)[]): number => {
        call ??= koffi().load(library).func(name, named(returns), args.map(named));
        return Number(call(...values.map((value) => value ?? 0)));
      },
    ];
  });
  return { symbols: Object.fromEntries(symbols) };
}

/** The address of memory, which the engine does not move. */
export function ptr(memory: NodeJS.TypedArray): number {
  return Number(koffi().address(memory));
}

const at = (type: string) => (address: number, offset: number) => koffi().decode(address, offset, type);

/** Numbers at an address. */
export const read = {
  i32: (address: number, offset: number): number =>
    address === ERRNO ? koffi().errno() : at("int32")(address, offset),
  u32: at("uint32"),
};
