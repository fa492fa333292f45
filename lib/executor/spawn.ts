import { openSync } from "../libc/files.ts";
import { sealedMemfd } from "../libc/memfd.ts";
import { reportChannel } from "../libc/socket.ts";
import { executeFile, posixSpawn } from "../libc/spawn.ts";
import { systemCall, trySystemCall } from "../libc/system_call.ts";
import { F_SETFD } from "../program/constants.ts";
import { encodeProgram } from "../program/encode.ts";
import type { Program } from "../program/instruction.ts";
import { executorImage } from "./image.ts";

/** The executor's name while it plays a program; a file of this name is what `ps` shows of a created container. */
export const EXECUTOR_NAME = "tsrun-init";

/** A report channel that is open at both ends: `theirs` is the number that the program knows it by. */
export interface Channel {
  readonly ours: number;
  readonly theirs: number;
}

export function openChannel(): Channel {
  return reportChannel();
}

export interface Fault {
  readonly at: number;
  readonly errno: number;
}

/**
 * Start the executor on a program, and close our copies of what it inherits.
 *
 * @param fault an instruction that is to fail, for tests of what a failure leaves behind
 * @returns the process id of the executor
 * @throws SystemCallError
 */
export function playProgram(program: Program, channel: Channel, fault: Fault | undefined): number {
  const options = fault === undefined ? {} : { faultAt: fault.at, faultErrno: fault.errno };
  const code = sealedMemfd("tsrun-program", encodeProgram(program, options), "read");
  const executor = sealedMemfd(EXECUTOR_NAME, executorImage(), "execute");
  try {
    return posixSpawn(`/proc/self/fd/${executor}`, [EXECUTOR_NAME, String(code), String(channel.theirs)]);
  } finally {
    for (const fd of [code, executor, channel.theirs]) trySystemCall("close", fd);
  }
}

/**
 * Replace this process by the executor on a program. It keeps its id, its children and these descriptors.
 *
 * @param atLast is called when nothing but execve(2) itself can fail any more
 * @throws SystemCallError; does not return otherwise
 */
export function becomeExecutor(program: Program, descriptors: readonly number[], atLast?: () => void): never {
  const code = sealedMemfd("tsrun-program", encodeProgram(program), "read");
  const executor = sealedMemfd(EXECUTOR_NAME, executorImage(), "execute");
  for (const fd of descriptors) systemCall("fcntl", fd, F_SETFD, 0);
  // Nobody hears its failures; it ends with status 1.
  const unheard = openSync("/dev/null", "w");
  systemCall("fcntl", unheard, F_SETFD, 0);
  atLast?.();
  return executeFile(`/proc/self/fd/${executor}`, [EXECUTOR_NAME, String(code), String(unheard)]);
}
