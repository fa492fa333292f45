import { receive, receiveWithDescriptor } from "../libc/socket.ts";
import { systemCall } from "../libc/system_call.ts";
import { HOOK_OUTPUT_SIZE, REPORT_SIZE, Report } from "../program/instruction.ts";

/** One message of the executor or of a program. */
export interface Message {
  readonly kind: number;
  readonly instruction: number;
  /** Of a failure the errno. */
  readonly value: number;
  /** Of a failure in a loop over entries the number of the entry; otherwise 0. */
  readonly entry: number;
  /** What follows the numbers: the end of a hook's output. */
  readonly text: string;
  /** What came with it, close-on-exec. */
  readonly descriptor: number | undefined;
}

/**
 * Wait for the next message; undefined once every process that could send one has closed the channel.
 *
 * @param withDescriptors whether a descriptor may come with it
 */
export function nextMessage(channel: number, withDescriptors = false): Message | undefined {
  const bytes = Buffer.alloc(REPORT_SIZE + HOOK_OUTPUT_SIZE);
  const { length, descriptor } = withDescriptors
    ? receiveWithDescriptor(channel, bytes)
    : { length: receive(channel, bytes), descriptor: undefined };
  if (length < REPORT_SIZE) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const kind = view.getUint32(0, true);
  const failed = kind === Report.Failed;
  return {
    kind,
    instruction: view.getUint32(4, true),
    value: failed ? view.getInt32(8, true) : Number(view.getBigInt64(8, true)),
    entry: failed ? view.getUint32(12, true) : 0,
    text: bytes.toString("utf8", REPORT_SIZE, length),
    descriptor,
  };
}

/** Let a process go on that waits for the host side. @throws SystemCallError (EPIPE: it has ended) */
export function goOn(channel: number, answer: Uint8Array = NOTHING): void {
  systemCall("sendto", channel, answer, answer.length, MSG_NOSIGNAL, 0, 0);
}

/** An answer without content: a message must not be empty. */
export const NOTHING = new Uint8Array(REPORT_SIZE);

const MSG_NOSIGNAL = 0x4000;
