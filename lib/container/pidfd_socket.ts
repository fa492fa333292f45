import { Failure } from "../failure.ts";
import { closeSync } from "../libc/files.ts";
import { pidfdOpen } from "../libc/process.ts";
import { connectUnix, SOCK_STREAM, sendDescriptor } from "../libc/socket.ts";
import { describeErrno } from "../program/errno.ts";
import { isAlive } from "./process_identity.ts";

/** What runc sends beside the descriptor: whether the process is the first of the container or joins it. */
export type PidfdKind = "standard" | "setns";

/**
 * The socket of `--pidfd-socket`. It is connected before anything is made.
 *
 * @see pidfd_open(2); unix(7), SCM_RIGHTS
 */
export class PidfdSocket {
  readonly #connection: number;

  /** @throws Failure `usage` if nobody listens */
  constructor(path: string) {
    this.#connection = connectUnix(path, SOCK_STREAM);
    const errno = -this.#connection;
    if (errno <= 0) return;
    throw new Failure(`--pidfd-socket ${path}: connect: ${describeErrno(errno)}`, {
      code: "usage",
      call: `connect(${JSON.stringify(path)})`,
      errno,
    });
  }

  /** Send a descriptor of the process that has this id and start time. @throws Failure if it is gone */
  send(pid: number, startTime: number, kind: PidfdKind): void {
    const pidfd = pidfdOpen(pid);
    try {
      if (!isAlive(pid, startTime)) throw new Failure("the process ended before its descriptor was sent");
      sendDescriptor(this.#connection, Buffer.from(kind), pidfd);
    } finally {
      closeSync(pidfd);
    }
  }
}

/** The socket that is asked for, if one is. @throws Failure */
export function connectPidfdSocket(path: string | undefined): PidfdSocket | undefined {
  return path === undefined ? undefined : new PidfdSocket(path);
}
