import { marshal } from "./marshal.ts";
import type { Value, Variant } from "./types.ts";
import { unmarshal } from "./unmarshal.ts";

/** @see D-Bus Specification, "Message Format" */
export const MessageType = { MethodCall: 1, MethodReturn: 2, Error: 3, Signal: 4 } as const;

const NO_REPLY_EXPECTED = 1;
const PROTOCOL_VERSION = 1;
const LITTLE_ENDIAN = "l".charCodeAt(0);
/** The fixed part of the header, and the length of the array of fields. */
const FIXED_SIZE = 16;

const Field = {
  Path: 1,
  Interface: 2,
  Member: 3,
  ErrorName: 4,
  ReplySerial: 5,
  Destination: 6,
  Sender: 7,
  Signature: 8,
} as const;

/** A call of a method. */
export interface MethodCall {
  /** The name on the bus; none where there is no bus in between. */
  readonly destination?: string;
  readonly path: string;
  readonly interface: string;
  readonly member: string;
  readonly signature?: string;
  readonly body?: readonly Value[];
}

/** A message that was received. */
export interface Message {
  readonly type: number;
  readonly replySerial: number | undefined;
  readonly errorName: string | undefined;
  readonly interface: string | undefined;
  readonly member: string | undefined;
  readonly body: readonly Value[];
}

/** @param wantsReply false: the receiver is told to send none */
export function encodeCall(call: MethodCall, serial: number, wantsReply: boolean): Buffer {
  const { destination, path, interface: name, member, signature = "", body = [] } = call;
  const content = marshal(signature, body);
  const fields: [number, Variant][] = [
    [Field.Path, { signature: "o", value: path }],
    [Field.Interface, { signature: "s", value: name }],
    [Field.Member, { signature: "s", value: member }],
  ];
  if (destination !== undefined) fields.push([Field.Destination, { signature: "s", value: destination }]);
  if (signature !== "") fields.push([Field.Signature, { signature: "g", value: signature }]);
  const header = marshal("yyyyuua(yv)", [
    LITTLE_ENDIAN,
    MessageType.MethodCall,
    wantsReply ? 0 : NO_REPLY_EXPECTED,
    PROTOCOL_VERSION,
    content.length,
    serial,
    fields,
  ]);
  return Buffer.concat([header, Buffer.alloc(-header.length & 7), content]);
}

/** How many bytes the message has that begins here; undefined as long as too few are there to tell. */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length < FIXED_SIZE) return undefined;
  if (bytes[0] !== LITTLE_ENDIAN) throw new Error("a D-Bus message is not little-endian");
  const header = FIXED_SIZE + bytes.readUInt32LE(12);
  return header + (-header & 7) + bytes.readUInt32LE(4);
}

/** @param bytes a whole message @throws Error if it is none */
export function decodeMessage(bytes: Buffer): Message {
  const { values, end } = unmarshal("yyyyuua(yv)", bytes);
  const fields = new Map((values[6] as [number, Variant][]).map(([code, { value }]) => [code, value]));
  const text = (code: number): string | undefined => fields.get(code) as string | undefined;
  const signature = text(Field.Signature) ?? "";
  return {
    type: values[1] as number,
    replySerial: fields.get(Field.ReplySerial) as number | undefined,
    errorName: text(Field.ErrorName),
    interface: text(Field.Interface),
    member: text(Field.Member),
    body: unmarshal(signature, bytes, end + (-end & 7)).values,
  };
}
