import type { ProgramBuilder } from "../program/builder.ts";
import {
  F_SETFL,
  MSG_CMSG_CLOEXEC,
  O_NONBLOCK,
  POLLIN,
  POLLOUT,
  TCGETS,
  TCSETS,
  TIOCGWINSZ,
  TIOCSWINSZ,
} from "../program/constants.ts";
import { EAGAIN } from "../program/errno.ts";
import type { Data, Label, Register } from "../program/instruction.ts";

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
const INPUT_SIZE = 4096;

/** A terminal of the container's that is ours to serve. */
export interface ServedTerminal {
  /** The socket over which its other end arrives. */
  readonly receiver: number;
  /** The caller's terminal, whatever the standard streams are. */
  readonly callers: number;
}

/**
 * Joins the caller's terminal to the container's: what is typed goes in as it is, what is written comes out, and the
 * size follows. The caller's terminal is as it was afterwards. Input and output are those of the standard streams, and
 * neither waits for the other.
 *
 * @see termios(3), ioctl_tty(2)
 */
export class TerminalRelay {
  readonly #p: ProgramBuilder;
  readonly #callers: number;
  readonly #master: Register;
  readonly #saved: Data;
  readonly #size: Data;
  readonly #buffer: Data;
  readonly #inputBuffer: Data;
  /** Whether what is typed is still read. */
  readonly #input: Register;
  /** How much of the input is yet to be passed on, and where it begins. */
  readonly #pending: Register;
  readonly #position: Register;

  /** Receive the container's terminal, and make the caller's raw. */
  constructor(p: ProgramBuilder, { receiver, callers }: ServedTerminal) {
    this.#p = p;
    this.#callers = callers;
    this.#saved = p.space(TERMIOS_SIZE);
    this.#size = p.space(WINSIZE_SIZE);
    this.#buffer = p.space(BUFFER_SIZE);
    this.#inputBuffer = p.space(INPUT_SIZE);
    this.#input = p.register();
    this.#pending = p.register();
    this.#position = p.register();
    p.move(this.#input, STDIN);
    p.move(this.#pending, 0);
    this.#master = this.#receive(receiver);
    p.call("fcntl", [this.#master, F_SETFL, O_NONBLOCK]);
    this.#leaveNewlines();
    this.#makeRaw();
    this.copySize();
  }

  /** Give the container's terminal the size of the caller's. */
  copySize(): void {
    const p = this.#p;
    p.call("ioctl", [this.#callers, TIOCGWINSZ, this.#size], { ignoreAll: true });
    p.call("ioctl", [this.#master, TIOCSWINSZ, this.#size], { ignoreAll: true });
  }

  /** Copy in both directions until `signals` can be read. */
  relayUntilReadable(signals: Register): void {
    const p = this.#p;
    const polled = p.space(POLLFD_SIZE * 3);
    const again = p.here();
    const readable = p.label();
    p.store(polled, signals, 4);
    p.store(p.within(polled, 4), POLLIN, 4);
    this.#expect(p.within(polled, POLLFD_SIZE), p.within(polled, POLLFD_SIZE * 2));
    p.withRegister((events) => {
      p.uninterrupted(events, "ppoll", [polled, 3, 0, 0, 0]);
      const noOutput = p.label();
      p.load(events, p.within(polled, POLLFD_SIZE + 6), 2);
      p.compute(events, events, "And", ~POLLOUT);
      p.branch(events, "Equal", 0, noOutput);
      this.#copyOutput(() => p.move(this.#master, -1), noOutput);
      p.place(noOutput);
      const noInput = p.label();
      p.load(events, p.within(polled, POLLFD_SIZE * 2 + 6), 2);
      p.branch(events, "Equal", 0, noInput);
      this.#readInput();
      p.place(noInput);
      this.#writeInput();
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
    const again = p.here();
    this.#copyOutput(() => p.jump(drained), drained);
    p.jump(again);
    p.place(drained);
    p.call("ioctl", [this.#callers, TCSETS, this.#saved], { ignoreAll: true });
  }

  /** Wait for output, and for input, or for room for what has been read of it. */
  #expect(master: Data, input: Data): void {
    const p = this.#p;
    const none = p.label();
    const done = p.label();
    p.store(master, this.#master, 4);
    p.store(p.within(input, 4), POLLIN, 4);
    p.branch(this.#pending, "Equal", 0, none);
    p.store(p.within(master, 4), POLLIN | POLLOUT, 4);
    p.store(input, -1, 4);
    p.jump(done);
    p.place(none);
    p.store(p.within(master, 4), POLLIN, 4);
    p.store(input, this.#input, 4);
    p.place(done);
  }

  /** Read once and write all of it; when nobody is left at the other side do `atEnd`, when there is no more go to `none`. */
  #copyOutput(atEnd: () => void, none: Label): void {
    const p = this.#p;
    const done = p.label();
    const end = p.label();
    p.withRegister((length) => {
      p.uninterrupted(length, "read", [this.#master, this.#buffer, BUFFER_SIZE], {
        on: [
          [EAGAIN, none],
          [0, end],
        ],
      });
      p.branch(length, "Equal", 0, end);
      p.withRegister((position) => {
        p.withRegister((written) => {
          p.move(position, this.#buffer);
          const more = p.here();
          p.uninterrupted(written, "write", [STDOUT, position, length], { on: [[0, done]] });
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

  #readInput(): void {
    const p = this.#p;
    const end = p.label();
    const done = p.label();
    p.uninterrupted(this.#pending, "read", [this.#input, this.#inputBuffer, INPUT_SIZE], { on: [[0, end]] });
    p.move(this.#position, this.#inputBuffer);
    p.branch(this.#pending, "NotEqual", 0, done);
    p.place(end);
    p.move(this.#pending, 0);
    p.move(this.#input, -1);
    p.place(done);
  }

  /** As much as there is room for. */
  #writeInput(): void {
    const p = this.#p;
    const end = p.label();
    const done = p.label();
    p.branch(this.#pending, "Equal", 0, done);
    p.withRegister((written) => {
      p.uninterrupted(written, "write", [this.#master, this.#position, this.#pending], {
        on: [
          [EAGAIN, done],
          [0, end],
        ],
      });
      p.compute(this.#position, this.#position, "Add", written);
      p.compute(this.#pending, this.#pending, "Subtract", written);
    });
    p.jump(done);
    p.place(end);
    p.move(this.#pending, 0);
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
    p.call("ioctl", [this.#callers, TCGETS, this.#saved], { on: [[0, none]] });
    p.call("ioctl", [this.#callers, TCGETS, raw]);
    this.#change(raw, IFLAG, IGNBRK_BRKINT_PARMRK_ISTRIP_INLCR_IGNCR_ICRNL_IXON, 0);
    this.#change(raw, LFLAG, ECHO_ECHONL_ICANON_ISIG_IEXTEN, 0);
    this.#change(raw, CFLAG, CSIZE_PARENB, CS8);
    p.store(p.within(raw, VMIN), 1, 1);
    p.store(p.within(raw, VTIME), 0, 1);
    p.call("ioctl", [this.#callers, TCSETS, raw]);
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
