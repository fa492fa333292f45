import { Failure } from "../failure.ts";
import { receiveWithDescriptor } from "../libc/socket.ts";
import { SystemCallError, trySystemCall } from "../libc/system_call.ts";
import { EPIPE } from "../program/errno.ts";
import { type Notification, REQUEST, RESPONSE, type Request, RequestType, type Response } from "./messages.ts";
import { decodeMessage, encodeMessage } from "./protobuf.ts";

const LARGEST_MESSAGE = 65536;
const MSG_NOSIGNAL = 0x4000;

/** What CRIU tells in the middle of its work; it waits for the answer. The descriptor is to be closed by who takes it. */
export type Heed = (notification: Notification, descriptor: number | undefined) => void | Promise<void>;

/**
 * Ask something of a `criu swrk`, and answer what it tells meanwhile, until it has done it.
 *
 * @param socket SOCK_SEQPACKET, the other end is CRIU's
 * @returns its answer, which may be that it failed; undefined if it ended without one
 * @throws what `heed` throws; CRIU undoes what it did when the socket is closed
 * @see https://criu.org/RPC
 */
export async function ask(socket: number, request: Request, heed: Heed = ignore): Promise<Response | undefined> {
  if (!send(socket, request)) return undefined;
  const buffer = new Uint8Array(LARGEST_MESSAGE);
  while (true) {
    const { length, descriptor } = receiveWithDescriptor(socket, buffer);
    if (length <= 0) return undefined;
    const response = decode(buffer.subarray(0, length));
    if (response.type !== RequestType.Notify || response.success !== true) return response;
    await heed(response.notification ?? {}, descriptor);
    if (!send(socket, { type: RequestType.Notify, notifySuccess: true })) return undefined;
  }
}

function ignore(): void {}

/** Returns false if nobody is left to hear it. */
function send(socket: number, request: Request): boolean {
  const bytes = encodeMessage(REQUEST, request);
  const result = trySystemCall("sendto", socket, bytes, bytes.length, MSG_NOSIGNAL, 0, 0);
  if (result < 0 && result !== -EPIPE) throw new SystemCallError("sendto", -result);
  return result >= 0;
}

function decode(bytes: Uint8Array): Response {
  try {
    return decodeMessage(RESPONSE, bytes);
  } catch (cause) {
    throw new Failure(`criu sent what is no answer: ${(cause as Error).message}`, { code: "criu.failed", cause });
  }
}
