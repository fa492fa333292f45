import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { Failure } from "../failure.ts";
import type { Resources } from "../spec/types.ts";
import { enableControllers, inheritCpuset, makeCgroup, removeCgroup, removeIfEmpty } from "./directories.ts";
import { isFrozen } from "./freezer.ts";
import { readHierarchies, versionOf } from "./hierarchies.ts";
import { type Location, locate, readOwnCgroups } from "./location.ts";
import { processesOf } from "./processes.ts";
import { type CgroupState, controllerDirectory, ownDirectories } from "./state.ts";
import { v1Settings } from "./v1_settings.ts";
import { v2Settings } from "./v2_settings.ts";
import type { CgroupView } from "./view.ts";
import { type Setting, writeSetting } from "./write.ts";

/**
 * Where a container's cgroups will be on this machine. Nothing is made yet.
 *
 * @throws Failure
 */
export function locateCgroup(cgroupsPath: string | undefined, id: string): CgroupState {
  const hierarchies = readHierarchies();
  const located = locate(hierarchies, cgroupsPath, id, readOwnCgroups());
  return { version: versionOf(hierarchies), ...located, madeAbove: [] };
}

/**
 * Make the container's cgroups in every hierarchy.
 *
 * @returns the state with what had to be made above them
 * @throws Failure if one is there already and in use; what was made is removed again then
 */
export function createCgroup(state: CgroupState): CgroupState {
  const made: string[] = [];
  try {
    for (const location of state.v1) {
      const isCpuset = location.controllers.includes("cpuset");
      made.push(...make(location, isCpuset ? inheritCpuset : () => {}));
    }
    if (state.v2 !== undefined) made.push(...make(state.v2, state.version === 2 ? enableControllers : () => {}));
    refuseFrozen(state, made);
  } catch (error) {
    for (const directory of made.toReversed()) removeIfEmpty(directory);
    throw error;
  }
  const own = new Set(ownDirectories(state));
  return { ...state, madeAbove: made.filter((directory) => !own.has(directory)) };
}

function make(location: Location, prepare: (directory: string) => void): string[] {
  try {
    const made = makeCgroup(location, prepare);
    if (made.length === 0) refuseInUse(location);
    return made;
  } catch (error) {
    if (error instanceof Failure) throw error;
    const { code, errno } = error as NodeJS.ErrnoException;
    throw new Failure(`/linux/cgroupsPath: mkdir(${JSON.stringify(location.directory)}): ${code}`, {
      code: "cgroup.failed",
      pointer: "/linux/cgroupsPath",
      call: `mkdir(${JSON.stringify(location.directory)})`,
      errno: Math.abs(errno ?? 0),
      cause: error,
    });
  }
}

function refuseInUse({ directory }: Location): void {
  const count = readFileSync(`${directory}/cgroup.procs`, "latin1").split("\n").filter(Boolean).length;
  if (count > 0) {
    throw new Failure(`container's cgroup is not empty: ${count} process(es) found in ${directory}`, {
      code: "cgroup.failed",
      pointer: "/linux/cgroupsPath",
    });
  }
}

function refuseFrozen(state: CgroupState, made: readonly string[]): void {
  if (made.length === 0 && isFrozen(state)) {
    throw new Failure("container's cgroup unexpectedly frozen", {
      code: "cgroup.failed",
      pointer: "/linux/cgroupsPath",
    });
  }
}

/**
 * Write the limits.
 *
 * @throws Failure that names the entry of config.json
 */
export function applyResources(state: CgroupState, resources: Resources | undefined): void {
  if (state.version === 2) {
    refuseDeviceRules(resources);
    for (const setting of v2Settings(resources)) writeSetting(directoryFor(state, setting), setting);
    return;
  }
  if (Object.keys(resources?.unified ?? {}).length > 0) {
    throw new Failure("/linux/resources/unified: this machine has cgroup v1, where nothing is unified", {
      code: "config.invalid",
      pointer: "/linux/resources/unified",
    });
  }
  for (const setting of v1Settings(resources)) writeSetting(directoryFor(state, setting), setting);
}

function refuseDeviceRules(resources: Resources | undefined): void {
  const denies = resources?.devices?.some(({ allow }) => !allow) ?? false;
  if (denies) {
    throw new Failure("/linux/resources/devices: device rules are not supported yet on cgroup v2", {
      code: "config.unsupported",
      pointer: "/linux/resources/devices",
    });
  }
}

function directoryFor(state: CgroupState, { pointer, file }: Setting): string {
  const controller = file.slice(0, file.indexOf("."));
  const directory = controllerDirectory(state, controller);
  if (directory !== undefined) return directory;
  throw new Failure(`${pointer}: the kernel has no ${controller} controller`, { code: "cgroup.failed", pointer });
}

/** The files to which a process is written to be in the container's cgroups. */
export function procsFiles(state: CgroupState): string[] {
  return ownDirectories(state).map((directory) => `${directory}/cgroup.procs`);
}

/** What the container sees at /sys/fs/cgroup. */
export function viewOf(state: CgroupState): CgroupView {
  if (state.version === 2) return { version: 2, directory: state.v2?.directory ?? "" };
  return {
    version: 1,
    hierarchies: state.v1.map(({ controllers, mountPoint, directory }) => {
      const name = basename(mountPoint);
      const aliases = controllers.length > 1 ? controllers.filter((controller) => controller !== name) : [];
      return { name, options: controllers.join(","), aliases, directory };
    }),
  };
}

/**
 * Remove the container's cgroups, and what was made above them unless others use it now.
 *
 * @throws Failure if a process stays in one
 */
export function destroyCgroup(state: CgroupState): void {
  for (const directory of ownDirectories(state)) {
    try {
      removeCgroup(directory);
    } catch (error) {
      const left = processesOf(state).length;
      throw new Failure(`cannot remove the cgroup ${directory}: ${(error as Error).message} (${left} processes left)`, {
        code: "cgroup.failed",
        call: `rmdir(${JSON.stringify(directory)})`,
        cause: error,
      });
    }
  }
  for (const directory of state.madeAbove.toReversed()) removeIfEmpty(directory);
}

/** How many processes of the container the kernel has killed for lack of memory. */
export function oomKills(state: CgroupState): number {
  const directory = controllerDirectory(state, "memory");
  if (directory === undefined) return 0;
  const file = state.version === 1 ? "memory.oom_control" : "memory.events";
  try {
    const [, count] = /^oom_kill (\d+)$/m.exec(readFileSync(`${directory}/${file}`, "latin1")) ?? [];
    return Number(count ?? 0);
  } catch {
    return 0;
  }
}
