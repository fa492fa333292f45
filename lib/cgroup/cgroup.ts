import { Failure, type FailureContext } from "../failure.ts";
import { basename } from "../libc/paths.ts";
import { describeErrno } from "../program/errno.ts";
import type { MemoryResources, Resources } from "../spec/types.ts";
import { attachDeviceFilter } from "./device_filter_attach.ts";
import {
  enableControllers,
  followThreaded,
  inheritCpuset,
  makeCgroup,
  removeCgroup,
  removeIfEmpty,
  withSubdirectories,
} from "./directories.ts";
import { isFrozen } from "./freezer.ts";
import { readHierarchies, versionOf } from "./hierarchies.ts";
import { type Location, locate, readOwnCgroups } from "./location.ts";
import { processesIn, processesOf } from "./processes.ts";
import { type CgroupState, controllerDirectory, ownDirectories } from "./state.ts";
import { v1DeviceSettings, v1Settings } from "./v1_settings.ts";
import { unifiedSettings, v2Settings } from "./v2_settings.ts";
import type { CgroupView } from "./view.ts";
import { readCgroupFile, type Setting, writeSettings } from "./write.ts";

/**
 * Where a container's cgroups will be on this machine. Nothing is made yet.
 *
 * @throws Failure
 */
export function locateCgroup(cgroupsPath: string | undefined, id: string): CgroupState {
  const hierarchies = readHierarchies();
  const located = locate(hierarchies, cgroupsPath, id, readOwnCgroups());
  return { version: versionOf(hierarchies), ...located, made: false, madeAbove: [] };
}

/**
 * Make the container's cgroups in every hierarchy.
 *
 * @param begun whether others have made some of them for the container, and have put its first process there
 * @returns the state with what had to be made above them
 * @throws Failure if one is there already and in use; what was made is removed again then
 */
export function createCgroup(state: CgroupState, begun = false): CgroupState {
  const made: string[] = [];
  try {
    for (const location of state.v1) {
      make(location, made, begun);
      if (location.controllers.includes("cpuset")) inheritCpuset(location);
    }
    if (state.v2 !== undefined) {
      make(state.v2, made, begun);
      if (state.version === 2) {
        followThreaded(made);
        enableControllers(state.v2);
      }
    }
    const own = new Set(ownDirectories(state));
    const result = { ...state, made: true, madeAbove: made.filter((directory) => !own.has(directory)) };
    if (made.length < own.size) refuseFrozen(result);
    return result;
  } catch (error) {
    for (const directory of made.toReversed()) removeIfEmpty(directory);
    throw error;
  }
}

function make(location: Location, made: string[], begun: boolean): void {
  const { directory } = location;
  try {
    if (!makeCgroup(location, made) && !begun) refuseInUse(directory);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const errno = Math.abs((error as NodeJS.ErrnoException).errno ?? 0);
    throw refusal(`mkdir(${JSON.stringify(directory)}): ${describeErrno(errno)}`, {
      call: `mkdir(${JSON.stringify(directory)})`,
      errno,
      cause: error,
    });
  }
}

/** Whoever is in it, or in a cgroup below it, would get the container's limits and be killed with it. */
function refuseInUse(directory: string): void {
  const count = withSubdirectories(directory).flatMap(processesIn).length;
  if (count > 0) {
    throw refusal(`container's cgroup is not empty: ${count} process(es) found in ${directory}`);
  }
}

function refuseFrozen(state: CgroupState): void {
  if (isFrozen(state)) throw refusal("container's cgroup unexpectedly frozen");
}

function refusal(why: string, context: FailureContext = {}): Failure {
  const pointer = "/linux/cgroupsPath";
  return new Failure(`${pointer}: ${why}`, { code: "cgroup.failed", pointer, ...context });
}

/**
 * Write the limits of a new container.
 *
 * @param privileged whether this process is root outside of any user namespace. The kernel lets nobody else set device
 *   rules; without them the permissions of the host's devices decide, since a user namespace can make none of its own.
 * @throws Failure that names the entry of config.json
 * @see devcgroup_access_write in security/device_cgroup.c
 */
export function applyResources(state: CgroupState, resources: Resources | undefined, privileged: boolean): void {
  if (!privileged) {
    updateResources(state, resources);
    return;
  }
  if (state.version === 2) {
    const directory = state.v2?.directory;
    if (directory !== undefined) attachDeviceFilter(directory, resources?.devices);
  } else {
    writeSettings(v1DeviceSettings(resources?.devices), (setting) => directoryFor(state, setting));
  }
  updateResources(state, resources);
}

/**
 * Write limits, but for the device rules, which stay for as long as the container is there.
 *
 * @throws Failure that names the entry of config.json
 */
export function updateResources(state: CgroupState, resources: Resources | undefined): void {
  if (state.version === 2) refuseMemoryInUse(state, resources?.memory);
  for (const settings of limitSettings(state, resources)) {
    writeSettings(settings, (setting) => directoryFor(state, setting));
  }
}

/**
 * What is to be written for limits, one group after the other.
 *
 * @throws Failure on what has no meaning on this version of cgroups
 */
export function limitSettings(state: CgroupState, resources: Resources | undefined): readonly (readonly Setting[])[] {
  if (state.version === 2) return [v2Settings(resources), unifiedSettings(resources)];
  if (Object.keys(resources?.unified ?? {}).length > 0) {
    throw new Failure("/linux/resources/unified: this machine has cgroup v1, where nothing is unified", {
      code: "config.invalid",
      pointer: "/linux/resources/unified",
    });
  }
  return [v1Settings(resources)];
}

/** v1 refuses a limit below what is in use by itself, v2 starts to kill. @throws Failure if the config asks for it */
export function refuseMemoryInUse(state: CgroupState, memory: MemoryResources = {}): void {
  const { limit, checkBeforeUpdate } = memory;
  if (!checkBeforeUpdate || limit === undefined || limit <= 0) return;
  const usage = readCgroupFile(state.v2 && `${state.v2.directory}/memory.current`) ?? "0";
  if (BigInt(limit) >= BigInt(usage)) return;
  const pointer = "/linux/resources/memory/limit";
  throw new Failure(`${pointer}: ${usage} bytes are in use, which is more than ${limit}`, {
    code: "cgroup.failed",
    pointer,
  });
}

/** The cgroup in which a setting's file is. @throws Failure if this machine does not have its controller */
export function directoryFor(state: CgroupState, { pointer, file }: Setting): string {
  const controller = file.slice(0, file.indexOf("."));
  const directory = controllerDirectory(state, controller);
  if (directory !== undefined) return directory;
  throw new Failure(`${pointer}: this machine does not mount the ${controller} controller`, {
    code: "cgroup.failed",
    pointer,
  });
}

/** The files to which a process is written to be in the container's cgroups. */
export function procsFiles(state: CgroupState): string[] {
  return ownDirectories(state).map((directory) => `${directory}/cgroup.procs`);
}

/** What the container sees at /sys/fs/cgroup. */
export function viewOf(state: CgroupState): CgroupView {
  if (state.version === 2) {
    const { directory = "", mountPoint = "/sys/fs/cgroup" } = state.v2 ?? {};
    return { version: 2, directory, mountPoint };
  }
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
    if (state.made) remove(state, directory);
    else removeIfEmpty(directory);
  }
  for (const directory of state.madeAbove.toReversed()) removeIfEmpty(directory);
}

function remove(state: CgroupState, directory: string): void {
  try {
    removeCgroup(directory);
  } catch (error) {
    const left = processesOf(state).length;
    const { message, errno } = error as NodeJS.ErrnoException;
    throw new Failure(`cannot remove the cgroup ${directory}: ${message} (${left} processes left)`, {
      code: "cgroup.failed",
      call: `rmdir(${JSON.stringify(directory)})`,
      errno: Math.abs(errno ?? 0),
      cause: error,
    });
  }
}

/** How many processes of the container the kernel has killed for lack of memory. */
export function oomKills(state: CgroupState): number {
  const directory = controllerDirectory(state, "memory");
  const file = state.version === 1 ? "memory.oom_control" : "memory.events";
  const line = /^oom_kill (\d+)$/m.exec(readCgroupFile(directory && `${directory}/${file}`) ?? "");
  return Number(line?.[1] ?? 0);
}
