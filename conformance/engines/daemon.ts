/** A process of an engine that runs until the tests end it. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { cleanEnvironment } from "../harness/command.ts";
import { findProgram } from "../harness/paths.ts";

export interface DaemonOptions {
  /** Set besides the clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** The file that gets its output. */
  readonly log: string;
}

export class Daemon {
  readonly #child: ChildProcess;
  readonly #log: string;

  constructor([program = "", ...args]: readonly string[], { env = {}, log }: DaemonOptions) {
    this.#log = log;
    const output = openSync(log, "a");
    this.#child = spawn(findProgram(program) ?? program, args, {
      env: { ...cleanEnvironment, ...env },
      stdio: ["ignore", output, output],
    });
    closeSync(output);
  }

  /** What it has written so far. */
  log(): string {
    return readFileSync(this.#log, "utf8");
  }

  /** Ask it to end, and kill it if it has not after 20 seconds. */
  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.#child.once("exit", resolve));
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), 20_000);
    await ended;
    clearTimeout(timer);
  }
}
