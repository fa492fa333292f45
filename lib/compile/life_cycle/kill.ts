import { ESRCH } from "../../program/errno.ts";
import type { Architecture, Program } from "../../program/instruction.ts";
import { buildLifeCycle } from "./frame.ts";
import { type FrozenSign, leaveIfFrozen } from "./frozen_check.ts";
import { type KnownProcess, leaveIfDead } from "./process_check.ts";

const SIGKILL = 9;

export interface KillInput {
  readonly architecture: Architecture;
  readonly process: KnownProcess;
  readonly frozenSigns: readonly FrozenSign[];
  /** SIGKILL has to reach every process of the container, which is for the engine to do. */
  readonly sharesPidNamespace: boolean;
}

/**
 * `kill`: signal the container's first process. The descriptor is opened first and the start time compared then, so that
 * the id cannot change hands in between. A frozen process that is killed must be thawed, which is for the engine to do.
 */
export function compileKill({ architecture, process, frozenSigns, sharesPidNamespace }: KillInput): Program {
  return buildLifeCycle("kill", architecture, (p, { signal }) => {
    const giveUp = p.label();
    const send = p.label();
    const pidfd = p.open("pidfd_open", [process.pid, 0]);
    leaveIfDead(p, process, giveUp);
    p.branch(signal, "NotEqual", SIGKILL, send);
    if (sharesPidNamespace) p.jump(giveUp);
    else leaveIfFrozen(p, frozenSigns, giveUp);
    p.place(send);
    p.call("pidfd_send_signal", [pidfd, signal, 0, 0]);
    p.exit(0);
    p.place(giveUp);
    p.fail(ESRCH);
  });
}
