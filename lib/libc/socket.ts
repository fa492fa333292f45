import { addressOf, systemCall, trySystemCall } from "./system_call.ts";

export const AF_UNIX = 1;
export const SOCK_STREAM = 1;
export const SOCK_DGRAM = 2;
export const SOCK_SEQPACKET = 5;
export const SOCK_CLOEXEC = 0o2000000;
const F_SETFD = 2;
const SUN_PATH_OFFSET = 2;
const SOL_SOCKET = 1;
const SCM_RIGHTS = 1;
const MSG_NOSIGNAL = 0x4000;
const CMSG_LENGTH = 20;
const CMSG_SPACE = 24;
/** sizeof(struct sockaddr_un) */
export const SOCKADDR_UN_SIZE = 110;

/**
 * Two connected sockets that keep messages apart: ours is close-on-exec, theirs is inherited by what is started.
 *
 * @throws SystemCallError
 * @see socketpair(2)
 */
export function reportChannel(): { ours: number; theirs: number } {
  const [ours, theirs] = socketPair(SOCK_SEQPACKET);
  systemCall("fcntl", theirs, F_SETFD, 0);
  return { ours, theirs };
}

/** Two connected sockets, close-on-exec. @throws SystemCallError */
export function socketPair(type: number): [number, number] {
  const pair = new Int32Array(2);
  systemCall("socketpair", AF_UNIX, type | SOCK_CLOEXEC, 0, pair);
  return [pair[0]!, pair[1]!];
}

/** `struct sockaddr_un` of a path of at most 107 bytes. @see unix(7) */
export function unixAddress(path: string): Buffer {
  const address = Buffer.alloc(SOCKADDR_UN_SIZE);
  address.writeUInt16LE(AF_UNIX, 0);
  address.write(path, SUN_PATH_OFFSET);
  return address;
}

/**
 * `struct sockaddr_un` as services are told of it: a path, or an abstract name behind `@`. Its length counts.
 *
 * @see sd_notify(3), NOTIFY_SOCKET
 */
export function serviceAddress(text: string): Buffer {
  const name = Buffer.from(text.startsWith("@") ? `\0${text.slice(1)}` : text);
  const family = Buffer.alloc(SUN_PATH_OFFSET);
  family.writeUInt16LE(AF_UNIX, 0);
  return Buffer.concat([family, name]);
}

/** A datagram socket that sends to this address, close-on-exec. Returns the negative errno if it cannot. */
export function connectDatagram(address: Buffer): number {
  return connectTo(address, SOCK_DGRAM);
}

/**
 * Connect to a service's stream socket.
 *
 * @param address as {@link serviceAddress} takes it
 * @returns the descriptor (close-on-exec), or the negative errno
 */
export function connectStream(address: string): number {
  return connectTo(serviceAddress(address), SOCK_STREAM);
}

function connectTo(address: Buffer, type: number): number {
  const fd = systemCall("socket", AF_UNIX, type | SOCK_CLOEXEC, 0);
  const result = trySystemCall("connect", fd, address, address.length);
  if (result === 0) return fd;
  trySystemCall("close", fd);
  return result;
}

/** Send all bytes over a stream. @throws SystemCallError (EPIPE: nobody reads them any more) */
export function sendBytes(socket: number, bytes: Uint8Array): void {
  for (let sent = 0; sent < bytes.length; ) {
    const part = bytes.subarray(sent);
    sent += systemCall("sendto", socket, part, part.length, MSG_NOSIGNAL, 0, 0);
  }
}

/** Send a datagram. @throws SystemCallError */
export function sendDatagram(socket: number, content: string | Buffer): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  systemCall("sendto", socket, bytes, bytes.length, MSG_NOSIGNAL, 0, 0);
}

/**
 * Connect to a socket in the file system.
 *
 * @returns the descriptor (close-on-exec), or the negative errno
 */
export function connectUnix(path: string, type: number): number {
  const fd = systemCall("socket", AF_UNIX, type | SOCK_CLOEXEC, 0);
  const EINTR = 4;
  let result: number;
  do {
    result = trySystemCall("connect", fd, unixAddress(path), SOCKADDR_UN_SIZE);
  } while (result === -EINTR);
  if (result === 0) return fd;
  trySystemCall("close", fd);
  return result;
}

/**
 * Send bytes, and a descriptor with them.
 *
 * @throws SystemCallError
 * @see unix(7), SCM_RIGHTS
 */
export function sendDescriptor(socket: number, content: Uint8Array, descriptor: number): void {
  const control = Buffer.alloc(CMSG_SPACE);
  control.writeBigUInt64LE(BigInt(CMSG_LENGTH), 0);
  control.writeUInt32LE(SOL_SOCKET, 8);
  control.writeUInt32LE(SCM_RIGHTS, 12);
  control.writeInt32LE(descriptor, 16);
  const parts = new BigUint64Array([addressOf(content), BigInt(content.length)]);
  // struct msghdr: no name; one part; the control message; no flags
  const message = new BigUint64Array([0n, 0n, addressOf(parts), 1n, addressOf(control), BigInt(CMSG_SPACE), 0n]);
  systemCall("sendmsg", socket, message, MSG_NOSIGNAL);
}

/** Read one message. Returns its length, 0 at the end, or the negative errno. */
export function receive(fd: number, into: Uint8Array): number {
  const EINTR = 4;
  while (true) {
    const length = trySystemCall("read", fd, into, into.length);
    if (length !== -EINTR) return length;
  }
}

const MSG_CMSG_CLOEXEC = 0x40000000;

/**
 * Read one message, and the descriptor that may come with it, close-on-exec.
 *
 * @returns the length: 0 at the end, or the negative errno
 * @see unix(7), SCM_RIGHTS
 */
export function receiveWithDescriptor(
  socket: number,
  into: Uint8Array,
): { length: number; descriptor: number | undefined } {
  const EINTR = 4;
  const CONTROL_LENGTH_FIELD = 5;
  const control = Buffer.alloc(CMSG_SPACE);
  const parts = new BigUint64Array([addressOf(into), BigInt(into.length)]);
  const message = new BigUint64Array([0n, 0n, addressOf(parts), 1n, addressOf(control), BigInt(CMSG_SPACE), 0n]);
  while (true) {
    const length = trySystemCall("recvmsg", socket, message, MSG_CMSG_CLOEXEC);
    if (length === -EINTR) continue;
    const hasDescriptor = length >= 0 && message[CONTROL_LENGTH_FIELD]! >= BigInt(CMSG_LENGTH);
    return { length, descriptor: hasDescriptor ? control.readInt32LE(16) : undefined };
  }
}
