import type { Architecture, Program } from "../../program/instruction.ts";
import type { Status } from "../../spec/types.ts";
import { START_SOCKET } from "../start_socket.ts";
import { buildLifeCycle } from "./frame.ts";
import { type FrozenSign, leaveIfFrozen } from "./frozen_check.ts";
import { type KnownProcess, leaveIfDead } from "./process_check.ts";

const STDOUT = 1;
const F_OK = 0;

export interface StateInput {
  readonly architecture: Architecture;
  readonly process: KnownProcess;
  readonly frozenSigns: readonly FrozenSign[];
  /** What is printed for each status, in UTF-8. */
  readonly texts: Readonly<Record<Exclude<Status, "creating">, Uint8Array>>;
}

/**
 * `state`: find the container's status from what the kernel says, as lib/container/status.ts does, and print the text
 * for it.
 */
export function compileState({ architecture, process, frozenSigns, texts }: StateInput): Program {
  return buildLifeCycle("state", architecture, (p, { directory }) => {
    const [stopped, running, paused, print] = [p.label(), p.label(), p.label(), p.label()];
    const [text, length] = [p.register(), p.register()];
    const choose = (status: keyof typeof texts): void => {
      p.move(text, p.bytes(texts[status]));
      p.move(length, texts[status].length);
      p.jump(print);
    };
    leaveIfDead(p, process, stopped);
    leaveIfFrozen(p, frozenSigns, paused);
    p.call("faccessat", [directory, p.text(START_SOCKET), F_OK], { on: [[0, running]] });
    choose("created");
    p.place(running);
    choose("running");
    p.place(paused);
    choose("paused");
    p.place(stopped);
    choose("stopped");
    p.place(print);
    p.withRegister((written) => {
      const whole = p.label();
      // Nothing is written if this fails, and the engine says why.
      p.uninterrupted(written, "write", [STDOUT, text, length]);
      p.branch(written, "Equal", length, whole);
      p.exit(1);
      p.place(whole);
    });
    p.exit(0);
  });
}
