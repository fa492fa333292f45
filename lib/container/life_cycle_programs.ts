import { frozenSigns } from "../cgroup/freezer.ts";
import { ownDirectories } from "../cgroup/state.ts";
import { compileDelete } from "../compile/life_cycle/delete.ts";
import { compileKill } from "../compile/life_cycle/kill.ts";
import { compileStart } from "../compile/life_cycle/start.ts";
import { compileState } from "../compile/life_cycle/state.ts";
import { START_SOCKET } from "../compile/start_socket.ts";
import { BUILD_ID } from "../executor/build_id.ts";
import { writeFileSync } from "../libc/files.ts";
import { ARCHITECTURE } from "../libc/system_call.ts";
import { encodeProgram } from "../program/encode.ts";
import type { Program } from "../program/instruction.ts";
import type { Status } from "../spec/types.ts";
import { descriptionText } from "./describe.ts";
import { type ContainerState, containerDirectory, PROGRAM_FILES } from "./state.ts";

/** A program as it is kept in the container's directory. */
export interface KeptProgram {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** linux/limits.h: what reaches a pipe whole or not at all. */
const PIPE_BUF = 4096;

/**
 * Compile the life cycle programs of a container, of those commands that need no engine:
 * - `start`, unless hooks follow it;
 * - `state`, unless what it prints might not be printed whole by one call;
 * - `kill`, always: what it cannot do it leaves to the engine;
 * - `delete`, unless more belongs to the container than its cgroups and its directory.
 *
 * @param state with the process's id and start time
 * @param startable whether the process will wait for `start`, and no hook in the container follows that
 */
export function lifeCyclePrograms(state: ContainerState, startable: boolean): KeptProgram[] {
  const programs: KeptProgram[] = [];
  const keep = (command: keyof typeof PROGRAM_FILES, program: Program): void => {
    programs.push({ file: PROGRAM_FILES[command], bytes: encodeProgram(program, { buildId: BUILD_ID }) });
  };
  const encoder = new TextEncoder();
  const text = (status: Status): Uint8Array => encoder.encode(descriptionText(state, status));
  const texts = {
    created: text("created"),
    running: text("running"),
    paused: text("paused"),
    stopped: text("stopped"),
  };
  const common = {
    architecture: ARCHITECTURE,
    process: { pid: state.pid, startTime: state.startTime },
    frozenSigns: frozenSigns(state.cgroup),
  };
  if (startable && state.hooks.poststart === undefined) keep("start", compileStart(common));
  if (Math.max(...Object.values(texts).map(({ length }) => length)) <= PIPE_BUF) {
    keep("state", compileState({ ...common, texts }));
  }
  keep("kill", compileKill({ ...common, sharesPidNamespace: state.sharesPidNamespace }));
  if (isDeletedByProgram(state)) {
    keep(
      "delete",
      compileDelete({
        ...common,
        id: state.id,
        cgroups: ownDirectories(state.cgroup),
        cgroupsAbove: state.cgroup.madeAbove.toReversed(),
        files: [...Object.values(PROGRAM_FILES), START_SOCKET, "config.json", "state.json"],
      }),
    );
  }
  return programs;
}

/** Whether nothing but the cgroups and the directory is left of a container once its process has ended. */
export function isDeletedByProgram({ hooks, coveredRoot, resctrl, notifies, cgroup }: ContainerState): boolean {
  return [hooks.poststop, coveredRoot, resctrl, notifies, cgroup.systemd].every((more) => more === undefined);
}

/** Write them into the container's directory. */
export function keepPrograms(root: string, id: string, programs: readonly KeptProgram[]): void {
  for (const { file, bytes } of programs) {
    writeFileSync(`${containerDirectory(root, id)}/${file}`, bytes, { mode: 0o600 });
  }
}
