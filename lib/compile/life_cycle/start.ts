import type { ProgramBuilder } from "../../program/builder.ts";
import {
  AF_UNIX,
  AT_FDCWD,
  F_SETFD,
  O_CLOEXEC,
  O_PATH,
  SOCK_CLOEXEC,
  SOCK_SEQPACKET,
} from "../../program/constants.ts";
import { EINTR, EIO } from "../../program/errno.ts";
import { type Architecture, type Program, REPORT_SIZE, type Register, Report } from "../../program/instruction.ts";
import { START_SOCKET } from "../start_socket.ts";
import { buildLifeCycle, type Frame } from "./frame.ts";
import { type FrozenSign, leaveIfFrozen } from "./frozen_check.ts";
import { lockOrGiveUp } from "./lock.ts";

const MSG_PEEK = 2;

export interface StartInput {
  readonly architecture: Architecture;
  readonly frozenSigns: readonly FrozenSign[];
}

/**
 * `start`: connect to the socket on which the container's process waits, hear that it goes on, and wait until it is
 * executed, which closes the connection. Of a process that could not be executed the engine tells: it gets the connection,
 * with the message still in it. A frozen process would not answer, which the engine tells too.
 */
export function compileStart({ architecture, frozenSigns }: StartInput): Program {
  return buildLifeCycle("start", architecture, (p, frame) => {
    lockOrGiveUp(p, frame);
    const frozen = p.label();
    leaveIfFrozen(p, frozenSigns, frozen);
    const connection = connect(p, frame);
    const message = p.space(REPORT_SIZE);
    p.withRegister((value) => {
      const started = p.label();
      p.uninterrupted(value, "read", [connection, message, REPORT_SIZE]);
      p.load(value, message, 4);
      p.branch(value, "Equal", Report.Started, started);
      p.fail(EIO);
      p.place(started);
      p.call("unlinkat", [frame.directory, p.text(START_SOCKET), 0], { ignoreAll: true });
      const told = p.label();
      p.uninterrupted(value, "recvfrom", [connection, message, REPORT_SIZE, MSG_PEEK, 0, 0], { on: [[0, told]] });
      p.branch(value, "NotEqual", 0, told);
      p.exit(0);
      p.place(told);
    });
    p.call("fcntl", [connection, F_SETFD, 0]);
    p.move(frame.connection, connection);
    p.place(frozen);
    p.fail(EIO);
  });
}

/** By a short name, since an address has room for 107 bytes only; the engine is to find its working directory as it was. */
function connect(p: ProgramBuilder, { directory }: Frame): Register {
  const address = p.bytes(socketAddress(START_SOCKET));
  const before = p.open("openat", [AT_FDCWD, p.text("."), O_PATH | O_CLOEXEC]);
  const connection = p.open("socket", [AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0]);
  p.call("fchdir", [directory]);
  const connected = p.label();
  p.withRegister((result) => {
    const again = p.here();
    const failed = p.label();
    p.callTo(result, "connect", [connection, address, socketAddress(START_SOCKET).length], {
      on: [
        [EINTR, again],
        [0, failed],
      ],
    });
    p.place(failed);
    p.call("fchdir", [before]);
    p.branch(result, "Equal", 0, connected);
  });
  p.fail(EIO);
  p.place(connected);
  p.close(before);
  return connection;
}

/** struct sockaddr_un */
function socketAddress(path: string): Uint8Array {
  const name = new TextEncoder().encode(path);
  const bytes = new Uint8Array(2 + name.length + 1);
  bytes[0] = AF_UNIX;
  bytes.set(name, 2);
  return bytes;
}
