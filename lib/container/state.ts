import type { CgroupState } from "../cgroup/state.ts";
import { Failure } from "../failure.ts";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "../libc/files.ts";
import type { Annotations, Hook } from "../spec/types.ts";
import type { CoveredRoot } from "./covered_root.ts";

/**
 * What tsrun remembers of a container, in `<root>/<id>/state.json`. The status is not in it: that is derived from what
 * the kernel says.
 */
export interface ContainerState {
  readonly ociVersion: string;
  readonly id: string;
  readonly bundle: string;
  readonly rootfs: string;
  /** RFC 3339, with nanoseconds. */
  readonly created: string;
  readonly annotations: Annotations;
  /** The first process; 0 while it is not known yet. */
  readonly pid: number;
  /** When that process started, in clock ticks since boot: a process id alone may be another's by now. */
  readonly startTime: number;
  readonly cgroup: CgroupState;
  /** Without a mount namespace: what the container's mounts lie on. */
  readonly coveredRoot?: CoveredRoot;
  /** The container has a socket at which it tells that it is ready. */
  readonly notifies?: boolean;
  /** Groups of the resctrl file system that are the container's own, to be removed in this order. */
  readonly resctrl?: readonly string[];
  /** The container has no pid namespace of its own, so the end of its first process ends no other. */
  readonly sharesPidNamespace: boolean;
  /** Those that run after the config was read for the last time. */
  readonly hooks: { readonly poststart?: readonly Hook[]; readonly poststop?: readonly Hook[] };
  /** The first instruction that plays after `start`, and what it and those after it are, so that a failure can be told. */
  readonly startsAt: number;
  readonly startCalls: readonly StartCall[];
  /** What the process's standard streams were, if one of them was a pipe: a checkpoint leaves their other ends outside. */
  readonly standardStreams?: readonly string[];
  /** CRIU restored the processes, in a time namespace that the config may not have. */
  readonly restored?: boolean;
}

/** An instruction, as far as its failure is told of. */
export interface StartCall {
  readonly origin: string;
  readonly call?: string;
  readonly sentence?: string;
}

/** The programs that the launcher plays instead of starting the engine, in the container's directory. */
export const PROGRAM_FILES = {
  start: "start.program",
  state: "state.program",
  kill: "kill.program",
  delete: "delete.program",
} as const;

/** A file in the container's directory, once more belongs to the container than a running monitor knows to remove. */
export const UNPLANNED_FILE = "unplanned";

export function containerDirectory(root: string, id: string): string {
  return `${root}/${id}`;
}

/** The copy of config.json as it was when the container was created, with the limits and the mounts that it has now. */
export function configPath(root: string, id: string): string {
  return `${containerDirectory(root, id)}/config.json`;
}

const ID = /^[\w+.-]+$/;

/** @throws Failure unless runc would take the id */
export function checkId(id: string): void {
  if (!ID.test(id) || id === "." || id === "..") {
    throw new Failure(
      `invalid container ID format: ${JSON.stringify(id)} (letters, digits, and any of "_+-." are allowed)`,
      { code: "usage" },
    );
  }
}

/**
 * Make the container's directory, which is what makes an id taken.
 *
 * @throws Failure if there is one already
 */
export function makeDirectory(root: string, id: string): void {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  try {
    mkdirSync(containerDirectory(root, id), { mode: 0o711 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Failure("container with given ID already exists", { code: "container.exists" });
  }
}

/** Replace the state as a whole: a reader sees the old one or the new one. */
export function saveState(root: string, state: ContainerState): void {
  const path = `${containerDirectory(root, state.id)}/state.json`;
  writeFileSync(`${path}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

/** @throws Failure if there is no such container, or its state cannot be read */
export function loadState(root: string, id: string): ContainerState {
  checkId(id);
  let text: string;
  try {
    text = readFileSync(`${containerDirectory(root, id)}/state.json`, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Failure("container does not exist", { code: "container.not_found" });
  }
  try {
    return JSON.parse(text) as ContainerState;
  } catch (cause) {
    throw new Failure(`the state of container ${id} cannot be read`, {
      code: "state.corrupt",
      cause,
      hint: `"delete --force ${id}" removes what is left of it`,
    });
  }
}

export function removeDirectory(root: string, id: string): void {
  rmSync(containerDirectory(root, id), { recursive: true, force: true });
}
