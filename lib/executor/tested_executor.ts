/** Playing small programs in the built executors, natively and under emulation. For tests only. */

import { describe } from "bun:test";
import { spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { ARCHITECTURE } from "../libc/system_call.ts";
import { ProgramBuilder } from "../program/builder.ts";
import { type EncodeOptions, encodeProgram } from "../program/encode.ts";
import type { Architecture, Operand } from "../program/instruction.ts";
import { EXECUTOR_NAME } from "./spawn.ts";

/** The numbers by which a played program knows its files. */
export const STDOUT = 1;
export const PROGRAM_FD = 3;
export const REPORT_FD = 4;
export const TRACE_FD = 5;

const TIME_LIMIT = 20_000;
const images = resolve(import.meta.dirname, "../../build/executor");

/** What came of a program. */
export interface Played {
  /** Exit status; null after death by a signal. */
  readonly status: number | null;
  readonly signal: string | null;
  /** What it wrote to descriptor 1. */
  readonly output: Buffer;
  readonly reports: readonly { readonly kind: number; readonly instruction: number; readonly value: number }[];
  readonly trace: readonly { readonly pid: number; readonly instruction: number; readonly nanoseconds: bigint }[];
}

/** An executor that can be tried here. */
export class TestedExecutor {
  readonly architecture: Architecture;
  readonly #command: readonly string[];
  readonly #name: string | undefined;

  constructor(architecture: Architecture) {
    this.architecture = architecture;
    const isNative = architecture === ARCHITECTURE;
    this.#name = isNative ? EXECUTOR_NAME : undefined;
    this.#command = isNative
      ? [join(images, "native")]
      : ["qemu-aarch64-static", "-0", EXECUTOR_NAME, join(images, architecture)];
  }

  /** Build a program, and play it. */
  play(build: (p: ProgramBuilder) => void, options?: EncodeOptions): Played {
    return this.playBytes(this.encode(build, options));
  }

  encode(build: (p: ProgramBuilder) => void, options?: EncodeOptions): Uint8Array {
    const p = new ProgramBuilder(this.architecture);
    build(p);
    return encodeProgram(p.build(), options);
  }

  /** @param args what names the program's descriptor and the report's, if not the true numbers */
  playBytes(bytes: Uint8Array, args: readonly string[] = [`${PROGRAM_FD}`, `${REPORT_FD}`]): Played {
    const folder = mkdtempSync(join(tmpdir(), "tsrun-player-"));
    const file = (name: string): string => join(folder, name);
    writeFileSync(file("program"), bytes);
    const descriptors = [openSync(file("program"), "r"), openSync(file("report"), "a"), openSync(file("trace"), "a")];
    const [program = "", ...before] = this.#command;
    try {
      const { status, signal, stdout, error } = spawnSync(program, [...before, ...args], {
        ...(this.#name !== undefined && { argv0: this.#name }),
        // Where an emulator may leave a core dump.
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe", ...descriptors],
        timeout: TIME_LIMIT,
      });
      if (error !== undefined) throw error;
      return { status, signal, output: stdout, reports: reports(file("report")), trace: records(file("trace")) };
    } finally {
      for (const fd of descriptors) closeSync(fd);
      rmSync(folder, { recursive: true });
    }
  }
}

/** The same tests for each architecture: natively, and arm64 under emulation where that and the cross-compiler are there. */
export function describeExecutors(name: string, tests: (executor: TestedExecutor) => void): void {
  describe(`${name} (${ARCHITECTURE})`, () => tests(new TestedExecutor(ARCHITECTURE)));
  if (ARCHITECTURE === "arm64") return;
  const reason = whyNotEmulated();
  if (reason !== undefined && process.env.CI === "true") throw new Error(`${reason}, and this is CI`);
  const title = `${name} (arm64, emulated)`;
  describe.skipIf(reason !== undefined)(reason === undefined ? title : `${title} [${reason}]`, () =>
    tests(new TestedExecutor("arm64")),
  );
}

function whyNotEmulated(): string | undefined {
  if (Bun.which("qemu-aarch64-static") === null) return "needs qemu-user-static";
  if (!existsSync(join(images, "arm64"))) return "needs the arm64 executor (make builds it with a cross-compiler)";
  return undefined;
}

/** Append that these 64-bit values go to standard output. */
export function show(p: ProgramBuilder, ...values: readonly Operand[]): void {
  const room = p.space(8);
  for (const value of values) {
    p.store(room, value, 8);
    p.call("write", [STDOUT, room, 8]);
  }
}

/** What `show` has shown. */
export function shown(output: Buffer): bigint[] {
  return Array.from({ length: output.length / 8 }, (_, i) => output.readBigInt64LE(i * 8));
}

const RECORD_SIZE = 16;

function parts(path: string): DataView[] {
  const bytes = readFileSync(path);
  const count = bytes.length / RECORD_SIZE;
  return Array.from({ length: count }, (_, i) => new DataView(bytes.buffer, bytes.byteOffset + i * RECORD_SIZE));
}

function reports(path: string): Played["reports"] {
  return parts(path).map((view) => ({
    kind: view.getUint32(0, true),
    instruction: view.getUint32(4, true),
    value: Number(view.getBigInt64(8, true)),
  }));
}

function records(path: string): Played["trace"] {
  return parts(path).map((view) => ({
    pid: view.getUint32(0, true),
    instruction: view.getUint32(4, true),
    nanoseconds: view.getBigUint64(8, true),
  }));
}
