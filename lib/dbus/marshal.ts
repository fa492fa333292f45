import { alignment, completeTypes, type Value, type Variant } from "./types.ts";

/** Bytes that grow, each value aligned from their beginning. */
class Writer {
  #bytes = Buffer.alloc(512);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** Room for a number, aligned to its size; where it begins. */
  #room(size: number, aligned = size): number {
    this.align(aligned);
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.alloc(this.#length * 2);
      this.#bytes.copy(larger);
      this.#bytes = larger;
    }
    return at;
  }

  align(to: number): void {
    const missing = -this.#length & (to - 1);
    if (missing > 0) this.#room(missing, 1);
  }

  byte(value: number): void {
    const at = this.#room(1);
    this.#bytes[at] = value;
  }

  /** An integer of 2, 4 or 8 bytes; negative ones as their two's complement. */
  integer(size: 2 | 4 | 8, value: number | bigint): void {
    const at = this.#room(size);
    if (size === 8) this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), at);
    else if (size === 4) this.#bytes.writeUInt32LE(Number(value) >>> 0, at);
    else this.#bytes.writeUInt16LE(Number(value) & 0xffff, at);
  }

  double(value: number): void {
    const at = this.#room(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  raw(content: Uint8Array): void {
    const at = this.#room(content.length, 1);
    this.#bytes.set(content, at);
  }

  /** Set the 32-bit integer that was written at `at`. */
  patch(at: number, value: number): void {
    this.#bytes.writeUInt32LE(value, at);
  }

  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }
}

/**
 * Values as D-Bus has them on the wire, little-endian.
 *
 * @param signature the types of the values, one after the other
 * @throws Error if a value is not of its type
 * @see D-Bus Specification, "Marshaling (Wire Format)"
 */
export function marshal(signature: string, values: readonly Value[]): Buffer {
  const writer = new Writer();
  const types = completeTypes(signature);
  if (types.length !== values.length) throw new Error(`${values.length} values for ${JSON.stringify(signature)}`);
  for (const [i, type] of types.entries()) write(writer, type, values[i]!);
  return writer.finish();
}

function write(writer: Writer, type: string, value: Value): void {
  switch (type[0]) {
    case "y":
      writer.byte(number(type, value));
      return;
    case "b":
      writer.integer(4, value === true ? 1 : 0);
      return;
    case "n":
    case "q":
      writer.integer(2, number(type, value));
      return;
    case "i":
    case "u":
    case "h":
      writer.integer(4, number(type, value));
      return;
    case "x":
    case "t":
      writer.integer(8, typeof value === "bigint" ? value : number(type, value));
      return;
    case "d":
      writer.double(number(type, value));
      return;
    case "s":
    case "o":
    case "g":
      writeText(writer, type, value);
      return;
    case "v": {
      const { signature, value: inner } = value as Variant;
      writeText(writer, "g", signature);
      write(writer, signature, inner);
      return;
    }
    case "a":
      writeArray(writer, type.slice(1), value);
      return;
    default: {
      writer.align(8);
      const types = completeTypes(type.slice(1, -1));
      const fields = list(type, value);
      if (fields.length !== types.length) throw wrong(type, value);
      for (const [i, field] of types.entries()) write(writer, field, fields[i]!);
    }
  }
}

function writeText(writer: Writer, type: string, value: Value): void {
  if (typeof value !== "string") throw wrong(type, value);
  const bytes = Buffer.from(value);
  if (type === "g") writer.byte(bytes.length);
  else writer.integer(4, bytes.length);
  writer.raw(bytes);
  writer.byte(0);
}

function writeArray(writer: Writer, element: string, value: Value): void {
  writer.integer(4, 0);
  const lengthAt = writer.length - 4;
  // The padding before the first element does not count, and is there without any, too.
  writer.align(alignment(element));
  const start = writer.length;
  if (value instanceof Uint8Array && element === "y") writer.raw(value);
  else for (const item of list(`a${element}`, value)) write(writer, element, item);
  writer.patch(lengthAt, writer.length - start);
}

function number(type: string, value: Value): number {
  if (typeof value === "number" || typeof value === "bigint") return Number(value);
  throw wrong(type, value);
}

function list(type: string, value: Value): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  throw wrong(type, value);
}

function wrong(type: string, value: Value): Error {
  return new Error(`${String(value)} is not of the D-Bus type ${type}`);
}
