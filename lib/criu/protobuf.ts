/**
 * The part of the Protocol Buffers encoding that CRIU's messages need: integers, booleans, texts, and messages in
 * messages. A message is described by a table of its fields, from which its type follows.
 *
 * @see https://protobuf.dev/programming-guides/encoding/
 */

export interface Field {
  readonly number: number;
  /** `integer` stands for int32, uint32 and enums. */
  readonly kind: "integer" | "boolean" | "text" | Fields;
  readonly repeated?: true;
}

export interface Fields {
  readonly [name: string]: Field;
}

type One<Kind extends Field["kind"]> = Kind extends "integer"
  ? number
  : Kind extends "boolean"
    ? boolean
    : Kind extends "text"
      ? string
      : Kind extends Fields
        ? Message<Kind>
        : never;

/** A message with these fields. One that is not there is undefined. */
export type Message<T extends Fields> = {
  readonly [Name in keyof T]?: T[Name]["repeated"] extends true
    ? readonly One<T[Name]["kind"]>[]
    : One<T[Name]["kind"]>;
};

type Value = number | boolean | string | { readonly [name: string]: unknown };

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_SIZE: Readonly<Record<number, number>> = { 1: 8, 5: 4 };

/** @see "Message Structure" */
export function encodeMessage<T extends Fields>(fields: T, message: Message<T>): Uint8Array {
  const bytes: number[] = [];
  for (const [name, field] of Object.entries(fields)) {
    const value = (message as Readonly<Record<string, unknown>>)[name];
    if (value === undefined) continue;
    for (const one of field.repeated ? (value as readonly Value[]) : [value as Value]) appendField(bytes, field, one);
  }
  return Uint8Array.from(bytes);
}

function appendField(bytes: number[], { number, kind }: Field, value: Value): void {
  if (kind === "integer" || kind === "boolean") {
    appendVarint(bytes, (number << 3) | VARINT);
    appendVarint(bytes, Number(value));
    return;
  }
  const content = kind === "text" ? Buffer.from(value as string) : encodeMessage(kind, value as Message<Fields>);
  appendVarint(bytes, (number << 3) | LENGTH_DELIMITED);
  appendVarint(bytes, content.length);
  bytes.push(...content);
}

/** Seven bits to a byte, the lowest first; a negative number has all 64 bits. */
function appendVarint(bytes: number[], value: number): void {
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
}

/**
 * Decode a message. Fields that the table does not have are passed over.
 *
 * @throws RangeError if it is cut off or malformed
 */
export function decodeMessage<T extends Fields>(fields: T, bytes: Uint8Array): Message<T> {
  const message: Record<string, unknown> = {};
  const reader = new Reader(bytes);
  while (!reader.atEnd) {
    const key = Number(reader.varint());
    const wireType = key & 7;
    const [name, field] = Object.entries(fields).find(([, { number }]) => number === key >> 3) ?? [];
    const raw = reader.value(wireType);
    if (name === undefined || field === undefined) continue;
    const value = typeof raw === "bigint" ? decodeNumber(field, raw) : decodeBytes(field, raw);
    if (field.repeated) message[name] = [...((message[name] as Value[] | undefined) ?? []), value];
    else message[name] = value;
  }
  return message as Message<T>;
}

function decodeNumber({ kind }: Field, raw: bigint): Value {
  if (kind === "boolean") return raw !== 0n;
  if (kind === "integer") return Number(BigInt.asIntN(64, raw));
  throw new RangeError("a number in place of a text or message");
}

function decodeBytes({ kind }: Field, raw: Uint8Array): Value {
  if (kind === "text") return Buffer.from(raw).toString("utf8");
  if (typeof kind === "object") return decodeMessage(kind, raw);
  throw new RangeError("bytes in place of a number");
}

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#take(1)[0]!;
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new RangeError("a number of more than 64 bits");
  }

  value(wireType: number): bigint | Uint8Array {
    if (wireType === VARINT) return this.varint();
    const size = wireType === LENGTH_DELIMITED ? Number(this.varint()) : FIXED_SIZE[wireType];
    if (size === undefined) throw new RangeError(`an unknown wire type: ${wireType}`);
    return this.#take(size);
  }

  #take(count: number): Uint8Array {
    const end = this.#at + count;
    if (end > this.#bytes.length) throw new RangeError("the message is cut off");
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
