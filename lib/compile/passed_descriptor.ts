import type { ProgramBuilder } from "../program/builder.ts";
import { MSG_CMSG_CLOEXEC, SCM_RIGHTS, SOL_SOCKET } from "../program/constants.ts";
import { EPIPE } from "../program/errno.ts";
import type { Data, Operand, Register } from "../program/instruction.ts";

/** Of a control message with one descriptor: CMSG_LEN, CMSG_SPACE, and where the descriptor lies. */
const CMSG_LENGTH = 20;
const CMSG_SPACE = 24;
const CMSG_DATA = 16;

/** Send a descriptor with a text, or other content, over a Unix socket. @see unix(7), SCM_RIGHTS; sendmsg(2) */
export function sendDescriptor(
  p: ProgramBuilder,
  socket: Operand,
  descriptor: Register,
  content: string | { readonly data: Data; readonly size: number },
): void {
  const payload =
    typeof content === "string"
      ? p.longs([p.text(content), Buffer.byteLength(content)])
      : p.longs([content.data, content.size]);
  const control = p.longs([CMSG_LENGTH, SOL_SOCKET + SCM_RIGHTS * 2 ** 32, 0]);
  p.store(p.within(control, CMSG_DATA), descriptor, 4);
  const message = p.longs([0, 0, payload, 1, control, CMSG_SPACE, 0]);
  p.call("sendmsg", [socket, message, 0]);
}

/** Wait for a descriptor that is sent with a short text. The program ends if the sender has ended instead. */
export function receiveDescriptor(p: ProgramBuilder, socket: Operand): Register {
  const TEXT_SIZE = 16;
  const payload = p.longs([p.space(TEXT_SIZE), TEXT_SIZE]);
  const control = p.space(CMSG_SPACE);
  const message = p.longs([0, 0, payload, 1, control, CMSG_SPACE, 0]);
  const received = p.label();
  const descriptor = p.register();
  p.uninterrupted(descriptor, "recvmsg", [socket, message, MSG_CMSG_CLOEXEC]);
  p.branch(descriptor, "Greater", 0, received);
  p.fail(EPIPE, "the process that was to send a descriptor has ended");
  p.place(received);
  p.load(descriptor, p.within(control, CMSG_DATA), 4);
  return descriptor;
}
