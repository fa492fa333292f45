import type { ProgramBuilder } from "../../program/builder.ts";
import { AT_EMPTY_PATH, STATX_BASIC_STATS, STATX_SIZE, STX_NLINK } from "../../program/constants.ts";
import { ENOENT } from "../../program/errno.ts";
import type { Frame } from "./frame.ts";

const LOCK_EX = 2;
const LOCK_NB = 4;

/** Lock the container's directory, or give up: whoever holds it is waited for by the engine. @see flock(2) */
export function lockOrGiveUp(p: ProgramBuilder, { directory }: Frame): void {
  p.call("flock", [directory, LOCK_EX | LOCK_NB]);
  // Deleted between our opening it and locking it, it has no name any more.
  const status = p.space(STATX_SIZE);
  const there = p.label();
  p.call("statx", [directory, p.text(""), AT_EMPTY_PATH, STATX_BASIC_STATS, status]);
  p.withRegister((links) => {
    p.load(links, p.within(status, STX_NLINK), 4);
    p.branch(links, "NotEqual", 0, there);
  });
  p.fail(ENOENT);
  p.place(there);
}
