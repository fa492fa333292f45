/** A socket at which a runtime delivers a descriptor: `--console-socket`, `--pidfd-socket`. */

import { SOCK_STREAM, SOCKADDR_UN_SIZE, unixAddress } from "../../lib/libc/socket.ts";
import { addressOf, systemCall, trySystemCall } from "../../lib/libc/system_call.ts";

const AF_UNIX = 1;
const SOCK_NONBLOCK = 0o4000;
const SOCK_CLOEXEC = 0o2000000;
const F_SETFL = 4;
const O_NONBLOCK = 0o4000;
const MSG_CMSG_CLOEXEC = 0x40000000;
const EAGAIN = 11;

export interface Delivery {
  /** What stands beside the descriptor. */
  readonly text: string;
  readonly descriptor: number;
}

export class DescriptorSocket {
  readonly #listener: number;

  /** @param path of at most 107 bytes */
  constructor(path: string) {
    this.#listener = systemCall("socket", AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    systemCall("bind", this.#listener, unixAddress(path), SOCKADDR_UN_SIZE);
    systemCall("listen", this.#listener, 8);
  }

  /** Take what has been delivered; a runtime has sent it before it returns. @throws Error if nothing has */
  take(): Delivery {
    const connection = systemCall("accept4", this.#listener, 0, 0, SOCK_CLOEXEC);
    const content = Buffer.alloc(4096);
    const control = Buffer.alloc(64);
    const parts = new BigUint64Array([addressOf(content), BigInt(content.length)]);
    const message = new BigUint64Array([0n, 0n, addressOf(parts), 1n, addressOf(control), BigInt(control.length), 0n]);
    try {
      const length = systemCall("recvmsg", connection, message, MSG_CMSG_CLOEXEC);
      // runc 1.1 has a NUL behind it
      return { text: content.toString("utf8", 0, length).replace(/\0$/, ""), descriptor: control.readInt32LE(16) };
    } finally {
      systemCall("close", connection);
    }
  }

  close(): void {
    systemCall("close", this.#listener);
  }
}

/** A terminal's other end, as an engine has it. */
export class TerminalMaster {
  readonly #fd: number;
  #seen = "";

  constructor(fd: number) {
    this.#fd = fd;
    systemCall("fcntl", fd, F_SETFL, O_NONBLOCK);
  }

  /** All that came out so far. */
  get output(): string {
    const buffer = new Uint8Array(65536);
    for (let length = 1; length > 0; ) {
      length = trySystemCall("read", this.#fd, buffer, buffer.length);
      if (length > 0) this.#seen += Buffer.from(buffer.subarray(0, length)).toString();
      else if (length !== -EAGAIN) break; // nobody is left at the other end
    }
    return this.#seen;
  }

  type(text: string): void {
    const bytes = Buffer.from(text);
    systemCall("write", this.#fd, bytes, bytes.length);
  }

  resize(rows: number, columns: number): void {
    const TIOCSWINSZ = 0x5414;
    systemCall("ioctl", this.#fd, TIOCSWINSZ, new Uint16Array([rows, columns, 0, 0]));
  }

  close(): void {
    systemCall("close", this.#fd);
  }
}
