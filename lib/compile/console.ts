import type { ProgramBuilder } from "../program/builder.ts";
import {
  DEVPTS_SUPER_MAGIC,
  O_CLOEXEC,
  O_NOCTTY,
  O_RDWR,
  TIOCGPTPEER,
  TIOCSCTTY,
  TIOCSPTLCK,
  TIOCSWINSZ,
} from "../program/constants.ts";
import { EINVAL } from "../program/errno.ts";
import type { Register } from "../program/instruction.ts";
import type { ConsoleSize } from "../spec/types.ts";
import { attachMount, cloneMount } from "./mount_calls.ts";
import { sendDescriptor } from "./passed_descriptor.ts";
import type { RootFd } from "./root_fd.ts";

export interface ConsoleInput {
  /** The descriptor of a connected socket to which the terminal's other end is sent. */
  readonly socket: number;
  readonly size: ConsoleSize | undefined;
  /** Whether it becomes /dev/console. */
  readonly bindConsole: boolean;
}

/** What runc sends beside the descriptor: a name, which callers read and ignore. */
const MASTER_NAME = "/dev/ptmx";

/**
 * Make a terminal in the container's own devpts, the process's standard streams and controlling terminal; its other end
 * goes over the socket.
 *
 * @see config.md, terminal and consoleSize; CVE-2025-52565: the peer comes from the descriptor, never by its path
 */
export function makeConsole(p: ProgramBuilder, root: RootFd, { socket, size, bindConsole }: ConsoleInput): void {
  const master = root.openDevice("dev/pts/ptmx", O_RDWR | O_NOCTTY);
  checkDevpts(p, master);
  p.call("ioctl", [master, TIOCSPTLCK, p.words([0])]);
  const slave = p.open("ioctl", [master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC]);
  if (size !== undefined && (size.height > 0 || size.width > 0)) {
    p.call("ioctl", [master, TIOCSWINSZ, windowSize(p, size)]);
  }
  if (bindConsole) bindToConsole(p, root, slave);
  sendDescriptor(p, socket, master, MASTER_NAME);
  p.close(master);
  for (const stream of [0, 1, 2]) p.call("dup3", [slave, stream, 0]);
  p.call("ioctl", [0, TIOCSCTTY, 0]);
  p.close(slave);
}

/** `struct winsize` */
function windowSize(p: ProgramBuilder, { height, width }: ConsoleSize) {
  return p.bytes(new Uint8Array(new Uint16Array([height, width, 0, 0]).buffer));
}

/** What lies at /dev/pts must be a devpts, or the image decides what the terminal is. */
function checkDevpts(p: ProgramBuilder, master: Register): void {
  const STATFS_SIZE = 120;
  const real = p.label();
  p.withRegister((type) => {
    const statfs = p.space(STATFS_SIZE);
    p.call("fstatfs", [master, statfs]);
    p.load(type, statfs, 8);
    p.branch(type, "Equal", DEVPTS_SUPER_MAGIC, real);
  });
  p.fail(EINVAL, "a terminal needs a devpts file system at /dev/pts");
  p.place(real);
}

function bindToConsole(p: ProgramBuilder, root: RootFd, slave: Register): void {
  const copy = cloneMount(p, slave, "one");
  const target = root.openTargetFor(copy, "dev/console", { noFollow: true });
  attachMount(p, copy, target);
  p.close(target);
  p.close(copy);
}
