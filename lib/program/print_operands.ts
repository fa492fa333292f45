import { type Architecture, DATA_ADDRESS, type Operand, type Program } from "./instruction.ts";

/** Numbers from here on are easier to read in hexadecimal. */
const HEXADECIMAL_FROM = 4096;

/** What is known of a program's data area at an instruction: what it held at first, and what was stored there since. */
export class KnownData {
  readonly architecture: Architecture;
  readonly #bytes: DataView;
  readonly #stored = new Map<number, Operand>();

  constructor({ architecture, data }: Program) {
    this.architecture = architecture;
    this.#bytes = new DataView(data.buffer, data.byteOffset, data.byteLength);
  }

  /** A store instruction was passed. What it stores at an address that only the run knows is not known here. */
  store(address: Operand, value: Operand): void {
    if (typeof address === "object" && "data" in address) this.#stored.set(address.data, value);
  }

  /** The field of a struct at this offset; undefined if it reaches beyond the area. */
  field(offset: number, size: 4 | 8): Operand | undefined {
    const stored = this.#stored.get(offset);
    if (stored !== undefined) return stored;
    if (offset + size > this.#bytes.byteLength) return undefined;
    return size === 4 ? this.#bytes.getUint32(offset, true) : this.#bytes.getBigUint64(offset, true);
  }

  /** The NUL-terminated text at this offset. */
  text(offset: number): string {
    let end = offset;
    while (end < this.#bytes.byteLength && this.#bytes.getUint8(end) !== 0) end++;
    return new TextDecoder().decode(new Uint8Array(this.#bytes.buffer, this.#bytes.byteOffset + offset, end - offset));
  }

  /** The texts that a NULL-terminated array of pointers at this offset leads to. */
  texts(offset: number): string[] {
    const texts: string[] = [];
    for (let at = offset; ; at += 8) {
      const pointer = this.field(at, 8);
      if (typeof pointer !== "bigint" || pointer === 0n) return texts;
      texts.push(this.text(Number(pointer) - DATA_ADDRESS));
    }
  }
}

/** How an argument of a call is written. */
export type Form = (operand: Operand, data: KnownData) => string;

/** A number, `r3`, the text that lies there, or `[offset]` in the data area. */
export function formatOperand(operand: Operand): string {
  if (typeof operand === "number" || typeof operand === "bigint") {
    return operand >= HEXADECIMAL_FROM ? `0x${operand.toString(16)}` : String(operand);
  }
  if ("register" in operand) return `r${operand.register}`;
  if (operand.table !== undefined) return `[${operand.table.map((entry) => JSON.stringify(entry)).join(", ")}]`;
  return operand.text === undefined ? `[${operand.data}]` : JSON.stringify(operand.text);
}

/** A number as such, undefined for anything else. */
function numberOf(operand: Operand): bigint | undefined {
  return typeof operand === "number" || typeof operand === "bigint" ? BigInt(operand) : undefined;
}

/** File modes. */
export const octal: Form = (operand) => {
  const mode = numberOf(operand);
  return mode === undefined || mode <= 0n ? formatOperand(operand) : `0${mode.toString(8)}`;
};

export const hexadecimal: Form = (operand) => {
  const value = numberOf(operand);
  return value === undefined || value <= 0n ? formatOperand(operand) : `0x${value.toString(16)}`;
};

/**
 * Bits by name, joined by a bar, the rest in hexadecimal.
 *
 * @param names a name that stands for several bits comes before those that stand for fewer of them
 */
export function flags(names: Readonly<Record<string, number>>): Form {
  return (operand) => {
    const value = numberOf(operand);
    if (value === undefined || value <= 0n) return formatOperand(operand);
    let left = value;
    const found: string[] = [];
    for (const [name, number] of Object.entries(names)) {
      const bits = BigInt(number);
      if (bits === 0n || (left & bits) !== bits) continue;
      found.push(name);
      left &= ~bits;
    }
    if (left !== 0n) found.push(`0x${left.toString(16)}`);
    return found.join(" | ");
  };
}

/** One number by name. */
export function oneOf(names: Readonly<Record<string, number>>): (operand: Operand) => string {
  const known = Object.entries(names);
  return (operand) => known.find(([, number]) => number === operand)?.[0] ?? formatOperand(operand);
}

/** A struct in the data area, without the fields that are zero. */
export function struct(fields: readonly (readonly [name: string, offset: number, size: 4 | 8, form: Form])[]): Form {
  return (operand, data) => {
    if (typeof operand !== "object" || !("data" in operand)) return formatOperand(operand);
    const written: string[] = [];
    for (const [name, offset, size, form] of fields) {
      const value = data.field(operand.data + offset, size);
      if (value === undefined) return formatOperand(operand);
      if (value !== 0 && value !== 0n) written.push(`${name}: ${form(value, data)}`);
    }
    return `{${written.join(", ")}}`;
  };
}

/** A NULL-terminated array of pointers to texts. */
export const textArray: Form = (operand, data) =>
  typeof operand === "object" && "data" in operand
    ? `[${data
        .texts(operand.data)
        .map((text) => JSON.stringify(text))
        .join(", ")}]`
    : formatOperand(operand);
