import type { ProgramBuilder } from "../program/builder.ts";
import {
  F_SETFL,
  MSG_CMSG_CLOEXEC,
  O_NONBLOCK,
  POLLIN,
  TCGETS,
  TCSETS,
  TIOCGWINSZ,
  TIOCSWINSZ,
} from "../program/constants.ts";
import type { Data, Register } from "../program/instruction.ts";

const STDIN = 0;
const STDOUT = 1;
/** struct termios as the kernel has it: input, output, control and local flags, then the characters. */
const TERMIOS_SIZE = 60;
const IFLAG = 0;
const OFLAG = 4;
const CFLAG = 8;
const LFLAG = 12;
const VMIN = 17 + 6;
const VTIME = 17 + 5;
/** asm-generic/termbits.h: what cfmakeraw(3) switches off, but for the output, whose newlines stay ours to translate. */
const IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON = 0o2753;
const ECHO_ECHONL_ICANON_ISIG_IEXTEN = 0o100113;
const CSIZE_PARENB = 0o460;
const CS8 = 0o60;
const ONLCR = 0o4;
const WINSIZE_SIZE = 8;
const POLLFD_SIZE = 8;
const BUFFER_SIZE = 32768;

/**
 * Joins the caller's terminal to the container's: what is typed goes in as it is, what is written comes out, and the
 * size follows. The caller's terminal is as it was afterwards.
 *
 * @see termios(3), ioctl_tty(2)
 */
export class TerminalRelay {
  readonly #p: ProgramBuilder;
  readonly #master: Register;
  readonly #saved: Data;
  readonly #size: Data;
  readonly #buffer: Data;
  /** Whether what is typed is still read. */
  readonly #input: Register;

  /** Receive the container's terminal over `socket`, and make the caller's raw. */
  constructor(p: ProgramBuilder, socket: number) {
    this.#p = p;
    this.#saved = p.space(TERMIOS_SIZE);
    this.#size = p.space(WINSIZE_SIZE);
    this.#buffer = p.space(BUFFER_SIZE);
    this.#input = p.register();
    p.move(this.#input, STDIN);
    this.#master = this.#receive(socket);
    this.#leaveNewlines();
    this.#makeRaw();
    this.copySize();
  }

  /** Give the container's terminal the size of the caller's. */
  copySize(): void {
    const p = this.#p;
    p.call("ioctl", [STDIN, TIOCGWINSZ, this.#size], { ignoreAll: true });
    p.call("ioctl", [this.#master, TIOCSWINSZ, this.#size], { ignoreAll: true });
  }

  /** Copy in both directions until `signals` can be read. */
  relayUntilReadable(signals: Register): void {
    const p = this.#p;
    const polled = p.space(POLLFD_SIZE * 3);
    const again = p.here();
    const readable = p.label();
    p.store(polled, signals, 4);
    p.store(p.within(polled, POLLFD_SIZE), this.#master, 4);
    p.store(p.within(polled, POLLFD_SIZE * 2), this.#input, 4);
    for (const i of [0, 1, 2]) p.store(p.within(polled, POLLFD_SIZE * i + 4), POLLIN, 4);
    p.withRegister((events) => {
      p.uninterrupted(events, "ppoll", [polled, 3, 0, 0, 0]);
      const noOutput = p.label();
      p.load(events, p.within(polled, POLLFD_SIZE + 6), 2);
      p.branch(events, "Equal", 0, noOutput);
      this.#copy(this.#master, STDOUT, () => p.move(this.#master, -1));
      p.place(noOutput);
      const noInput = p.label();
      p.load(events, p.within(polled, POLLFD_SIZE * 2 + 6), 2);
      p.branch(events, "Equal", 0, noInput);
      this.#copy(this.#input, this.#master, () => p.move(this.#input, -1));
      p.place(noInput);
      p.load(events, p.within(polled, 6), 2);
      p.branch(events, "NotEqual", 0, readable);
    });
    p.jump(again);
    p.place(readable);
  }

  /** Copy what is left of the output, and give the caller's terminal back as it was. */
  finish(): void {
    const p = this.#p;
    const drained = p.label();
    p.call("fcntl", [this.#master, F_SETFL, O_NONBLOCK], { on: [[0, drained]] });
    const again = p.here();
    this.#copy(this.#master, STDOUT, () => p.jump(drained));
    p.jump(again);
    p.place(drained);
    p.call("ioctl", [STDIN, TCSETS, this.#saved], { ignoreAll: true });
  }

  /** Read once and write all of it; at the end, or when nobody is left at the other side, do `atEnd`. */
  #copy(from: Register, to: Register | number, atEnd: () => void): void {
    const p = this.#p;
    const done = p.label();
    const end = p.label();
    p.withRegister((length) => {
      p.uninterrupted(length, "read", [from, this.#buffer, BUFFER_SIZE], { on: [[0, end]] });
      p.branch(length, "Equal", 0, end);
      p.withRegister((position) => {
        p.withRegister((written) => {
          p.move(position, this.#buffer);
          const more = p.here();
          p.uninterrupted(written, "write", [to, position, length], { on: [[0, done]] });
          p.compute(position, position, "Add", written);
          p.compute(length, length, "Subtract", written);
          p.branch(length, "Greater", 0, more);
        });
      });
    });
    p.jump(done);
    p.place(end);
    atEnd();
    p.place(done);
  }

  #receive(socket: number): Register {
    const p = this.#p;
    const CONTROL_SIZE = 24;
    const DESCRIPTOR_OFFSET = 16;
    const control = p.space(CONTROL_SIZE);
    const payload = p.longs([this.#buffer, BUFFER_SIZE]);
    const message = p.longs([0, 0, payload, 1, control, CONTROL_SIZE, 0]);
    const master = p.register();
    p.uninterrupted(master, "recvmsg", [socket, message, MSG_CMSG_CLOEXEC]);
    p.load(master, p.within(control, DESCRIPTOR_OFFSET), 4);
    p.call("close", [socket], { ignoreAll: true });
    return master;
  }

  /** The caller's terminal translates newlines, so the container's must not. */
  #leaveNewlines(): void {
    const p = this.#p;
    const settings = p.space(TERMIOS_SIZE);
    p.call("ioctl", [this.#master, TCGETS, settings]);
    this.#change(settings, OFLAG, ONLCR, 0);
    p.call("ioctl", [this.#master, TCSETS, settings]);
  }

  #makeRaw(): void {
    const p = this.#p;
    const none = p.label();
    const raw = p.space(TERMIOS_SIZE);
    p.call("ioctl", [STDIN, TCGETS, this.#saved], { on: [[0, none]] });
    p.call("ioctl", [STDIN, TCGETS, raw]);
    this.#change(raw, IFLAG, IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON, 0);
    this.#change(raw, LFLAG, ECHO_ECHONL_ICANON_ISIG_IEXTEN, 0);
    this.#change(raw, CFLAG, CSIZE_PARENB, CS8);
    p.store(p.within(raw, VMIN), 1, 1);
    p.store(p.within(raw, VTIME), 0, 1);
    p.call("ioctl", [STDIN, TCSETS, raw]);
    p.place(none);
  }

  #change(settings: Data, offset: number, clear: number, set: number): void {
    const p = this.#p;
    p.withRegister((flags) => {
      p.load(flags, p.within(settings, offset), 4);
      p.compute(flags, flags, "And", ~clear);
      p.compute(flags, flags, "Or", set);
      p.store(p.within(settings, offset), flags, 4);
    });
  }
}
