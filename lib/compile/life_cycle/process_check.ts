import type { ProgramBuilder } from "../../program/builder.ts";
import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from "../../program/constants.ts";
import { EIO, ENOENT, ESRCH } from "../../program/errno.ts";
import type { Label, Register } from "../../program/instruction.ts";

/** A process, told from a later one with the same id. */
export interface KnownProcess {
  readonly pid: number;
  /** In clock ticks since boot. */
  readonly startTime: number;
}

/** More than /proc/<pid>/stat can hold: a name of 64 bytes and 51 numbers. */
const STAT_ROOM = 2048;
/** How many letters are compared by one instruction: these programs are compiled anew for each container. */
const LETTERS_AT_A_TIME = 4;
const LETTERS_OF_THE_DEAD = "ZXx";
/** How many spaces lie between the state, the first field behind the name, and the start time. */
const FIELDS_TO_START_TIME = 19;

/**
 * Go to `dead` unless the process that is known still runs: it is gone, a zombie, or another has its id.
 *
 * @see proc_pid_stat(5)
 */
export function leaveIfDead(p: ProgramBuilder, { pid, startTime }: KnownProcess, dead: Label): void {
  const stat = p.space(STAT_ROOM);
  const [at, end, byte, count] = [p.register(), p.register(), p.register(), p.register()];
  const file = p.open("openat", [AT_FDCWD, p.text(`/proc/${pid}/stat`), O_RDONLY | O_CLOEXEC], {
    on: [[ENOENT, dead]],
  });
  // The last bytes are left as they are, zero: where the text ends, if nothing else does.
  p.callTo(end, "read", [file, stat, STAT_ROOM - LETTERS_AT_A_TIME], { on: [[ESRCH, dead]] });
  p.close(file);
  p.compute(end, end, "Add", stat);

  // The name may hold anything, parentheses too, and ends with the last one.
  const strange = p.label();
  const named = p.label();
  p.move(at, end);
  const back = p.here();
  p.compute(at, at, "Subtract", 1);
  p.branch(at, "LessEqual", stat, strange);
  p.load(byte, at, 1);
  p.branch(byte, "NotEqual", ")".charCodeAt(0), back);
  p.compute(at, at, "Add", 2);

  p.load(byte, at, 1);
  for (const letter of LETTERS_OF_THE_DEAD) p.branch(byte, "Equal", letter.charCodeAt(0), dead);
  p.move(count, 0);
  const on = p.here();
  p.branch(at, "GreaterEqual", end, strange);
  p.load(byte, at, 1);
  p.compute(at, at, "Add", 1);
  p.branch(byte, "NotEqual", " ".charCodeAt(0), on);
  p.compute(count, count, "Add", 1);
  p.branch(count, "Less", FIELDS_TO_START_TIME, on);
  expectText(p, at, byte, `${startTime} `, dead);
  p.jump(named);
  p.place(strange);
  p.fail(EIO);
  p.place(named);
  p.release(at, end, byte, count);
}

/** Go to `other` unless this text, which is ASCII, lies at the address. */
function expectText(p: ProgramBuilder, at: Register, value: Register, text: string, other: Label): void {
  for (let i = 0; i < text.length; ) {
    const width = text.length - i < LETTERS_AT_A_TIME ? 1 : LETTERS_AT_A_TIME;
    let number = 0;
    for (let j = width - 1; j >= 0; j--) number = number * 256 + text.charCodeAt(i + j);
    p.load(value, at, width);
    p.branch(value, "NotEqual", number, other);
    p.compute(at, at, "Add", width);
    i += width;
  }
}
