import { typeEnd, type Value, type Variant } from "./types.ts";

/**
 * Read a value in GVariant's text format, as far as D-Bus has its types: `true`, `'text'`, `uint64 5`, `['a', 'b']`,
 * `@as []`, `{'key': <1>}`, `(1, 'a')`, `b'bytes'`, `byte 0x1f`. A number without a type is an int32, with a point a double.
 *
 * @throws Error that says what is wrong with it
 * @see GVariant Text Format, in the GLib reference manual
 */
export function parseVariant(text: string): Variant {
  const parser = new Parser(text);
  const parsed = parser.parse(undefined);
  parser.end();
  return parsed;
}

const KEYWORDS: Readonly<Record<string, string>> = {
  boolean: "b",
  byte: "y",
  int16: "n",
  uint16: "q",
  int32: "i",
  uint32: "u",
  handle: "h",
  int64: "x",
  uint64: "t",
  double: "d",
  string: "s",
  objectpath: "o",
  signature: "g",
};

const RANGES: Readonly<Record<string, readonly [lowest: bigint, highest: bigint]>> = {
  y: [0n, 255n],
  n: [-(2n ** 15n), 2n ** 15n - 1n],
  q: [0n, 2n ** 16n - 1n],
  i: [-(2n ** 31n), 2n ** 31n - 1n],
  u: [0n, 2n ** 32n - 1n],
  h: [-(2n ** 31n), 2n ** 31n - 1n],
  x: [-(2n ** 63n), 2n ** 63n - 1n],
  t: [0n, 2n ** 64n - 1n],
};

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** @param expected the type that it has to be, if that is known */
  parse(expected: string | undefined): Variant {
    const next = this.#peek();
    if (next === "@") return this.parse(this.#annotation());
    if (next === "'" || next === '"') return this.#string(expected);
    if (next === "[") return this.#array(expected);
    if (next === "(") return this.#tuple(expected);
    if (next === "{") return this.#dictionary(expected);
    if (next === "<") return this.#variant(expected);
    const word = this.#match(/[^\s,:()[\]{}<>'"]+/y);
    if (word === undefined) throw this.#wrong("a value is expected");
    if (word === "b" && /['"]/.test(this.#text[this.#at] ?? "")) return this.#bytes(expected);
    if (word === "true" || word === "false") return typed("b", word === "true", expected);
    const keyword = Object.hasOwn(KEYWORDS, word) ? KEYWORDS[word] : undefined;
    if (keyword !== undefined) return typedBy(this.parse(keyword), expected);
    return this.#number(word, expected);
  }

  end(): void {
    if (this.#peek() !== "") throw this.#wrong("nothing is expected here");
  }

  #annotation(): string {
    this.#at++;
    const signature = this.#match(/[a-z(){}]+/y) ?? "";
    if (signature === "" || typeEnd(signature, 0) !== signature.length) throw this.#wrong("a type is expected");
    return signature;
  }

  #number(word: string, expected: string | undefined): Variant {
    if (!/^[-+]?(\d|\.\d|inf$|nan$)/i.test(word)) throw this.#wrong(`${JSON.stringify(word)} is no value`);
    const isWhole = /^[-+]?(0x[\da-f]+|\d+)$/i.test(word);
    const signature = expected ?? (isWhole ? "i" : "d");
    if (signature === "d") {
      const value = Number(word.replace(/inf$/i, "Infinity"));
      if (Number.isNaN(value) && !/nan$/i.test(word)) throw this.#wrong(`${JSON.stringify(word)} is no number`);
      return { signature, value };
    }
    const range = RANGES[signature];
    if (range === undefined || !isWhole) throw this.#wrong(`${word} is not of the type ${signature}`);
    const value = wholeNumber(word);
    if (value < range[0] || value > range[1]) throw this.#wrong(`${word} is out of the range of the type ${signature}`);
    return { signature, value: signature === "x" || signature === "t" ? value : Number(value) };
  }

  #string(expected: string | undefined): Variant {
    const value = this.#quoted();
    if (expected !== undefined && !"sog".includes(expected)) {
      throw this.#wrong(`${JSON.stringify(value)} is not of the type ${expected}`);
    }
    return { signature: expected ?? "s", value };
  }

  /** A byte string ends with a NUL. */
  #bytes(expected: string | undefined): Variant {
    return typed("ay", Buffer.from(`${this.#quoted()}\0`, "latin1"), expected);
  }

  #quoted(): string {
    const quote = this.#text[this.#at++];
    let result = "";
    for (;;) {
      const letter = this.#text[this.#at++];
      if (letter === undefined) throw this.#wrong("the text does not end");
      if (letter === quote) return result;
      result += letter === "\\" ? this.#escape() : letter;
    }
  }

  #escape(): string {
    const code = /u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{1,3})/y;
    code.lastIndex = this.#at;
    const match = code.exec(this.#text);
    if (match === null) {
      const letter = this.#text[this.#at++] ?? "";
      return ESCAPES[letter] ?? letter;
    }
    this.#at = code.lastIndex;
    const [, short, long, octal] = match;
    return String.fromCodePoint(octal === undefined ? Number.parseInt(short ?? long!, 16) : Number.parseInt(octal, 8));
  }

  #array(expected: string | undefined): Variant {
    if (expected !== undefined && expected[0] !== "a") throw this.#wrong(`an array is not of the type ${expected}`);
    this.#at++;
    let element = expected?.slice(1);
    const items: Value[] = [];
    this.#sequence("]", () => {
      const item = this.parse(element);
      element ??= item.signature;
      items.push(item.value);
    });
    if (element === undefined) throw this.#wrong("the type of an empty array is not known");
    return { signature: `a${element}`, value: items };
  }

  #tuple(expected: string | undefined): Variant {
    this.#at++;
    const items: Variant[] = [];
    this.#sequence(")", () => items.push(this.parse(undefined)));
    return typed(
      `(${items.map(({ signature }) => signature).join("")})`,
      items.map(({ value }) => value),
      expected,
    );
  }

  #dictionary(expected: string | undefined): Variant {
    this.#at++;
    const inner = expected?.startsWith("a{") ? expected.slice(2, -1) : undefined;
    let [key, value] = inner === undefined ? [] : [inner[0], inner.slice(1)];
    const entries: Value[] = [];
    this.#sequence("}", () => {
      const name = this.parse(key);
      if (this.#peek() !== ":") throw this.#wrong('":" is expected');
      this.#at++;
      const content = this.parse(value);
      key ??= name.signature;
      value ??= content.signature;
      entries.push([name.value, content.value]);
    });
    if (key === undefined) throw this.#wrong("the type of an empty dictionary is not known");
    return typed(`a{${key}${value}}`, entries, expected);
  }

  #variant(expected: string | undefined): Variant {
    this.#at++;
    const value = this.parse(undefined);
    if (this.#peek() !== ">") throw this.#wrong('">" is expected');
    this.#at++;
    return typed("v", value, expected);
  }

  /** Items with commas between them, and perhaps behind the last one. */
  #sequence(closing: string, item: () => void): void {
    while (this.#peek() !== closing) {
      item();
      const next = this.#peek();
      if (next === ",") this.#at++;
      else if (next !== closing) throw this.#wrong(`"," or ${JSON.stringify(closing)} is expected`);
    }
    this.#at++;
  }

  /** The next letter that is no space, empty at the end. */
  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
    return this.#text[this.#at] ?? "";
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #wrong(why: string): Error {
    return new Error(`${why} (at character ${this.#at + 1})`);
  }
}

function typed(signature: string, value: Value, expected: string | undefined): Variant {
  return typedBy({ signature, value }, expected);
}

function typedBy(variant: Variant, expected: string | undefined): Variant {
  if (expected === undefined || expected === variant.signature) return variant;
  throw new Error(`a value of the type ${variant.signature} is not of the type ${expected}`);
}

/** Also octal, as in C. */
function wholeNumber(word: string): bigint {
  const digits = word.replace(/^[-+]/, "");
  const value = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits}` : digits);
  return word[0] === "-" ? -value : value;
}
