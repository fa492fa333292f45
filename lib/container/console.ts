import type { ServedTerminal } from "../compile/terminal_relay.ts";
import { Failure } from "../failure.ts";
import { connectUnix, SOCK_STREAM, socketPair } from "../libc/socket.ts";
import { cString, systemCall, trySystemCall } from "../libc/system_call.ts";
import { AT_FDCWD, F_SETFD, O_CLOEXEC, O_RDWR, TCGETS, TIOCGWINSZ } from "../program/constants.ts";
import { describeErrno } from "../program/errno.ts";
import type { ConsoleSize } from "../spec/types.ts";

/** Where the other end of a process's terminal goes. */
export interface Console {
  /** The descriptor that the program sends it over. */
  readonly socket: number;
  /** What the monitor serves; nothing if it goes to a caller's socket. */
  readonly served?: ServedTerminal;
  /** That of the caller's window, for a process that asks before the monitor is there. */
  readonly size?: ConsoleSize;
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
  const callers = callersTerminal();
  const [receiver, socket] = socketPair(SOCK_STREAM);
  return { socket: inherited(socket), served: { receiver, callers }, ...sizeOf(callers) };
}

function sizeOf(terminal: number): { size?: ConsoleSize } {
  const window = new Uint16Array(4);
  if (trySystemCall("ioctl", terminal, TIOCGWINSZ, window) < 0) return {};
  const [height = 0, width = 0] = window;
  return height > 0 && width > 0 ? { size: { height, width } } : {};
}

/** The standard stream that is a terminal, or else the controlling terminal, as runc looks for it. @throws Failure */
function callersTerminal(): number {
  const [STDIN, STDOUT, STDERR] = [0, 1, 2];
  const TERMIOS_SIZE = 60;
  const isTerminal = (fd: number): boolean => trySystemCall("ioctl", fd, TCGETS, new Uint8Array(TERMIOS_SIZE)) >= 0;
  const stream = [STDERR, STDOUT, STDIN].find(isTerminal);
  if (stream !== undefined) return stream;
  const controlling = trySystemCall("openat", AT_FDCWD, cString("/dev/tty"), O_RDWR | O_CLOEXEC, 0);
  if (controlling >= 0) return controlling;
  throw new Failure("/process/terminal: the process wants a terminal, but the caller has none", {
    code: "usage",
    pointer: "/process/terminal",
    hint: 'set "terminal" to false, or give a socket for it with --console-socket and --detach',
  });
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
