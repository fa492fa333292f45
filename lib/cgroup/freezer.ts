import { Failure } from "../failure.ts";
import { describeErrno } from "../program/errno.ts";
import { type CgroupState, controllerDirectory } from "./state.ts";
import { readCgroupFile, writeCgroupFile } from "./write.ts";

const TIMEOUT = 10_000;
/** How often a v1 cgroup is asked to freeze before it is let go for a moment. */
const ATTEMPTS_IN_A_ROW = 50;

/** A file of a cgroup, and the letter with which it begins while that is frozen. */
export interface FrozenSign {
  readonly path: string;
  readonly letter: string;
}

/** What all says that the container's cgroup is frozen itself, not only with one above it. Nothing without a freezer. */
export function frozenSigns(state: CgroupState): FrozenSign[] {
  const directory = state.made ? controllerDirectory(state, "freezer") : undefined;
  if (directory === undefined) return [];
  if (state.version === 2) return [{ path: `${directory}/cgroup.freeze`, letter: "1" }];
  return [
    // FROZEN, or FREEZING: someone is freezing it just now, and waits for it to be done.
    { path: `${directory}/freezer.state`, letter: "F" },
    { path: `${directory}/freezer.self_freezing`, letter: "1" },
  ];
}

/** Whether the container's cgroup is frozen itself. A container without a freezer never is. */
export function isFrozen(state: CgroupState): boolean {
  const signs = frozenSigns(state);
  return signs.length > 0 && signs.every(({ path, letter }) => readCgroupFile(path)?.[0] === letter);
}

/**
 * Freeze the container's processes, and wait until they are.
 *
 * @throws Failure if there is no freezer, or one of them cannot be frozen within ten seconds; they go on then
 * @see Documentation/admin-guide/cgroup-v1/freezer-subsystem.rst; cgroup.freeze in cgroup-v2.rst
 */
export function freeze(state: CgroupState): void {
  const directory = freezerDirectory(state);
  const deadline = performance.now() + TIMEOUT;
  const pause = new Int32Array(new SharedArrayBuffer(4));
  const [file, frozen, thawed] = values(state);
  for (let attempt = 1; ; attempt++) {
    // v1 must be asked again for processes that came into it meanwhile, and now and then needs a new start for it.
    if (state.version === 1 && attempt % ATTEMPTS_IN_A_ROW === 0) write(directory, file, thawed);
    if (state.version === 1 || attempt === 1) write(directory, file, frozen);
    if (hasFrozen(state.version, directory)) return;
    if (performance.now() > deadline) {
      write(directory, file, thawed);
      throw new Failure("the container's processes could not be frozen within ten seconds", { code: "cgroup.failed" });
    }
    Atomics.wait(pause, 0, 0, Math.min(attempt, 10));
  }
}

/** @throws Failure if there is no freezer */
export function thaw(state: CgroupState): void {
  const [file, , thawed] = values(state);
  write(freezerDirectory(state), file, thawed);
}

/**
 * Let frozen processes end that were sent SIGKILL. On v2 they do so by themselves, and systemd may have removed the
 * cgroup with them by now.
 *
 * @throws Failure
 */
export function thawKilled(state: CgroupState): void {
  if (state.version === 1) thaw(state);
}

/** The file that freezes and thaws, and what is written to it for that. */
function values({ version }: CgroupState): readonly [file: string, frozen: string, thawed: string] {
  return version === 1 ? ["freezer.state", "FROZEN", "THAWED"] : ["cgroup.freeze", "1", "0"];
}

function hasFrozen(version: 1 | 2, directory: string): boolean {
  if (version === 1) return readCgroupFile(`${directory}/freezer.state`) === "FROZEN";
  return readCgroupFile(`${directory}/cgroup.events`)?.split("\n").includes("frozen 1") ?? false;
}

function freezerDirectory(state: CgroupState): string {
  const directory = controllerDirectory(state, "freezer");
  if (directory !== undefined) return directory;
  throw new Failure("the container has no cgroup of the freezer controller", { code: "cgroup.failed" });
}

function write(directory: string, file: string, value: string): void {
  try {
    writeCgroupFile(`${directory}/${file}`, value);
  } catch (error) {
    const errno = Math.abs((error as NodeJS.ErrnoException).errno ?? 0);
    const call = `write(${JSON.stringify(`${directory}/${file}`)}, ${JSON.stringify(value)})`;
    throw new Failure(`${call}: ${describeErrno(errno)}`, { code: "cgroup.failed", call, errno, cause: error });
  }
}
