import { readFileSync } from "node:fs";
import { Failure } from "../failure.ts";
import { type CgroupState, controllerDirectory } from "./state.ts";
import { writeCgroupFile } from "./write.ts";

const TIMEOUT = 10_000;

/** Whether the container's processes are frozen. */
export function isFrozen(state: CgroupState): boolean {
  const file = freezerFile(state);
  if (file === undefined) return false;
  try {
    return readFileSync(file, "latin1").trim() === (state.version === 1 ? "FROZEN" : "1");
  } catch {
    return false;
  }
}

/**
 * Freeze the container's processes, and wait until they are.
 *
 * @throws Failure if there is no freezer, or one of them cannot be frozen within ten seconds
 * @see Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst; cgroup.freeze in cgroup-v2.rst
 */
export function freeze(state: CgroupState): void {
  const file = neededFile(state);
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const deadline = performance.now() + TIMEOUT;
  writeCgroupFile(file, state.version === 1 ? "FROZEN" : "1");
  for (let wait = 1; !hasFrozen(state, file); wait = Math.min(wait * 2, 50)) {
    if (performance.now() > deadline) {
      thaw(state);
      throw new Failure("the container's processes could not be frozen within ten seconds", { code: "cgroup.failed" });
    }
    Atomics.wait(pause, 0, 0, wait);
    // A process that forked meanwhile may keep a v1 cgroup in FREEZING until it is asked again.
    if (state.version === 1) writeCgroupFile(file, "FROZEN");
  }
}

export function thaw(state: CgroupState): void {
  writeCgroupFile(neededFile(state), state.version === 1 ? "THAWED" : "0");
}

function hasFrozen(state: CgroupState, file: string): boolean {
  if (state.version === 1) return readFileSync(file, "latin1").trim() === "FROZEN";
  return readFileSync(`${state.v2?.directory}/cgroup.events`, "latin1").includes("frozen 1");
}

function neededFile(state: CgroupState): string {
  const file = freezerFile(state);
  if (file === undefined) {
    throw new Failure("the container has no cgroup of the freezer controller", { code: "cgroup.failed" });
  }
  return file;
}

function freezerFile(state: CgroupState): string | undefined {
  const directory = controllerDirectory(state, "freezer");
  if (directory === undefined) return undefined;
  return state.version === 1 ? `${directory}/freezer.state` : `${directory}/cgroup.freeze`;
}
