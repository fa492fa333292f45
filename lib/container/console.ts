import { Failure } from "../failure.ts";
import { connectUnix, SOCK_STREAM, socketPair } from "../libc/socket.ts";
import { systemCall, trySystemCall } from "../libc/system_call.ts";
import { F_SETFD, TCGETS } from "../program/constants.ts";
import { describeErrno } from "../program/errno.ts";

/** Where the other end of a process's terminal goes. */
export interface Console {
  /** The descriptor that the program sends it over. */
  readonly socket: number;
  /** The descriptor over which the monitor receives it; none if it goes to a caller's socket. */
  readonly receiver?: number;
}

/**
 * Decide where the terminal's other end goes: to the caller's socket, or to the monitor.
 *
 * @param terminal whether the process has a terminal
 * @param socketPath what `--console-socket` says
 * @param detached whether nobody of ours stays to serve it
 * @throws Failure if the options contradict each other, or the socket cannot be reached
 */
export function openConsole(terminal: boolean, socketPath: string | undefined, detached: boolean): Console | undefined {
  if (socketPath !== undefined && (!terminal || !detached)) {
    throw new Failure("cannot use console socket if tsrun will not detach or allocate tty", { code: "usage" });
  }
  if (!terminal) return undefined;
  if (detached && socketPath === undefined) {
    throw new Failure("/process/terminal: cannot allocate tty if tsrun will detach without setting console socket", {
      code: "usage",
      pointer: "/process/terminal",
    });
  }
  if (socketPath !== undefined) return { socket: inherited(connectTo(socketPath)) };
  const STDIN = 0;
  const TERMIOS_SIZE = 60;
  if (trySystemCall("ioctl", STDIN, TCGETS, new Uint8Array(TERMIOS_SIZE)) < 0) {
    throw new Failure("/process/terminal: the process wants a terminal, but standard input is none", {
      code: "usage",
      pointer: "/process/terminal",
      hint: 'set "terminal" to false, or give a socket for it with --console-socket and --detach',
    });
  }
  const [receiver, socket] = socketPair(SOCK_STREAM);
  return { socket: inherited(socket), receiver };
}

/** The program has its copies now. */
export function closeConsole(console: Console | undefined): void {
  if (console !== undefined) trySystemCall("close", console.socket);
}

function connectTo(path: string): number {
  const socket = connectUnix(path, SOCK_STREAM);
  if (socket >= 0) return socket;
  throw new Failure(`--console-socket ${path}: connect: ${describeErrno(-socket)}`, {
    code: "usage",
    call: `connect(${JSON.stringify(path)})`,
    errno: -socket,
  });
}

function inherited(fd: number): number {
  systemCall("fcntl", fd, F_SETFD, 0);
  return fd;
}
