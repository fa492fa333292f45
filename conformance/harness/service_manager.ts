/** What a service manager such as systemd does for a service of `Type=notify`. */

import { SOCK_DGRAM, serviceAddress } from "../../lib/libc/socket.ts";
import { addressOf, systemCall, trySystemCall } from "../../lib/libc/system_call.ts";

const AF_UNIX = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const CMSG_SPACE = 24;

export class ServiceManager {
  readonly #socket: number;
  readonly #heard: string[] = [];

  /** @param address a path, or an abstract name behind `@` */
  constructor(address: string) {
    this.#socket = systemCall("socket", AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const bytes = serviceAddress(address);
    systemCall("bind", this.#socket, bytes, bytes.length);
  }

  /** Every message so far. Descriptors that came with them are closed, which is what a barrier waits for. */
  get heard(): readonly string[] {
    const content = Buffer.alloc(4096);
    const control = Buffer.alloc(CMSG_SPACE);
    const parts = new BigUint64Array([addressOf(content), BigInt(content.length)]);
    for (;;) {
      const message = new BigUint64Array([0n, 0n, addressOf(parts), 1n, addressOf(control), BigInt(CMSG_SPACE), 0n]);
      const length = trySystemCall("recvmsg", this.#socket, message, MSG_CMSG_CLOEXEC);
      if (length < 0) return this.#heard;
      if (message[5] === BigInt(CMSG_SPACE)) systemCall("close", control.readInt32LE(16));
      this.#heard.push(content.toString("utf8", 0, length));
    }
  }

  close(): void {
    systemCall("close", this.#socket);
  }
}
