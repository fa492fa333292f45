import { SystemCallError, systemCall, trySystemCall } from "./system_call.ts";

/** Requests to the kernel's network configuration. @see netlink(7), rtnetlink(7) */

const AF_NETLINK = 16;
const NETLINK_ROUTE = 0;
const SOCK_RAW = 3;
const SOCK_CLOEXEC = 0o2000000;
const HEADER_SIZE = 16;
const ATTRIBUTE_HEADER_SIZE = 4;
const ALIGNMENT = 4;
const LARGEST_ANSWER = 65536;
const NLMSG_ERROR = 2;
const NLMSG_DONE = 3;
const NLM_F_REQUEST = 1;
const NLM_F_ACK = 4;
const NLM_F_DUMP = 0x300;

/** The kernel's end of a request: message type, what it says, its attributes. */
export interface NetlinkMessage {
  readonly type: number;
  /** The fixed part, and the attributes behind it. */
  readonly payload: Buffer;
}

export interface NetlinkAttribute {
  readonly type: number;
  readonly value: Buffer;
}

const aligned = (length: number): number => Math.ceil(length / ALIGNMENT) * ALIGNMENT;

/** A socket of the network namespace in which it is opened, which it stays in. */
export class RouteSocket {
  readonly #fd: number;

  /** @throws SystemCallError */
  constructor() {
    this.#fd = systemCall("socket", AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  }

  close(): void {
    trySystemCall("close", this.#fd);
  }

  /** Ask for something to be done. @throws SystemCallError named by `what` */
  change(what: string, type: number, flags: number, fixed: Uint8Array, attributes: readonly NetlinkAttribute[]): void {
    this.#send(what, type, NLM_F_REQUEST | NLM_F_ACK | flags, fixed, attributes);
    for (const message of this.#answers(what)) {
      if (message.type === NLMSG_ERROR) return;
    }
  }

  /** All objects of a kind. @throws SystemCallError named by `what` */
  dump(what: string, type: number, fixed: Uint8Array): NetlinkMessage[] {
    this.#send(what, type, NLM_F_REQUEST | NLM_F_DUMP, fixed, []);
    return [...this.#answers(what)];
  }

  #send(what: string, type: number, flags: number, fixed: Uint8Array, attributes: readonly NetlinkAttribute[]): void {
    const payload = Buffer.concat([fixed, ...attributes.map(encodeAttribute)]);
    const header = Buffer.alloc(HEADER_SIZE);
    header.writeUInt32LE(HEADER_SIZE + payload.length, 0);
    header.writeUInt16LE(type, 4);
    header.writeUInt16LE(flags, 6);
    const message = Buffer.concat([header, payload]);
    const sent = trySystemCall("sendto", this.#fd, message, message.length, 0, 0, 0);
    if (sent < 0) throw new SystemCallError(what, -sent);
  }

  /** Until the answer is complete, or the kernel has acknowledged. */
  *#answers(what: string): Generator<NetlinkMessage> {
    const bytes = Buffer.alloc(LARGEST_ANSWER);
    while (true) {
      const length = trySystemCall("recvfrom", this.#fd, bytes, bytes.length, 0, 0, 0);
      if (length < 0) throw new SystemCallError(what, -length);
      for (let at = 0; at + HEADER_SIZE <= length; ) {
        const size = bytes.readUInt32LE(at);
        const type = bytes.readUInt16LE(at + 4);
        const payload = Buffer.from(bytes.subarray(at + HEADER_SIZE, at + size));
        if (type === NLMSG_DONE) return;
        if (type === NLMSG_ERROR && payload.readInt32LE(0) !== 0) {
          throw new SystemCallError(what, -payload.readInt32LE(0));
        }
        yield { type, payload };
        if (type === NLMSG_ERROR) return;
        at += aligned(size);
      }
    }
  }
}

function encodeAttribute({ type, value }: NetlinkAttribute): Buffer {
  const length = ATTRIBUTE_HEADER_SIZE + value.length;
  const bytes = Buffer.alloc(aligned(length));
  bytes.writeUInt16LE(length, 0);
  bytes.writeUInt16LE(type, 2);
  value.copy(bytes, ATTRIBUTE_HEADER_SIZE);
  return bytes;
}

/** The attributes behind the fixed part of a message. */
export function attributesOf({ payload }: NetlinkMessage, fixedSize: number): NetlinkAttribute[] {
  const found: NetlinkAttribute[] = [];
  for (let at = aligned(fixedSize); at + ATTRIBUTE_HEADER_SIZE <= payload.length; ) {
    const length = payload.readUInt16LE(at);
    if (length < ATTRIBUTE_HEADER_SIZE) break;
    const value = payload.subarray(at + ATTRIBUTE_HEADER_SIZE, at + length);
    found.push({ type: payload.readUInt16LE(at + 2), value });
    at += aligned(length);
  }
  return found;
}
