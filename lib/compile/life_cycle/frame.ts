import { ProgramBuilder } from "../../program/builder.ts";
import {
  type Architecture,
  CONNECTION_REGISTER,
  DIRECTORY_REGISTER,
  type Program,
  type Register,
  ROOT_REGISTER,
  SIGNAL_REGISTER,
} from "../../program/instruction.ts";

/** What the launcher hands a life cycle program, and what that hands back. */
export interface Frame {
  /** The container's directory, open. */
  readonly directory: Register;
  /** The state root, open as a path. */
  readonly root: Register;
  /** The signal that `kill` sends. */
  readonly signal: Register;
  /** The connection to a started process that the engine is to hear; -1 unless a program leaves one. */
  readonly connection: Register;
}

/**
 * Build a life cycle program: one that the launcher plays instead of starting the engine. It carries out a command as a
 * whole, and ends with status 0; or it fails, which means that it gives up, and the engine is started with the same
 * command line. So it may change something only when nothing is left that could fail, or when the engine goes on with
 * what is left.
 *
 * @param command its name
 */
export function buildLifeCycle(
  command: string,
  architecture: Architecture,
  build: (p: ProgramBuilder, frame: Frame) => void,
): Program {
  const p = new ProgramBuilder(architecture);
  const [directory, root, signal, connection] = [
    DIRECTORY_REGISTER,
    ROOT_REGISTER,
    SIGNAL_REGISTER,
    CONNECTION_REGISTER,
  ].map((expected) => {
    const register = p.register();
    if (register.register !== expected) throw new RangeError(`register ${expected} of the launcher is in use`);
    return register;
  }) as [Register, Register, Register, Register];
  p.at(`life cycle/${command}`, () => build(p, { directory, root, signal, connection }));
  return p.build();
}
