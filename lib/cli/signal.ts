import { constants } from "node:os";
import { Failure } from "../failure.ts";

const SIGRTMIN = 34;
const SIGRTMAX = 64;

/**
 * The number of a signal in any spelling: `9`, `KILL`, `SIGKILL`, `sigkill`, `SIGRTMIN+3`.
 *
 * @throws Failure `usage`
 * @see signal(7)
 */
export function parseSignal(text: string): number {
  const unknown = () => new Failure(`unknown signal ${JSON.stringify(text)}`, { code: "usage" });
  if (/^\d+$/.test(text)) {
    const number = Number(text);
    if (number > SIGRTMAX) throw unknown();
    return number;
  }
  const name = text.toUpperCase().replace(/^(SIG)?/, "SIG");
  const realTime = /^SIGRT(MIN|MAX)(?:([+-])(\d+))?$/.exec(name);
  if (realTime !== null) {
    const offset = Number(realTime[3] ?? 0) * (realTime[2] === "-" ? -1 : 1);
    const number = (realTime[1] === "MIN" ? SIGRTMIN : SIGRTMAX) + offset;
    if (number < SIGRTMIN || number > SIGRTMAX) throw unknown();
    return number;
  }
  const number = (constants.signals as Readonly<Record<string, number>>)[name];
  if (number === undefined) throw unknown();
  return number;
}
