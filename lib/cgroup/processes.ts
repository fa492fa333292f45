import { existsSync, readFileSync } from "node:fs";
import { withSubdirectories } from "./directories.ts";
import { freeze, thaw } from "./freezer.ts";
import type { CgroupState } from "./state.ts";
import { processDirectory } from "./state.ts";
import { writeCgroupFile } from "./write.ts";

const SIGKILL = 9;

/** Every process of the container, also in cgroups that it made itself. */
export function processesOf(state: CgroupState): number[] {
  const directory = processDirectory(state);
  if (directory === undefined || !existsSync(directory)) return [];
  return withSubdirectories(directory).flatMap((below) =>
    readFileSync(`${below}/cgroup.procs`, "latin1").split("\n").filter(Boolean).map(Number),
  );
}

/**
 * Signal every process of the container. For SIGKILL they are frozen meanwhile, so that none escapes by forking.
 *
 * @see cgroup.kill (Linux 5.14); cgroup v1 has nothing like it
 */
export function signalProcesses(state: CgroupState, signal: number): void {
  if (processesOf(state).length === 0) return;
  if (signal === SIGKILL && state.version === 2 && killAtOnce(state)) return;
  if (signal !== SIGKILL) {
    signalEach(state, signal);
    return;
  }
  freeze(state);
  try {
    signalEach(state, signal);
  } finally {
    thaw(state);
  }
}

function killAtOnce(state: CgroupState): boolean {
  const file = `${processDirectory(state)}/cgroup.kill`;
  if (!existsSync(file)) return false;
  writeCgroupFile(file, "1");
  return true;
}

function signalEach(state: CgroupState, signal: number): void {
  for (const pid of processesOf(state)) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }
}
