import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { Failure } from "../failure.ts";
import { directoryEntries } from "../libc/files.ts";
import { ARCHITECTURE, systemCall, trySystemCall } from "../libc/system_call.ts";
import { syscallNumber } from "../program/syscalls.ts";
import { POINT } from "./point.ts";

/** linux/ptrace.h */
const PTRACE_GETREGS = 12;
const PTRACE_SEIZE = 0x4206;
const PTRACE_INTERRUPT = 0x4207;
const PTRACE_GET_RSEQ_CONFIGURATION = 0x420f;
/** linux/personality.h, for what is executed from then on */
const ADDR_COMPAT_LAYOUT = 0x0200000;
const WALL = 0x40000000;
/** sys/user.h: the members of `struct user_regs_struct`, in order. */
const REGISTERS = [
  ..."r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs".split(
    " ",
  ),
] as const;
const RSEQ_CONFIGURATION_SIZE = 24;
/** What a start image does not have: the engine's own descriptors begin here, for callers to have those below. */
export const FIRST_DESCRIPTOR = 200;
/** In milliseconds. Commands are carried out first, maybe on an emulated processor. */
const TIME_LIMIT = 120_000;
const POLL = 5;
const SIGKILL = 9;

/**
 * What makes the engine one thread, that collects garbage where it runs, and keeps it from compiling what has run often:
 * each command would do that again, or touch more pages than it saves time.
 */
const ENGINE_OPTIONS = {
  BUN_JSC_useWarmUpMarkedBlocks: "0",
  BUN_JSC_useConcurrentGC: "0",
  BUN_JSC_numberOfGCMarkers: "1",
  BUN_JSC_useConcurrentJIT: "0",
  BUN_JSC_useBaselineJIT: "0",
};

/** A restartable sequence's memory, as libc has registered it; zeros if it has not. @see rseq(2) */
export interface Rseq {
  readonly address: bigint;
  readonly length: number;
  readonly signature: number;
}

/** An engine that waits at the point at which its image is taken, stopped. */
export class TracedEngine {
  readonly pid: number;
  readonly registers: Readonly<Record<string, bigint>>;
  readonly rseq: Rseq;
  readonly #memory: number;

  private constructor(pid: number) {
    this.pid = pid;
    systemCall("ptrace", PTRACE_SEIZE, pid, 0, 0);
    systemCall("ptrace", PTRACE_INTERRUPT, pid, 0, 0);
    systemCall("wait4", pid, new Int32Array(1), WALL, 0);
    const words = new BigUint64Array(REGISTERS.length);
    systemCall("ptrace", PTRACE_GETREGS, pid, 0, words);
    this.registers = Object.fromEntries(REGISTERS.map((name, i) => [name, words[i]!]));
    const rseq = new BigUint64Array(RSEQ_CONFIGURATION_SIZE / 8);
    systemCall("ptrace", PTRACE_GET_RSEQ_CONFIGURATION, pid, rseq.byteLength, rseq);
    const [length = 0, signature = 0] = new Uint32Array(rseq.buffer, 8);
    this.rseq = { address: rseq[0]!, length, signature };
    this.#memory = openSync(`/proc/${pid}/mem`, "r");
  }

  /**
   * Start an engine and stop it at its point.
   *
   * @param engine its file
   * @param directory where it may carry out commands first
   * @param interruption ends it before its time
   * @throws Failure if it does not get there, or has more threads than one then
   */
  static async start(engine: string, directory: string, interruption: AbortSignal): Promise<TracedEngine> {
    // Mappings from below on, while the launcher's come from above: few are in each other's way. Some seccomp profiles
    // forbid it, and then they seldom are either.
    trySystemCall("personality", ADDR_COMPAT_LAYOUT);
    const nothing = openSync("/dev/null", "r+");
    // Its own descriptors get numbers behind these.
    const descriptors = new Array<number>(FIRST_DESCRIPTOR).fill(nothing);
    const { pid } = Bun.spawn([engine], {
      argv0: "tsrun",
      env: { ...ENGINE_OPTIONS, TSRUN_TAKE_IMAGE: directory },
      stdio: descriptors as ["ignore", "ignore", "ignore"] & number[],
    });
    closeSync(nothing);
    try {
      await arrival(pid, interruption);
      const threads = directoryEntries(`/proc/${pid}/task`).length;
      if (threads !== 1) throw new Failure(`the engine has ${threads} threads, of which an image cannot be taken`);
      return new TracedEngine(pid);
    } catch (failure) {
      end(pid);
      throw failure;
    }
  }

  /** @param address, length in bytes */
  read(address: number, length: number): Buffer {
    const bytes = Buffer.alloc(length);
    if (readSync(this.#memory, bytes, 0, length, address) !== length) {
      throw new Failure(`cannot read ${length} bytes of the engine's memory at 0x${address.toString(16)}`);
    }
    return bytes;
  }

  end(): void {
    closeSync(this.#memory);
    end(this.pid);
  }
}

/** Returns when the process has arrived at the point. @throws Failure if it ends before, or takes too long */
async function arrival(pid: number, interruption: AbortSignal): Promise<void> {
  const point = `${syscallNumber(ARCHITECTURE, POINT)} `;
  for (const until = Date.now() + TIME_LIMIT; Date.now() < until; await Bun.sleep(POLL)) {
    if (interruption.aborted) throw new Failure("interrupted");
    let call: string;
    try {
      call = readFileSync(`/proc/${pid}/syscall`, "latin1");
    } catch (cause) {
      throw new Failure("the engine ended before an image of it could be taken", { cause });
    }
    if (call.startsWith(point)) return;
  }
  throw new Failure(`the engine is not ready for an image to be taken after ${TIME_LIMIT / 1000} seconds`);
}

function end(pid: number): void {
  try {
    process.kill(pid, SIGKILL);
  } catch {
    // It has ended already.
  }
}
