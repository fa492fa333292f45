import { dlopen, type Pointer, ptr, toBuffer } from "bun:ffi";
import { cString } from "./system_call.ts";

/** The UTF-8 text in memory that nobody of JavaScript's has made. @param length in bytes */
export function textAt(address: bigint, length: number): string {
  return toBuffer(Number(address) as Pointer, 0, length).toString();
}

/** Where libc remembers the end of its heap; 0 if it does not grow one. @see brk(2) */
export function programBreakAddress(): bigint {
  const { symbols } = dlopen("libc.so.6", { dlsym: { args: ["ptr", "ptr"], returns: "ptr" } });
  return BigInt(symbols.dlsym(null, ptr(cString("__curbrk"))) ?? 0);
}
