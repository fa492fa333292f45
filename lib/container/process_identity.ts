import { readFileSync } from "../libc/files.ts";

/** A process as the kernel tells of it. @see proc_pid_stat(5) */
export interface ProcessIdentity {
  /** One letter. */
  readonly state: string;
  /** It has begun to end: what it had open is closed, or about to be. */
  readonly exiting: boolean;
  /** In clock ticks since boot. */
  readonly startTime: number;
}

const STATE_FIELD = 0;
const FLAGS_FIELD = 6;
const START_TIME_FIELD = 19;
/** linux/sched.h */
const PF_EXITING = 4;

/** Undefined if there is no process with this id. */
export function processIdentity(pid: number): ProcessIdentity | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The second field, the name, may hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const exiting = (Number(fields[FLAGS_FIELD]) & PF_EXITING) !== 0;
  return { state: fields[STATE_FIELD]!, exiting, startTime: Number(fields[START_TIME_FIELD]) };
}

/** Whether the process that had this id and start time still runs: not gone, not a zombie, not another's id. */
export function isAlive(pid: number, startTime: number): boolean {
  if (pid <= 0) return false;
  const identity = processIdentity(pid);
  return identity !== undefined && identity.startTime === startTime && !"ZXx".includes(identity.state);
}
