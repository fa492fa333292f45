import { type Message, nextMessage } from "../executor/report.ts";
import { closeSync } from "../libc/files.ts";
import { pidfdOpen, waitForExit } from "../libc/process.ts";
import { systemCall, trySystemCall } from "../libc/system_call.ts";
import { POLLIN } from "../program/constants.ts";
import { EINTR } from "../program/errno.ts";

const WORDS_OF_POLLFD = 2;

/**
 * The messages of a program that has a process to send a seccomp listener. Should that be killed, as by a memory limit,
 * the process that is filtered would wait forever; so that is the end of the messages too.
 *
 * @see lib/compile/listener_relay.ts
 */
export class ListenerMessages {
  readonly #channel: number;
  readonly #executor: number;
  /** The executor's descriptor, as long as it may run. */
  #running: number | undefined;

  /**
   * @param executor a child of this process; it is taken up when it ends
   * @throws SystemCallError
   */
  constructor(channel: number, executor: number) {
    this.#channel = channel;
    this.#executor = executor;
    this.#running = pidfdOpen(executor);
  }

  /** @see nextMessage */
  next(): Message | undefined {
    if (this.#running !== undefined && !this.#waitForMessage(this.#running)) {
      this.close();
      if (waitForExit(this.#executor) !== 0 && !this.#isReadable()) return undefined;
    }
    return nextMessage(this.#channel, true);
  }

  /** @returns whether there is a message, or the channel's end; otherwise the executor has ended */
  #waitForMessage(running: number): boolean {
    const polled = new Int32Array([this.#channel, POLLIN, running, POLLIN]);
    while (true) {
      const ready = trySystemCall("ppoll", polled, polled.length / WORDS_OF_POLLFD, 0, 0, 0);
      if (ready !== -EINTR) return ready < 0 || polled[1] !== POLLIN;
    }
  }

  #isReadable(): boolean {
    const polled = new Int32Array([this.#channel, POLLIN]);
    return systemCall("ppoll", polled, 1, new BigInt64Array(2), 0, 0) > 0;
  }

  close(): void {
    if (this.#running !== undefined) closeSync(this.#running);
    this.#running = undefined;
  }
}
