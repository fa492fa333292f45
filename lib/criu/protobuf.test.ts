import { describe, expect, test } from "bun:test";
import { REQUEST, RESPONSE, RequestType } from "./messages.ts";
import { decodeMessage, encodeMessage, type Fields } from "./protobuf.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

const FIELDS = {
  number: { number: 1, kind: "integer" },
  flag: { number: 2, kind: "boolean" },
  text: { number: 16, kind: "text" },
  inner: { number: 4, kind: { value: { number: 1, kind: "integer" } } },
  list: { number: 5, kind: "text", repeated: true },
} as const satisfies Fields;

describe("encodeMessage", () => {
  test.each([
    [{ number: 0 }, "0800"],
    [{ number: 150 }, "089601"],
    [{ number: 0x40000000 }, "088080808004"],
    [{ number: -1 }, "08ffffffffffffffffff01"],
    [{ flag: true }, "1001"],
    [{ flag: false }, "1000"],
    [{ text: "é" }, "820102c3a9"],
    [{ inner: { value: 150 } }, "2203089601"],
    [{ list: ["a", ""] }, "2a01612a00"],
    [{}, ""],
  ])("%j", (message, expected) => {
    expect(hex(encodeMessage(FIELDS, message))).toBe(expected);
    expect(decodeMessage(FIELDS, Buffer.from(expected, "hex"))).toEqual(message);
  });

  test("a long text", () => {
    const text = "x".repeat(300);
    expect(decodeMessage(FIELDS, encodeMessage(FIELDS, { text })).text).toBe(text);
  });

  test("what criu is asked for its version by", () => {
    expect(hex(encodeMessage(REQUEST, { type: RequestType.Version }))).toBe("080a");
  });
});

describe("decodeMessage", () => {
  test("what criu 3.17.1 answers to that", () => {
    const { version, success } = decodeMessage(RESPONSE, Buffer.from("080a100152060803101120012001", "hex"));
    expect(success).toBeTrue();
    expect(version).toEqual({ major: 3, minor: 17, sublevel: 1 });
  });

  test("fields that are not known are passed over", () => {
    const unknown = "9806017d0102030479010203040506070832017a";
    expect(decodeMessage(FIELDS, Buffer.from(`${unknown}089601`, "hex"))).toEqual({ number: 150 });
  });

  test.each(["08", "0896", "2205", "220308", "0bff", "08ffffffffffffffffffffff01", "0a0161", "8001", "8201"])(
    "%s is malformed",
    (bytes) => {
      expect(() => decodeMessage(FIELDS, Buffer.from(bytes, "hex"))).toThrow(RangeError);
    },
  );
});
