import { expect, test } from "bun:test";
import { marshal } from "./marshal.ts";
import { decodeMessage, encodeCall, MessageType, messageLength } from "./message.ts";

/** Written by hand from the specification. */
const HELLO =
  "6c01000100000000010000006d000000" +
  "01016f00150000002f6f72672f667265656465736b746f702f44427573000000" +
  "02017300140000006f72672e667265656465736b746f702e4442757300000000" +
  "030173000500000048656c6c6f000000" +
  "06017300140000006f72672e667265656465736b746f702e4442757300000000";

test("a call without arguments, byte by byte", () => {
  const call = {
    destination: "org.freedesktop.DBus",
    path: "/org/freedesktop/DBus",
    interface: "org.freedesktop.DBus",
    member: "Hello",
  };
  const bytes = encodeCall(call, 1, true);
  expect(bytes.toString("hex")).toBe(HELLO);
  expect(messageLength(bytes)).toBe(bytes.length);
  expect(encodeCall(call, 1, false)[2]).toBe(1);
});

test("a call with arguments is as long as it says, and the arguments are behind the header", () => {
  const bytes = encodeCall({ path: "/a", interface: "b.c", member: "D", signature: "su", body: ["x", 7] }, 3, true);
  expect(messageLength(bytes)).toBe(bytes.length);
  const { type, member, interface: name, body } = decodeMessage(bytes);
  expect({ type, member, name, body }).toEqual({
    type: MessageType.MethodCall,
    member: "D",
    name: "b.c",
    body: ["x", 7],
  });
});

test("an error tells its name, its text, and what it answers", () => {
  const body = marshal("s", ["Unit x exists."]);
  const header = marshal("yyyyuua(yv)", [
    "l".charCodeAt(0),
    MessageType.Error,
    1,
    1,
    body.length,
    8,
    [
      [4, { signature: "s", value: "org.freedesktop.systemd1.UnitExists" }],
      [5, { signature: "u", value: 4 }],
      [8, { signature: "g", value: "s" }],
    ],
  ]);
  const bytes = Buffer.concat([header, Buffer.alloc(-header.length & 7), body]);
  expect(decodeMessage(bytes)).toMatchObject({
    type: MessageType.Error,
    replySerial: 4,
    errorName: "org.freedesktop.systemd1.UnitExists",
    body: ["Unit x exists."],
  });
});

test("too few bytes tell no length; another byte order is refused", () => {
  expect(messageLength(Buffer.alloc(15))).toBeUndefined();
  expect(() => messageLength(Buffer.from("B".padEnd(16, "\0")))).toThrow("little-endian");
});
