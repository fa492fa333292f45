import { dlopen, ptr } from "bun:ffi";
import { cString } from "./system_call.ts";

/** Of glibc and of musl. */
const REG_EXTENDED = 1;
const REG_NOSUB = 8;
/** More than a whole regex_t in either. */
const REGEX_SIZE = 256;
const ERROR_SIZE = 256;

/**
 * An extended regular expression of POSIX's, as libc understands it: `[[:digit:]]` is a class, and `\d` is none.
 *
 * @returns whether it is found in a text
 * @throws Error with libc's words if it is no regular expression
 * @see regex(7), regcomp(3)
 */
export function extendedRegex(pattern: string): (text: string) => boolean {
  const { symbols } = dlopen("libc.so.6", {
    regcomp: { args: ["ptr", "ptr", "i32"], returns: "i32" },
    regexec: { args: ["ptr", "ptr", "u64", "ptr", "i32"], returns: "i32" },
    regerror: { args: ["i32", "ptr", "ptr", "u64"], returns: "u64" },
  });
  // It lives as long as the process: a command has one.
  const regex = new Uint8Array(REGEX_SIZE);
  const text = cString(pattern);
  const fault = symbols.regcomp(ptr(regex), ptr(text), REG_EXTENDED | REG_NOSUB);
  if (fault !== 0) {
    const words = Buffer.alloc(ERROR_SIZE);
    symbols.regerror(fault, ptr(regex), ptr(words), ERROR_SIZE);
    throw new Error(words.toString("utf8", 0, words.indexOf(0)));
  }
  return (candidate) => {
    const string = cString(candidate);
    return symbols.regexec(ptr(regex), ptr(string), 0, null, 0) === 0;
  };
}
