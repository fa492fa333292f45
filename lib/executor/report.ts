import { receive } from "../libc/socket.ts";
import { systemCall } from "../libc/system_call.ts";
import { REPORT_SIZE } from "../program/instruction.ts";

/** One message of the executor or of a program. */
export interface Message {
  readonly kind: number;
  readonly instruction: number;
  readonly value: number;
}

/** Wait for the next message; undefined once every process that could send one has closed the channel. */
export function nextMessage(channel: number): Message | undefined {
  const bytes = new Uint8Array(REPORT_SIZE);
  if (receive(channel, bytes) !== REPORT_SIZE) return undefined;
  const view = new DataView(bytes.buffer);
  return {
    kind: view.getUint32(0, true),
    instruction: view.getUint32(4, true),
    value: Number(view.getBigInt64(8, true)),
  };
}

/** Let a process go on that waits for the host side. @throws SystemCallError (EPIPE: it has ended) */
export function goOn(channel: number): void {
  systemCall("sendto", channel, new Uint8Array(REPORT_SIZE), REPORT_SIZE, MSG_NOSIGNAL, 0, 0);
}

const MSG_NOSIGNAL = 0x4000;
