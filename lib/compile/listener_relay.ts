import type { ProgramBuilder } from "../program/builder.ts";
import { EFD_CLOEXEC, POLLIN, PR_SET_DUMPABLE } from "../program/constants.ts";
import { REPORT_SIZE, type Register, Report, Step } from "../program/instruction.ts";
import { sendDescriptor } from "./passed_descriptor.ts";
import type { SeccompFilter } from "./seccomp.ts";

const POINTER = "/linux/seccomp/listenerPath";
/** sizeof(struct pollfd), and where `revents` lies in it. */
const POLLFD_SIZE = 8;
const POLLFD_REVENTS = 6;
const COUNTER_SIZE = 8;

/**
 * The way of a seccomp listener's descriptor to the host side. The process that is filtered cannot send it: that call may
 * be one that the listener is asked about. Nor can the host side take it out of there for an ordinary user, since the
 * process is not dumpable. But the process that makes it has no filter: it shares its descriptors with the new one, stays
 * until the listener is among them, and sends it.
 *
 * @see seccomp_unotify(2); clone(2), CLONE_FILES; unix(7), SCM_RIGHTS
 */
export class ListenerRelay {
  readonly #p: ProgramBuilder;
  /** A counter (eventfd) that gets the descriptor's number, which is never 0: that is a standard stream. */
  readonly #number: Register;

  private constructor(p: ProgramBuilder, number: Register) {
    this.#p = p;
    this.#number = number;
  }

  /** Prepare the way, before there are two processes; undefined for a filter that asks no listener. */
  static open(p: ProgramBuilder, filter: SeccompFilter | undefined): ListenerRelay | undefined {
    if (!filter?.listens) return undefined;
    return new ListenerRelay(
      p,
      p.at(POINTER, () => p.open("eventfd2", [0, EFD_CLOEXEC])),
    );
  }

  /**
   * For the process that stays outside: wait for the listener, and send it.
   *
   * @param child the descriptor of the process that is filtered; when that ends, there is nothing to wait for
   */
  send(child: Register): void {
    const p = this.#p;
    p.at(POINTER, () => {
      p.call("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0]);
      const polled = p.words([0, POLLIN, 0, POLLIN]);
      p.store(polled, this.#number, 4);
      p.store(p.within(polled, POLLFD_SIZE), child, 4);
      const ended = p.label();
      p.withRegister((value) => {
        p.uninterrupted(value, "ppoll", [polled, 2, 0, 0, 0]);
        p.load(value, p.within(polled, POLLFD_REVENTS), 2);
        p.branch(value, "Equal", 0, ended);
        const number = p.space(COUNTER_SIZE);
        p.call("read", [this.#number, number, COUNTER_SIZE]);
        p.load(value, number, 4);
        const message = p.longs([Report.Waiting, Step.SeccompListener]);
        sendDescriptor(p, p.report, value, { data: message, size: REPORT_SIZE });
      });
      p.place(ended);
    });
  }

  /** For the process that is filtered: have the listener sent, and wait until the host side has passed it on. */
  handOver(listener: Register): void {
    const p = this.#p;
    p.at(POINTER, () => {
      const number = p.space(COUNTER_SIZE);
      p.store(number, listener, COUNTER_SIZE);
      p.call("write", [this.#number, number, COUNTER_SIZE]);
      p.waitForAnswer();
    });
    p.close(listener);
    p.close(this.#number);
  }
}
