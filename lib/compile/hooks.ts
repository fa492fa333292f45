import type { ProgramBuilder } from "../program/builder.ts";
import { MFD_CLOEXEC, POLLIN, SIGCHLD, SIGKILL } from "../program/constants.ts";
import { ETIMEDOUT } from "../program/errno.ts";
import { type Data, HOOK_OUTPUT_SIZE, REPORT_SIZE, type Register, Report } from "../program/instruction.ts";
import type { Hook } from "../spec/types.ts";

/** The container's state as JSON, which the host side sends when the hooks' turn has come. */
export interface HookState {
  readonly text: Data;
  readonly length: Register;
}

/** What hooks find where their own entry says nothing. */
export interface HookDefaults {
  /**
   * For those without `env`. Never the container's where the program is the host's: its variables come from the image,
   * and the dynamic loader would obey them (CVE-2025-23266).
   */
  readonly env: readonly string[];
  /** That of the process itself if left out. */
  readonly umask?: number;
}

/** sizeof(struct pollfd), sizeof(struct timespec) */
const POLLFD_SIZE = 8;
const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const SEEK_SET = 0;
const SEEK_END = 2;
const STATUS_NOT_EXECUTED = 127;

/**
 * Run hooks in the container's namespaces, one after the other: each gets the state on standard input; its output is
 * kept, and told if it fails. One that takes longer than its timeout is killed. The first that fails ends the program.
 *
 * @param pointer where the hooks stand: `/hooks/createContainer`
 * @see config.md, "POSIX-platform Hooks"
 */
export function runHooks(
  p: ProgramBuilder,
  hooks: readonly Hook[],
  state: HookState,
  defaults: HookDefaults,
  pointer: string,
): void {
  for (const [i, hook] of hooks.entries()) p.at(`${pointer}/${i}`, () => runHook(p, hook, state, defaults));
}

function runHook(p: ProgramBuilder, hook: Hook, state: HookState, { env, umask }: HookDefaults): void {
  const input = fileOf(p, state);
  const output = p.open("memfd_create", [p.text("hook-output"), MFD_CLOEXEC]);
  const pid = p.register();
  const parent = p.label();
  p.callTo(pid, "clone", [SIGCHLD, 0, 0, 0, 0]);
  p.branch(pid, "NotEqual", 0, parent);
  p.call("dup3", [input, STDIN, 0]);
  p.call("dup3", [output, STDOUT, 0]);
  p.call("dup3", [output, STDERR, 0]);
  if (umask !== undefined) p.call("umask", [umask]);
  p.call("execve", [p.text(hook.path), p.textArray(hook.args ?? [hook.path]), p.textArray(hook.env ?? env)], {
    failure: `hook ${hook.path} could not be executed: {errno}`,
  });
  p.exit(STATUS_NOT_EXECUTED);
  p.place(parent);
  waitForHook(p, hook, pid, output);
  p.release(pid);
  p.close(output);
  p.close(input);
}

/** A file in memory with the state, to be read from its beginning. */
function fileOf(p: ProgramBuilder, { text, length }: HookState): Register {
  const file = p.open("memfd_create", [p.text("hook-state"), MFD_CLOEXEC]);
  p.call("write", [file, text, length]);
  p.call("lseek", [file, 0, SEEK_SET]);
  return file;
}

function waitForHook(p: ProgramBuilder, hook: Hook, pid: Register, output: Register): void {
  const status = p.space(4);
  const ended = p.label();
  const succeeded = p.label();
  if (hook.timeout !== undefined && hook.timeout > 0) {
    const pidfd = p.open("pidfd_open", [pid, 0]);
    const poll = p.space(POLLFD_SIZE);
    p.store(poll, pidfd, 4);
    p.store(p.within(poll, 4), POLLIN, 2);
    p.withRegister((ready) => {
      p.uninterrupted(ready, "ppoll", [poll, 1, p.longs([hook.timeout!, 0]), 0, 0]);
      p.branch(ready, "Greater", 0, ended);
    });
    p.call("kill", [pid, SIGKILL]);
    p.uninterrupted(pid, "wait4", [pid, status, 0, 0]);
    tellOutput(p, output);
    p.fail(ETIMEDOUT, `hook ${hook.path} was killed: it took longer than its timeout of ${hook.timeout} s`);
    p.place(ended);
    p.close(pidfd);
  }
  p.uninterrupted(pid, "wait4", [pid, status, 0, 0]);
  p.withRegister((value) => {
    p.load(value, status, 4);
    p.branch(value, "Equal", 0, succeeded);
    tellOutput(p, output);
    p.fail(value, `hook ${hook.path} failed: {wait status}`);
  });
  p.place(succeeded);
}

/** Send the end of the output to the host side, for the sentence that tells of the failure. */
function tellOutput(p: ProgramBuilder, output: Register): void {
  const message = p.space(REPORT_SIZE + HOOK_OUTPUT_SIZE);
  const short = p.label();
  p.withRegister((length) => {
    p.callTo(length, "lseek", [output, 0, SEEK_END]);
    p.branch(length, "LessEqual", HOOK_OUTPUT_SIZE, short);
    p.compute(length, length, "Subtract", HOOK_OUTPUT_SIZE);
    p.call("lseek", [output, length, SEEK_SET]);
    const read = p.label();
    p.jump(read);
    p.place(short);
    p.call("lseek", [output, 0, SEEK_SET]);
    p.place(read);
    p.callTo(length, "read", [output, p.within(message, REPORT_SIZE), HOOK_OUTPUT_SIZE]);
    p.compute(length, length, "Add", REPORT_SIZE);
    p.store(message, Report.Output, 4);
    p.call("write", [p.report, message, length], { ignoreAll: true });
  });
}
