import { closeSync, readSync } from "../libc/files.ts";
import { connectStream, sendBytes } from "../libc/socket.ts";
import { systemCall } from "../libc/system_call.ts";
import { decodeMessage, encodeCall, type Message, MessageType, type MethodCall, messageLength } from "./message.ts";
import type { Value } from "./types.ts";

/** The other side answered with an error. */
export class DbusError extends Error {
  /** `org.freedesktop.systemd1.UnitExists` */
  readonly errorName: string;

  constructor(errorName: string, message: string) {
    super(message || errorName);
    this.name = "DbusError";
    this.errorName = errorName;
  }
}

/**
 * Who we are the socket tells: an empty answer to the question for it, which is also right inside a user namespace,
 * where the number that we know ourselves by is another. All at once, since nothing depends on the answers.
 *
 * @see D-Bus Specification, "Authentication Protocol", EXTERNAL
 */
const HANDSHAKE = "\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n";
const POLLIN = 1;
const CHUNK = 4096;

/**
 * A connection to a bus, or to a service itself. It waits for its answers, as everything does in a program that has
 * nothing else to do meanwhile; what is asked without an answer at once goes out with the next call.
 *
 * A general client, dbus-next, would add 190 KB to the engine and 10 ms of processor time to a command that loads it; this
 * adds 24 KB and 2 ms, both with the FFI, which a command has loaded anyway.
 */
export class DbusConnection {
  readonly #fd: number;
  #deadline = 0;
  #serial = 0;
  #outgoing: Buffer[] = [Buffer.from(HANDSHAKE)];
  #received = Buffer.alloc(0);
  #authenticated = false;
  readonly #replies = new Map<number, Message>();
  readonly #signals: Message[] = [];

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * @param address a path, or an abstract name behind `@`
   * @returns the negative errno if nobody listens there
   */
  static connect(address: string): DbusConnection | number {
    const fd = connectStream(address);
    return fd < 0 ? fd : new DbusConnection(fd);
  }

  /**
   * Until when answers are waited for from now on.
   *
   * @param timeout in milliseconds
   */
  expectWithin(timeout: number): void {
    this.#deadline = performance.now() + timeout;
  }

  /** Prepare a call. @returns its number, for {@link reply} */
  send(call: MethodCall, wantsReply = true): number {
    const serial = ++this.#serial;
    this.#outgoing.push(encodeCall(call, serial, wantsReply));
    return serial;
  }

  /** Wait for the answer to a call. @throws DbusError if it is an error; Error if none comes in time */
  reply(serial: number): readonly Value[] {
    const message = this.#waitFor(() => this.#replies.get(serial));
    this.#replies.delete(serial);
    if (message.type !== MessageType.Error) return message.body;
    const [text] = message.body;
    throw new DbusError(message.errorName ?? "", typeof text === "string" ? text : "");
  }

  /** Call a method, and wait for its answer. @throws as {@link reply} */
  call(call: MethodCall): readonly Value[] {
    return this.reply(this.send(call));
  }

  /** Wait for a signal, which may have come already. @throws Error if none comes in time */
  signal(member: string, isIt: (body: readonly Value[]) => boolean): readonly Value[] {
    return this.#waitFor(() => this.#signals.find((it) => it.member === member && isIt(it.body))).body;
  }

  close(): void {
    closeSync(this.#fd);
  }

  #waitFor(find: () => Message | undefined): Message {
    if (this.#outgoing.length > 0) {
      const bytes = Buffer.concat(this.#outgoing);
      this.#outgoing = [];
      sendBytes(this.#fd, bytes);
    }
    for (;;) {
      const found = find();
      if (found !== undefined) return found;
      this.#receive();
    }
  }

  /** Take in what comes next. */
  #receive(): void {
    const left = Math.max(0, this.#deadline - performance.now());
    const poll = new Int32Array([this.#fd, POLLIN]);
    const timeout = new BigInt64Array([BigInt(Math.floor(left / 1000)), BigInt(Math.floor((left % 1000) * 1e6))]);
    if (systemCall("ppoll", poll, 1, timeout, 0, 0) === 0) throw new Error("no answer in time");
    const chunk = Buffer.alloc(CHUNK);
    const length = readSync(this.#fd, chunk);
    if (length === 0) throw new Error(this.#authenticated ? "the connection was closed" : "access was refused");
    this.#received = Buffer.concat([this.#received, chunk.subarray(0, length)]);
    if (!this.#authenticated && !this.#readHandshake()) return;
    for (;;) {
      const size = messageLength(this.#received);
      if (size === undefined || this.#received.length < size) return;
      this.#keep(decodeMessage(this.#received.subarray(0, size)));
      this.#received = this.#received.subarray(size);
    }
  }

  /** Returns whether it is over. @throws Error if we are not let in */
  #readHandshake(): boolean {
    for (;;) {
      const end = this.#received.indexOf("\r\n");
      if (end < 0) return false;
      const line = this.#received.toString("latin1", 0, end);
      this.#received = this.#received.subarray(end + 2);
      if (line.startsWith("OK")) {
        this.#authenticated = true;
        return true;
      }
      if (!line.startsWith("DATA")) throw new Error(`access was refused: ${line}`);
    }
  }

  #keep(message: Message): void {
    if (message.type === MessageType.Signal) this.#signals.push(message);
    else if (message.replySerial !== undefined) this.#replies.set(message.replySerial, message);
  }
}
