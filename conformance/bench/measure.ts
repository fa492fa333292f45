/** Running one command and measuring it. */

import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repository } from "../harness/paths.ts";

const TIME_LIMIT = 60_000;
const helper = join(repository, "build/conformance/measure");
/** The descriptor of the helper's report. */
const REPORT = 3;
const LONG = 8;

/** What one command took. */
export interface Cost {
  /** Milliseconds from its start to its end. */
  readonly wall: number;
  /** Milliseconds of processor time, of it and of what it waited for, as user and in the kernel. */
  readonly cpu: number;
  /** The largest resident set of any of these processes, in KiB. */
  readonly memory: number;
}

export interface TimedOptions {
  /** It gets a terminal. */
  readonly terminal?: boolean;
}

/** Where a command's standard error and the helper's report go: a pipe would stay open as long as the container. */
class Outputs {
  readonly folder = mkdtempSync(join(tmpdir(), "tsrun-bench-output-"));
  readonly #errors = openSync(join(this.folder, "errors"), "w");
  readonly #report = openSync(join(this.folder, "report"), "w");
  readonly stdio: ["ignore", "ignore", number, number] = ["ignore", "ignore", this.#errors, this.#report];

  /** @throws Error if the command failed, or was not measured */
  cost(argv: readonly string[]): Cost {
    const report = readFileSync(join(this.folder, "report"));
    const number = (i: number): number => Number(report.readBigUInt64LE(i * LONG));
    const failed = (what: string): Error => {
      const said = readFileSync(join(this.folder, "errors"), "utf8").trim();
      return new Error(`${argv.join(" ")}: ${what}${said === "" ? "" : `: ${said}`}`);
    };
    if (report.length === 0) throw failed(`it took more than ${TIME_LIMIT / 1000} s, or could not be started`);
    const status = number(4);
    if (status !== 0) throw failed((status & 0x7f) === 0 ? `status ${status >> 8}` : `signal ${status & 0x7f}`);
    return { wall: number(0) / 1e6, cpu: (number(1) + number(2)) / 1e3, memory: number(3) };
  }

  close(): void {
    closeSync(this.#errors);
    closeSync(this.#report);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const measured = ([program = "", ...args]: readonly string[], { terminal = false }: TimedOptions): string[] => {
  const path = Bun.which(program);
  if (path === null) throw new Error(`there is no ${program}`);
  return [helper, `${REPORT}`, terminal ? "t" : "-", path, ...args];
};

/** Run one command, and measure it. @throws Error if it fails */
export function timed(argv: readonly string[], options: TimedOptions = {}): Cost {
  const outputs = new Outputs();
  try {
    Bun.spawnSync(measured(argv, options), { stdio: outputs.stdio, timeout: TIME_LIMIT, killSignal: "SIGKILL" });
    return outputs.cost(argv);
  } finally {
    outputs.close();
  }
}

/** The same, while others run. @throws Error if it fails */
export async function timedAtOnce(argv: readonly string[]): Promise<Cost> {
  const outputs = new Outputs();
  try {
    await Bun.spawn(measured(argv, {}), { stdio: outputs.stdio, timeout: TIME_LIMIT, killSignal: "SIGKILL" }).exited;
    return outputs.cost(argv);
  } finally {
    outputs.close();
  }
}

/** The proportional set size of a process in KiB. */
export function proportionalMemory(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1]);
}

/** Whether there is such a process, and it is no zombie. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "latin1"));
  } catch {
    return false;
  }
}
