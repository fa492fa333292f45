import { ProgramBuilder } from "../program/builder.ts";
import { AT_FDCWD, AT_REMOVEDIR, SIG_SETMASK, SIGSET_SIZE } from "../program/constants.ts";
import { EBUSY, ENOENT, ENOTEMPTY } from "../program/errno.ts";
import {
  type Architecture,
  type Data,
  type Label,
  type Program,
  REPORT_SIZE,
  type Register,
} from "../program/instruction.ts";
import { type ServedTerminal, TerminalRelay } from "./terminal_relay.ts";

const SIGCHLD = 17;
const SIGURG = 23;
const SIGWINCH = 28;
const WNOHANG = 1;
const SFD_CLOEXEC = 0o2000000;
/** sizeof(struct signalfd_siginfo) */
const SIGINFO_SIZE = 128;

/** Something to remove. What others may use by now is removed only if it is empty. */
export interface Removal {
  readonly path: string;
  readonly kind: "file" | "directory" | "directory if empty";
}

export interface MonitorInput {
  readonly architecture: Architecture;
  /** The container's first process, a child of the process that plays this. */
  readonly pid: number;
  /** Its process descriptor. */
  readonly pidfd: number;
  /** What the container's process waits for; undefined if it has been executed already. */
  readonly handedOver: HandedOver | undefined;
  /** Where the process has a terminal that is ours to serve. */
  readonly terminal: ServedTerminal | undefined;
  /** What is left to remove when it has ended, in this order; nothing with `--keep`. */
  readonly removal: readonly Removal[];
  /** The command that removes the container where the plain removal does not do. */
  readonly fallback: EngineCommand;
  /** The command that tells of a process that could not be executed; it gets the instruction and the errno as arguments. */
  readonly startFailed: EngineCommand;
}

/** The report channel of a process that waits for this answer; for none if it was told to go on already. */
export interface HandedOver {
  readonly channel: number;
  readonly answer: Uint8Array | undefined;
}

export interface EngineCommand {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
}

/**
 * What is left of `run` in the foreground once the container's process is executed: forward signals to it, reap what
 * becomes our child, and when it ends remove the container and end with its exit status. The engine replaces itself by
 * the executor with this program, so that a running container costs next to no memory.
 *
 * @see signalfd(2), wait4(2)
 */
export function compileMonitor(input: MonitorInput): Program {
  const p = new ProgramBuilder(input.architecture);
  const signals = p.at("monitor/signals", () => openSignals(p));
  const { handedOver } = input;
  if (handedOver !== undefined) p.at("monitor/start", () => letGoOn(p, handedOver, input.startFailed));
  const status = p.space(4);
  const ended = p.label();
  const terminal = input.terminal === undefined ? undefined : new TerminalRelay(p, input.terminal);
  p.at("monitor/children", () => {
    const children = p.here();
    reapChildren(p, input.pid, status, ended);
    p.at("monitor/signals", () => forwardSignals(p, signals, input.pidfd, children, terminal));
  });
  p.place(ended);
  if (terminal !== undefined) p.at("monitor/terminal", () => terminal.finish());
  const code = p.at("monitor/exit status", () => exitStatus(p, status));
  if (input.removal.length > 0) p.at("monitor/removal", () => remove(p, input));
  p.exit(code);
  return p.build();
}

/** A descriptor from which every signal is read, none of which is delivered any more. */
function openSignals(p: ProgramBuilder): Register {
  const every = p.longs([-1]);
  p.call("rt_sigprocmask", [SIG_SETMASK, every, 0, SIGSET_SIZE]);
  return p.open("signalfd4", [-1, every, SIGSET_SIZE, SFD_CLOEXEC]);
}

/**
 * Let the container's process go on, and wait until it is executed: nobody holds the channel any more then. If it could
 * not be, the engine tells why.
 */
function letGoOn(p: ProgramBuilder, { channel, answer }: HandedOver, startFailed: EngineCommand): void {
  const message = p.space(REPORT_SIZE);
  const executed = p.label();
  if (answer !== undefined) p.call("write", [channel, p.bytes(answer), answer.length], { ignoreAll: true });
  p.withRegister((received) => {
    p.uninterrupted(received, "read", [channel, message, REPORT_SIZE]);
    p.branch(received, "NotEqual", REPORT_SIZE, executed);
    const numbers = [4, 8].map((offset) => {
      p.load(received, p.within(message, offset), 4);
      return decimal(p, received);
    });
    p.call("rt_sigprocmask", [SIG_SETMASK, p.longs([0]), 0, SIGSET_SIZE]);
    const words = startFailed.args.map((word) => p.text(word));
    p.call("execve", [p.text(startFailed.path), p.longs([...words, ...numbers, 0]), p.textArray(startFailed.env)]);
    p.exit(1);
  });
  p.place(executed);
  p.call("close", [channel], { ignoreAll: true });
}

/** A number of at most 16 bits as text, with leading zeros. */
function decimal(p: ProgramBuilder, value: Register): Data {
  const DIGITS = 5;
  const text = p.space(DIGITS + 1, 1);
  p.withRegister((digit) => {
    for (let i = 0; i < DIGITS; i++) {
      const power = 10 ** (DIGITS - 1 - i);
      p.move(digit, "0".charCodeAt(0));
      const next = p.label();
      const again = p.here();
      p.branch(value, "Less", power, next);
      p.compute(value, value, "Subtract", power);
      p.compute(digit, digit, "Add", 1);
      p.jump(again);
      p.place(next);
      p.store(p.within(text, i), digit, 1);
    }
  });
  return text;
}

/** Take up every child that has ended; go to `ended` if the container's process is among them. */
function reapChildren(p: ProgramBuilder, pid: number, status: Data, ended: Label): void {
  p.withRegister((child) => {
    const next = p.here();
    p.callTo(child, "wait4", [-1, status, WNOHANG, 0], { ignoreAll: true });
    p.branch(child, "Equal", pid, ended);
    p.branch(child, "Greater", 0, next);
  });
}

/** Read signals and pass them on; go to `children` whenever a child may have ended. */
function forwardSignals(
  p: ProgramBuilder,
  signals: Register,
  pidfd: number,
  children: Label,
  terminal: TerminalRelay | undefined,
): void {
  const info = p.space(SIGINFO_SIZE);
  p.withRegister((signal) => {
    const next = p.here();
    terminal?.relayUntilReadable(signals);
    p.uninterrupted(signal, "read", [signals, info, SIGINFO_SIZE]);
    p.load(signal, info, 4);
    p.branch(signal, "Equal", SIGCHLD, children);
    // The Go runtime sends itself SIGURG, and a terminal's size is not the container's business without a terminal.
    p.branch(signal, "Equal", SIGURG, next);
    const resized = p.label();
    p.branch(signal, "Equal", SIGWINCH, terminal === undefined ? next : resized);
    p.call("pidfd_send_signal", [pidfd, signal, 0, 0], { ignoreAll: true });
    p.jump(next);
    if (terminal !== undefined) {
      p.place(resized);
      terminal.copySize();
      p.jump(next);
    }
  });
}

/** The exit status, or 128 and the number of the signal. */
function exitStatus(p: ProgramBuilder, status: Data): Register {
  const code = p.register();
  const exited = p.label();
  const done = p.label();
  p.load(code, status, 4);
  p.compute(code, code, "And", 0x7f);
  p.branch(code, "Equal", 0, exited);
  p.compute(code, code, "Add", 128);
  p.jump(done);
  p.place(exited);
  p.load(code, p.within(status, 1), 1);
  p.place(done);
  return code;
}

function remove(p: ProgramBuilder, { removal, fallback }: MonitorInput): void {
  const complicated = p.label();
  const removed = p.label();
  for (const { path, kind } of removal) {
    p.call("unlinkat", [AT_FDCWD, p.text(path), kind === "file" ? 0 : AT_REMOVEDIR], {
      ignore: kind === "directory if empty" ? [ENOENT, EBUSY, ENOTEMPTY] : [ENOENT],
      on: [[0, complicated]],
    });
  }
  p.jump(removed);
  p.place(complicated);
  // A process of the container is left in its cgroup, or something else lies in its directory.
  p.withRegister((pid) => {
    const parent = p.label();
    p.callTo(pid, "clone", [SIGCHLD, 0, 0, 0, 0]);
    p.branch(pid, "NotEqual", 0, parent);
    p.call("rt_sigprocmask", [SIG_SETMASK, p.longs([0]), 0, SIGSET_SIZE]);
    p.call("execve", [p.text(fallback.path), p.textArray(fallback.args), p.textArray(fallback.env)]);
    p.exit(1);
    p.place(parent);
    p.uninterrupted(pid, "wait4", [pid, 0, 0, 0], { on: [[0, removed]] });
  });
  p.place(removed);
}
