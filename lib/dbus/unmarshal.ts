import { alignment, completeTypes, type Value } from "./types.ts";

/**
 * Read values as they are on the wire, little-endian.
 *
 * @param bytes of which the first is aligned
 * @returns the values, and where they end
 * @throws Error if the bytes end before that
 */
export function unmarshal(signature: string, bytes: Buffer, offset = 0): { readonly values: Value[]; end: number } {
  const reader = new Reader(bytes, offset);
  return { values: completeTypes(signature).map((type) => reader.read(type)), end: reader.at };
}

class Reader {
  readonly #bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at: number) {
    this.#bytes = bytes;
    this.at = at;
  }

  read(type: string): Value {
    this.#align(alignment(type));
    switch (type[0]) {
      case "y":
        return this.#bytes.readUInt8(this.#skip(1));
      case "b":
        return this.#bytes.readUInt32LE(this.#skip(4)) !== 0;
      case "n":
        return this.#bytes.readInt16LE(this.#skip(2));
      case "q":
        return this.#bytes.readUInt16LE(this.#skip(2));
      case "i":
        return this.#bytes.readInt32LE(this.#skip(4));
      case "u":
      case "h":
        return this.#bytes.readUInt32LE(this.#skip(4));
      case "x":
        return this.#bytes.readBigInt64LE(this.#skip(8));
      case "t":
        return this.#bytes.readBigUInt64LE(this.#skip(8));
      case "d":
        return this.#bytes.readDoubleLE(this.#skip(8));
      case "s":
      case "o":
        return this.#text(this.#bytes.readUInt32LE(this.#skip(4)));
      case "g":
        return this.#text(this.#bytes.readUInt8(this.#skip(1)));
      case "v": {
        const signature = this.read("g") as string;
        return { signature, value: this.read(signature) };
      }
      case "a":
        return this.#array(type.slice(1));
      default:
        return completeTypes(type.slice(1, -1)).map((field) => this.read(field));
    }
  }

  #array(element: string): Value[] {
    const length = this.#bytes.readUInt32LE(this.#skip(4));
    this.#align(alignment(element));
    const end = this.at + length;
    const items: Value[] = [];
    while (this.at < end) items.push(this.read(element));
    return items;
  }

  #text(length: number): string {
    const at = this.#skip(length + 1);
    if (at + length >= this.#bytes.length) throw new Error("a D-Bus message is too short");
    return this.#bytes.toString("utf8", at, at + length);
  }

  #align(to: number): void {
    this.at += -this.at & (to - 1);
  }

  /** Where the value begins. */
  #skip(size: number): number {
    this.at += size;
    return this.at - size;
  }
}
