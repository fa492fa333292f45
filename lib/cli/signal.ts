import { Failure } from "../failure.ts";

/** The names of signals without SIG, in the order of their numbers, from 1 on: the same on x86_64 and arm64. */
export const SIGNAL_NAMES: readonly string[] = (
  "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU URG XCPU " +
  "XFSZ VTALRM PROF WINCH IO PWR SYS"
).split(" ");

const OTHER_NAMES: Readonly<Record<string, string>> = { IOT: "ABRT", CLD: "CHLD", POLL: "IO" };

const SIGRTMIN = 34;
const SIGRTMAX = 64;

/**
 * The number of a signal in any spelling: `9`, `KILL`, `SIGKILL`, `sigkill`, `SIGRTMIN+3`.
 *
 * @throws Failure `usage`
 * @see signal(7)
 */
export function parseSignal(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : numberOf(text.toUpperCase().replace(/^SIG/, ""));
  if (number !== undefined && number <= SIGRTMAX) return number;
  throw new Failure(`unknown signal ${JSON.stringify(text)}`, {
    code: "usage",
    hint: `a signal is a number up to ${SIGRTMAX}, or a name such as TERM, SIGTERM or RTMIN+1`,
  });
}

function numberOf(name: string): number | undefined {
  const realTime = /^RT(?:MIN(?:\+(\d+))?|MAX(?:-(\d+))?)$/.exec(name);
  if (realTime !== null) {
    const number = name.startsWith("RTMIN") ? SIGRTMIN + Number(realTime[1] ?? 0) : SIGRTMAX - Number(realTime[2] ?? 0);
    return number >= SIGRTMIN ? number : undefined;
  }
  const at = SIGNAL_NAMES.indexOf(OTHER_NAMES[name] ?? name);
  return at < 0 ? undefined : at + 1;
}
