import type { ProgramBuilder } from "../../program/builder.ts";
import { AT_FDCWD, O_CLOEXEC, O_RDONLY } from "../../program/constants.ts";
import type { Label } from "../../program/instruction.ts";

/** A file of the container's cgroup, and how it begins while the container is frozen. */
export interface FrozenSign {
  readonly path: string;
  readonly letter: string;
}

/** Go to `frozen` if all signs say so. A file that cannot be read says no. */
export function leaveIfFrozen(p: ProgramBuilder, signs: readonly FrozenSign[], frozen: Label): void {
  if (signs.length === 0) return;
  const not = p.label();
  const text = p.space(8);
  for (const { path, letter } of signs) {
    const file = p.open("openat", [AT_FDCWD, p.text(path), O_RDONLY | O_CLOEXEC], { on: [[0, not]] });
    p.call("read", [file, text, 1], { ignoreAll: true });
    p.close(file);
    p.withRegister((first) => {
      p.load(first, text, 1);
      p.branch(first, "NotEqual", letter.charCodeAt(0), not);
    });
  }
  p.jump(frozen);
  p.place(not);
}
