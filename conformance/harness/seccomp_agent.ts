/**
 * A seccomp agent: listens on a socket, prints each container process state that it gets as a line, and answers every
 * system call of its process with an errno. If a file is named, it prints `{"asked":true}` at each call, and does not
 * answer before the file is there.
 *
 *   bun conformance/harness/seccomp_agent.ts SOCKET ERRNO [FILE]
 */

import { existsSync, writeSync } from "node:fs";
import { SOCK_STREAM, SOCKADDR_UN_SIZE, unixAddress } from "../../lib/libc/socket.ts";
import { addressOf, systemCall, trySystemCall } from "../../lib/libc/system_call.ts";

const AF_UNIX = 1;
const STDOUT = 1;
const SECCOMP_IOCTL_NOTIF_RECV = 0xc0502100;
const SECCOMP_IOCTL_NOTIF_SEND = 0xc0182101;
const SECCOMP_NOTIF_SIZE = 80;
const POLLIN = 1;
const POLLHUP = 16;

/** The text of a message, and the descriptor that came with it. */
function receive(connection: number): { text: string; descriptor: number } {
  const content = Buffer.alloc(65536);
  const control = Buffer.alloc(24);
  const parts = new BigUint64Array([addressOf(content), BigInt(content.length)]);
  const message = new BigUint64Array([0n, 0n, addressOf(parts), 1n, addressOf(control), BigInt(control.length), 0n]);
  const length = systemCall("recvmsg", connection, message, 0);
  return { text: content.toString("utf8", 0, length), descriptor: control.readInt32LE(16) };
}

/** Answer one system call, if there is one, and when `path` is there. */
function answer(listener: number, errno: number, path: string | undefined): void {
  const notification = Buffer.alloc(SECCOMP_NOTIF_SIZE);
  if (trySystemCall("ioctl", listener, SECCOMP_IOCTL_NOTIF_RECV, notification) < 0) return;
  if (path !== undefined) writeSync(STDOUT, `${JSON.stringify({ asked: true })}\n`);
  while (path !== undefined && !existsSync(path)) Bun.sleepSync(10);
  const response = Buffer.alloc(24);
  notification.copy(response, 0, 0, 8); // the id
  response.writeInt32LE(-errno, 16);
  trySystemCall("ioctl", listener, SECCOMP_IOCTL_NOTIF_SEND, response);
}

const [path = "", errno = "", answerWhen] = process.argv.slice(2);
const socket = systemCall("socket", AF_UNIX, SOCK_STREAM, 0);
systemCall("bind", socket, unixAddress(path), SOCKADDR_UN_SIZE);
systemCall("listen", socket, 8);
const listeners: number[] = [];
while (true) {
  const polled = new Int32Array([socket, ...listeners].flatMap((fd) => [fd, POLLIN]));
  systemCall("ppoll", polled, polled.length / 2, 0, 0, 0);
  const events = (i: number): number => (polled[2 * i + 1] ?? 0) >> 16;
  for (const [i, listener] of [...listeners].entries()) {
    if (events(i + 1) & POLLIN) answer(listener, Number(errno), answerWhen);
    if ((events(i + 1) & POLLHUP) === 0) continue;
    systemCall("close", listener);
    listeners.splice(listeners.indexOf(listener), 1);
  }
  if ((events(0) & POLLIN) === 0) continue;
  const connection = systemCall("accept4", socket, 0, 0, 0);
  const { text, descriptor } = receive(connection);
  systemCall("close", connection);
  listeners.push(descriptor);
  writeSync(STDOUT, `${text}\n`);
}
