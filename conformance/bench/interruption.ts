/** Someone pressed Ctrl-C. */
export class Interrupted extends Error {}

/** The exit status of who was interrupted, as a shell has it. */
export const INTERRUPTED_STATUS = 130;

/** Keeps signals from ending the process before it has cleaned up. */
export class Interruption {
  #wanted = false;

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
      process.on(signal, () => {
        this.#wanted = true;
      });
  }

  /** To be called between two commands: signals are heard in no other place. @throws Interrupted if there was one */
  async checkpoint(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    if (this.#wanted) throw new Interrupted("interrupted");
  }
}
