/** Running one command with a time limit. */

import { spawn } from "node:child_process";
import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { timeFactor } from "./time_limit.ts";

/** How a command ended, and what it wrote. */
export interface Result {
  readonly argv: readonly string[];
  /** Exit status; 128 + N after death by signal N, as a shell has it. */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface CommandOptions {
  readonly cwd?: string;
  /** The whole environment; PATH and HOME of this process if left out. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for standard input; /dev/null if left out. */
  readonly stdin?: string;
  /** Milliseconds, 30,000 if left out, times the time factor; after them the command gets SIGKILL. */
  readonly timeout?: number;
  /** Descriptors of this process that become 3, 4, ... of the command. */
  readonly descriptors?: readonly number[];
  /** Signals sent to the command after so many milliseconds; `onStart` gets its pid. */
  readonly onStart?: (pid: number) => void;
}

/** The environment that commands get: nothing of the caller's that could steer a runtime. */
export const cleanEnvironment: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["TSRUN_FAST", "TSRUN_IMAGE"].flatMap((name) =>
      process.env[name] === undefined ? [] : [[name, process.env[name]]],
    ),
  ),
  PATH: process.env.PATH ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: process.env.HOME ?? "/",
  // where a user's systemd is
  ...(process.env.XDG_RUNTIME_DIR !== undefined && { XDG_RUNTIME_DIR: process.env.XDG_RUNTIME_DIR }),
};

/**
 * Run a command to its end. Its output goes to files, not pipes, since a container that it leaves running holds the
 * descriptors and nobody would see the end of a pipe.
 *
 * @returns also for a command that fails; throws only when it cannot be started.
 */
export async function runCommand(argv: readonly string[], options: CommandOptions = {}): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "conformance-output-"));
  const outputs = [join(folder, "stdout"), join(folder, "stderr")].map((path) => openSync(path, "a+", 0o600));
  const [program, ...args] = argv;
  if (program === undefined) throw new TypeError("an empty command");
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: { ...(options.env ?? cleanEnvironment) },
      stdio: [options.stdin === undefined ? "ignore" : "pipe", ...outputs, ...(options.descriptors ?? [])],
    });
    let timedOut = false;
    const ended = new Promise<number>((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
    timer = setTimeout(
      () => {
        timedOut = true;
        child.kill("SIGKILL");
      },
      (options.timeout ?? 30_000) * timeFactor,
    );
    if (child.pid !== undefined) options.onStart?.(child.pid);
    if (options.stdin !== undefined) child.stdin?.end(options.stdin);
    const status = await ended;
    const [stdout, stderr] = outputs.map(wholeText);
    return { argv, status, stdout: stdout ?? "", stderr: stderr ?? "", timedOut };
  } finally {
    clearTimeout(timer);
    for (const fd of outputs) closeSync(fd);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What was written to a file, which may be another user's by now. */
function wholeText(fd: number): string {
  const text = Buffer.alloc(fstatSync(fd).size);
  return text.toString("utf8", 0, readSync(fd, text, 0, text.length, 0));
}

/** A result as text for a failing assertion. */
export function describeResult(result: Result): string {
  const end = result.timedOut ? "exceeded its time limit" : `exit status ${result.status}`;
  return `${result.argv.join(" ")}: ${end}\n--- stdout\n${result.stdout}\n--- stderr\n${result.stderr}`;
}

/** @throws Error with all its output when the command did not succeed. */
export function succeeded(result: Result): Result {
  if (result.status !== 0) throw new Error(describeResult(result));
  return result;
}
