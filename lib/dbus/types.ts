/** A value with the type that D-Bus knows it by. */
export interface Variant {
  /** One complete type: `s`, `a(ss)`. */
  readonly signature: string;
  readonly value: Value;
}

/** Arrays, structures and entries of dictionaries are arrays; 64-bit integers come as bigint. */
export type Value = boolean | number | bigint | string | Uint8Array | Variant | readonly Value[];

/**
 * The length of the complete type that begins at `at`.
 *
 * @throws Error if there is none
 */
export function typeEnd(signature: string, at: number): number {
  const code = signature[at];
  if (code === "a") return typeEnd(signature, at + 1);
  const closing = code === "(" ? ")" : code === "{" ? "}" : undefined;
  if (closing === undefined) {
    if (code === undefined || !BASIC.includes(code)) throw new Error(`no D-Bus type: ${JSON.stringify(signature)}`);
    return at + 1;
  }
  let end = at + 1;
  while (signature[end] !== closing) end = typeEnd(signature, end);
  return end + 1;
}

const BASIC = "ybnqiuxtdsoghv";

/** The complete types that stand one after the other in a signature. @throws Error */
export function completeTypes(signature: string): string[] {
  const types: string[] = [];
  for (let at = 0; at < signature.length; ) {
    const end = typeEnd(signature, at);
    types.push(signature.slice(at, end));
    at = end;
  }
  return types;
}

/** To what multiple a value of this type is aligned. @see D-Bus Specification, "Summary of D-Bus marshalling" */
export function alignment(type: string): number {
  switch (type[0]) {
    case "n":
    case "q":
      return 2;
    case "b":
    case "i":
    case "u":
    case "s":
    case "o":
    case "a":
    case "h":
      return 4;
    case "x":
    case "t":
    case "d":
    case "(":
    case "{":
      return 8;
    default:
      return 1;
  }
}
