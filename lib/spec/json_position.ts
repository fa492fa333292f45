/**
 * Where things stand in a JSON text. JSON.parse is quick but forgets places and says little about errors; this reader
 * is loaded with it and used once something is wrong.
 */

/** A place in a text; both numbers start at 1, columns count characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A key that an object has twice; JSON.parse takes the last. */
export interface DuplicateKey {
  /** JSON Pointer of the value. */
  readonly pointer: string;
  readonly place: Place;
  readonly first: Place;
}

/** Why and where a text is not JSON. */
export class JsonSyntaxError extends Error {
  readonly place: Place;
  readonly expected: string;
  readonly found: string;

  constructor(place: Place, expected: string, found: string) {
    super(`expected ${expected}, found ${found}`);
    this.name = "JsonSyntaxError";
    this.place = place;
    this.expected = expected;
    this.found = found;
  }
}

/** As deep as Go's reader, which runc uses, goes. */
const maxDepth = 10_000;

const escapes = '"\\/bfnrt';

/** One part of a JSON Pointer, escaped (RFC 6901). */
export function pointerPart(key: string | number): string {
  return String(key).replaceAll("~", "~0").replaceAll("/", "~1");
}

/** The place of the character at `offset` (in UTF-16 units) of `text`. */
export function placeAt(text: string, offset: number): Place {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf("\n") + 1;
  let line = 1;
  for (let at = before.indexOf("\n"); at !== -1; at = before.indexOf("\n", at + 1)) line++;
  return { line, column: [...before.slice(lineStart)].length + 1 };
}

/** The places of all values of a JSON text. */
export class JsonPlaces {
  readonly duplicates: DuplicateKey[] = [];
  readonly #text: string;
  readonly #values = new Map<string, number>();
  readonly #keys = new Map<string, number>();
  #at = 0;

  /**
   * @param text the whole text
   * @throws JsonSyntaxError if it is not JSON (RFC 8259)
   */
  constructor(text: string) {
    this.#text = text;
    this.#value("", 0, "a value");
    this.#skipSpace();
    if (this.#at < text.length) this.#fail("the end of the file");
  }

  /**
   * The place of the value that a JSON Pointer names; where there is none, of the nearest value around it.
   */
  value(pointer: string): Place {
    return placeAt(this.#text, this.#nearest(this.#values, pointer));
  }

  /** The place of the key of the member that a JSON Pointer names, or of its value if it is in no object. */
  key(pointer: string): Place {
    const offset = this.#keys.get(pointer);
    return offset === undefined ? this.value(pointer) : placeAt(this.#text, offset);
  }

  #nearest(offsets: Map<string, number>, pointer: string): number {
    for (let at = pointer; at !== ""; at = at.slice(0, at.lastIndexOf("/"))) {
      const offset = offsets.get(at);
      if (offset !== undefined) return offset;
    }
    return offsets.get("") ?? 0;
  }

  #fail(expected: string, found = this.#describe()): never {
    throw new JsonSyntaxError(placeAt(this.#text, this.#at), expected, found);
  }

  /** What stands at the present place, for an error. */
  #describe(): string {
    const rest = this.#text.slice(this.#at, this.#at + 64);
    const char = rest.match(/^./su)?.[0];
    if (char === undefined) return "the end of the file";
    if (char === "\uFEFF") return "a byte order mark";
    if (rest.startsWith("//") || rest.startsWith("/*")) return "a comment, which JSON does not have";
    if (char === "'") return "a single quote, which JSON does not have";
    const word = rest.match(/^[\p{L}_][\p{L}\p{N}_-]*/u)?.[0];
    if (word !== undefined) return `\`${word}\``;
    if (char < " " || char === "\x7f") return `the control character ${char.charCodeAt(0)}`;
    return `\`${char}\``;
  }

  #skipSpace(): void {
    for (;;) {
      const char = this.#text[this.#at];
      if (char !== " " && char !== "\n" && char !== "\t" && char !== "\r") return;
      this.#at++;
    }
  }

  #value(pointer: string, depth: number, expected: string): void {
    this.#skipSpace();
    if (depth > maxDepth) this.#fail(`at most ${maxDepth} levels of nesting`, "more");
    this.#values.set(pointer, this.#at);
    const char = this.#text[this.#at];
    if (char === "{") this.#object(pointer, depth);
    else if (char === "[") this.#array(pointer, depth);
    else if (char === '"') this.#string();
    else if (char !== undefined && (char === "-" || (char >= "0" && char <= "9"))) this.#number();
    else this.#word(expected);
  }

  #object(pointer: string, depth: number): void {
    this.#at++;
    this.#skipSpace();
    if (this.#text[this.#at] === "}") {
      this.#at++;
      return;
    }
    for (;;) {
      this.#skipSpace();
      const start = this.#at;
      if (this.#text[start] !== '"') {
        this.#fail(this.#text[start] === "}" ? "another key after the comma" : "a key in double quotes");
      }
      const member = `${pointer}/${pointerPart(this.#string())}`;
      this.#noteKey(member, start);
      this.#skipSpace();
      if (this.#text[this.#at] !== ":") this.#fail("a colon after the key");
      this.#at++;
      this.#value(member, depth + 1, "a value after the colon");
      if (this.#closed("}", "a comma or `}`")) return;
    }
  }

  #noteKey(member: string, offset: number): void {
    const first = this.#keys.get(member);
    if (first !== undefined) {
      const places = { place: placeAt(this.#text, offset), first: placeAt(this.#text, first) };
      this.duplicates.push({ pointer: member, ...places });
    }
    this.#keys.set(member, offset);
  }

  #array(pointer: string, depth: number): void {
    this.#at++;
    this.#skipSpace();
    if (this.#text[this.#at] === "]") {
      this.#at++;
      return;
    }
    for (let index = 0; ; index++) {
      this.#value(`${pointer}/${index}`, depth + 1, index === 0 ? "a value or `]`" : "another value after the comma");
      if (this.#closed("]", "a comma or `]`")) return;
    }
  }

  /** After a member: pass over the comma, or over `bracket` and say so. */
  #closed(bracket: string, expected: string): boolean {
    this.#skipSpace();
    const char = this.#text[this.#at];
    if (char !== bracket && char !== ",") this.#fail(expected);
    this.#at++;
    return char === bracket;
  }

  /** Pass over a string; gives it decoded. */
  #string(): string {
    const start = this.#at++;
    for (;;) {
      const char = this.#text[this.#at];
      if (char === undefined) this.#fail("the closing quote of the string");
      if (char < " ") {
        this.#fail(
          char === "\n" || char === "\r" ? "the closing quote of the string" : "an escape for the control character",
          char === "\n" || char === "\r" ? "the end of the line" : this.#describe(),
        );
      }
      this.#at++;
      if (char === '"') return JSON.parse(this.#text.slice(start, this.#at)) as string;
      if (char === "\\") this.#escape();
    }
  }

  #escape(): void {
    const char = this.#text[this.#at];
    if (char === "u") {
      if (!/^[0-9a-fA-F]{4}$/.test(this.#text.slice(this.#at + 1, this.#at + 5))) {
        this.#fail("four hexadecimal digits after `\\u`", `\`${this.#text.slice(this.#at + 1, this.#at + 5)}\``);
      }
      this.#at += 5;
    } else if (char !== undefined && escapes.includes(char)) {
      this.#at++;
    } else {
      this.#fail(`one of ${[...escapes, "u"].join(" ")} after the backslash`);
    }
  }

  #number(): void {
    if (this.#text[this.#at] === "-") this.#at++;
    if (this.#text[this.#at] === "0") {
      this.#at++;
      const next = this.#text[this.#at];
      if (next !== undefined && next >= "0" && next <= "9") this.#fail("a number without a leading zero");
    } else {
      this.#digits();
    }
    if (this.#text[this.#at] === ".") {
      this.#at++;
      this.#digits();
    }
    if (this.#text[this.#at] === "e" || this.#text[this.#at] === "E") {
      this.#at++;
      if (this.#text[this.#at] === "+" || this.#text[this.#at] === "-") this.#at++;
      this.#digits();
    }
  }

  #digits(): void {
    const start = this.#at;
    for (
      let char = this.#text[this.#at];
      char !== undefined && char >= "0" && char <= "9";
      char = this.#text[this.#at]
    ) {
      this.#at++;
    }
    if (this.#at === start) this.#fail("a digit");
  }

  #word(expected: string): void {
    const word = this.#text.slice(this.#at, this.#at + 16).match(/^(?:true|false|null)(?![\w-])/)?.[0];
    if (word === undefined) this.#fail(expected);
    this.#at += word.length;
  }
}
