import { describe, expect, test } from "bun:test";
import { marshal } from "./marshal.ts";
import { completeTypes, type Value } from "./types.ts";
import { unmarshal } from "./unmarshal.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Written by hand from the specification. */
const GOLDEN: readonly (readonly [signature: string, values: readonly Value[], bytes: string])[] = [
  ["y", [255], "ff"],
  ["b", [true], "01000000"],
  ["nq", [-2, 65535], "feffffff"],
  ["iu", [-1, 2 ** 32 - 1], "ffffffffffffffff"],
  ["yx", [1, -2n], "0100000000000000feffffffffffffff"],
  ["t", [2n ** 64n - 1n], "ffffffffffffffff"],
  ["d", [1.5], "000000000000f83f"],
  ["s", ["ab"], "02000000616200"],
  ["ys", [7, "ä"], "0700000002000000c3a400"],
  ["o", ["/a"], "020000002f6100"],
  ["g", ["as"], "02617300"],
  ["au", [[1, 2]], "080000000100000002000000"],
  // The padding before the first element is there without one too, and is not counted.
  ["at", [[]], "0000000000000000"],
  ["yat", [1, [2n]], "0100000008000000" + "0200000000000000"],
  ["ay", [new Uint8Array([1, 2, 3])], "03000000010203"],
  ["(yu)", [[1, 2]], "0100000002000000"],
  ["y(y)", [1, [2]], "010000000000000002"],
  ["v", [{ signature: "u", value: 5 }], "01750000" + "05000000"],
  [
    "a{sv}",
    [[["k", { signature: "b", value: true }]]],
    "1000000000000000" + "010000006b00" + "016200" + "000000" + "01000000",
  ],
  [
    "a(sv)",
    [[["PIDs", { signature: "au", value: [9] }]]],
    "1800000000000000" + "040000005049447300" + "02617500" + "000000" + "0400000009000000",
  ],
];

describe("values on the wire", () => {
  for (const [signature, values, bytes] of GOLDEN) {
    test(signature, () => {
      expect(hex(marshal(signature, values))).toBe(bytes);
      const read = unmarshal(signature, Buffer.from(bytes, "hex"));
      expect(read.end).toBe(bytes.length / 2);
      expect(marshal(signature, read.values).toString("hex")).toBe(bytes);
    });
  }

  test("more than the first buffer holds", () => {
    const text = "x".repeat(5000);
    const bytes = marshal("sas", ["", [text, text]]);
    expect(unmarshal("sas", bytes).values).toEqual(["", [text, text]]);
  });

  test("what is not of its type is refused", () => {
    for (const [signature, value] of [
      ["s", 1],
      ["u", "a"],
      ["as", "a"],
      ["(su)", ["a"]],
    ] as const) {
      expect(() => marshal(signature, [value])).toThrow("is not of the D-Bus type");
    }
    expect(() => marshal("su", ["a"])).toThrow("1 values");
  });

  test("bytes that end too early are refused", () => {
    const bytes = marshal("s", ["abc"]);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => unmarshal("s", bytes.subarray(0, length))).toThrow();
    }
  });
});

test("a signature is split into complete types", () => {
  expect(completeTypes("ssa(sv)a(sa(sv))a{s(ii)}u")).toEqual(["s", "s", "a(sv)", "a(sa(sv))", "a{s(ii)}", "u"]);
  for (const wrong of ["a", "(s", "z", "{s", ")"]) expect(() => completeTypes(wrong)).toThrow("no D-Bus type");
});
