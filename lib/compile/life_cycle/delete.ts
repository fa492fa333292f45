import { AT_FDCWD, AT_REMOVEDIR } from "../../program/constants.ts";
import { EBUSY, ENOENT, ENOTEMPTY } from "../../program/errno.ts";
import type { Architecture, Program } from "../../program/instruction.ts";
import { buildLifeCycle } from "./frame.ts";
import { lockOrGiveUp } from "./lock.ts";
import { type KnownProcess, leaveIfDead } from "./process_check.ts";

export interface DeleteInput {
  readonly architecture: Architecture;
  readonly id: string;
  readonly process: KnownProcess;
  /** The container's own cgroups. */
  readonly cgroups: readonly string[];
  /** What was made above them, to be removed if nobody else uses it, in this order. */
  readonly cgroupsAbove: readonly string[];
  /** The files in the container's directory; the last one is what makes it a container. */
  readonly files: readonly string[];
}

/**
 * `delete`: remove the cgroups and the directory of a container whose first process is dead. Anything else is for the
 * engine: a container that lives, or one with a process left in its cgroups, which makes their removal fail.
 */
export function compileDelete(input: DeleteInput): Program {
  return buildLifeCycle("delete", input.architecture, (p, frame) => {
    const dead = p.label();
    lockOrGiveUp(p, frame);
    leaveIfDead(p, input.process, dead);
    p.fail(EBUSY);
    p.place(dead);
    for (const path of input.cgroups) {
      p.call("unlinkat", [AT_FDCWD, p.text(path), AT_REMOVEDIR], { ignore: [ENOENT] });
    }
    for (const path of input.cgroupsAbove) {
      p.call("unlinkat", [AT_FDCWD, p.text(path), AT_REMOVEDIR], { ignore: [ENOENT, EBUSY, ENOTEMPTY] });
    }
    for (const name of input.files) {
      p.call("unlinkat", [frame.directory, p.text(name), 0], { ignore: [ENOENT] });
    }
    p.call("unlinkat", [frame.root, p.text(input.id), AT_REMOVEDIR]);
    p.exit(0);
  });
}
