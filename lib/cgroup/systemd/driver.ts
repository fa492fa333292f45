import { debugLog } from "../../debug_log.ts";
import { Failure } from "../../failure.ts";
import { existsSync, readFileSync } from "../../libc/files.ts";
import type { Config, Resources } from "../../spec/types.ts";
import { createCgroup, refuseMemoryInUse } from "../cgroup.ts";
import { changeResources, completed, merged } from "../change.ts";
import { freeze, isFrozen, thaw } from "../freezer.ts";
import { type Hierarchy, readHierarchies, versionOf } from "../hierarchies.ts";
import type { CgroupJoin } from "../join.ts";
import { processesOf, signalProcesses } from "../processes.ts";
import { type CgroupState, controllerDirectory, ownDirectories } from "../state.ts";
import { annotationProperties } from "./annotation_properties.ts";
import { deviceProperties } from "./device_properties.ts";
import { SystemdManager } from "./manager.ts";
import { type Property, property } from "./property.ts";
import { resourceProperties } from "./resource_properties.ts";
import { cgroupName, slicePath, type Unit, unitOf } from "./unit.ts";

const SIGKILL = 9;

/**
 * Where a container's cgroups will be that systemd makes. Nothing is made yet.
 *
 * @param user whether the systemd of an ordinary user's session is to make them
 * @throws Failure if the config's path names no unit, or there is no systemd that could make it
 */
export function locateUnit(cgroupsPath: string | undefined, id: string, user: boolean): CgroupState {
  const hierarchies = readHierarchies();
  const version = versionOf(hierarchies);
  if (user && version === 1) refuseWithoutV2();
  const unit = unitOf(cgroupsPath, id, user);
  const path = `${slicePath(unit.slice)}/${cgroupName(unit.name)}`;
  const below = isSlice(unit) ? slicePath(unit.name) : path;
  const controlGroup = withManager(user, (manager) => manager.controlGroup);
  const place = ({ controllers, mountPoint }: Hierarchy) => ({
    controllers,
    mountPoint,
    directory: `${mountPoint}${controlGroup}${below}`,
  });
  return {
    version,
    v1: version === 2 ? [] : hierarchies.v1.map(place),
    v2: hierarchies.v2 && place(hierarchies.v2),
    made: false,
    madeAbove: [],
    systemd: { ...unit, user },
  };
}

/** On v1 nobody may hand controllers to an ordinary user: that user's systemd makes cgroups without any. */
function refuseWithoutV2(): never {
  throw new Failure("cannot use rootless systemd cgroups manager on cgroup v1", {
    code: "cgroup.failed",
    hint: "without --systemd-cgroup the container can run, but in no cgroup of its own and without limits",
  });
}

/**
 * Let systemd start the container's unit with this process in it, and make the cgroups that systemd does not. What the
 * unit's name stands for must not be there.
 *
 * @throws Failure; nothing of it is left then
 */
export function startUnit(state: CgroupState, pid: number, id: string, config: Config): CgroupState {
  const { systemd: unit } = state;
  if (unit === undefined) throw new Error("no unit");
  return withManager(unit.user, (manager) => {
    manager.startTransientUnit(unit.name, unitProperties(state, unit, manager.version, pid, id, config));
    try {
      if (!isSlice(unit)) checkPlace(state, pid);
      return createCgroup(state, true);
    } catch (failure) {
      manager.stopUnit(unit.name);
      throw failure;
    }
  });
}

function unitProperties(
  state: CgroupState,
  unit: Unit & { readonly user: boolean },
  systemd: number,
  pid: number,
  id: string,
  config: Config,
): Property[] {
  const { resources } = config.linux ?? {};
  return [
    property("Description", "s", `tsrun container ${id}`),
    ...(isSlice(unit)
      ? [property("Wants", "as", [unit.slice])]
      : [property("Slice", "s", unit.slice), property("Delegate", "b", true), property("PIDs", "au", [pid])]),
    property("MemoryAccounting", "b", true),
    property("CPUAccounting", "b", true),
    property(state.version === 2 ? "IOAccounting" : "BlockIOAccounting", "b", true),
    property("TasksAccounting", "b", true),
    property("DefaultDependencies", "b", false),
    ...resourceProperties(resources, state.version, systemd),
    // An ordinary user's systemd may set none.
    ...(unit.user ? [] : deviceProperties(resources?.devices)),
    ...annotationProperties(config.annotations),
  ];
}

/** The program of the container knows the cgroup by where it was to be. */
function checkPlace(state: CgroupState, pid: number): void {
  const missing = ownDirectories(state).every((directory) => !isIn(directory, pid));
  if (!missing) return;
  const [expected = ""] = ownDirectories(state);
  const found = readFileSync(`/proc/${pid}/cgroup`, "latin1").trim().split("\n").at(-1);
  throw new Failure(`systemd has put the container into the cgroup ${found}, not into ${expected}`, {
    code: "cgroup.failed",
    pointer: "/linux/cgroupsPath",
  });
}

function isIn(directory: string, pid: number): boolean {
  const file = `${directory}/cgroup.procs`;
  return existsSync(file) && readFileSync(file, "latin1").split("\n").includes(String(pid));
}

/**
 * Change limits of a container: first what systemd knows of them, then the cgroup's files. If one is refused, those
 * changed before it are put back.
 *
 * @param given the new ones
 * @param before those that were in force until now
 * @returns those that are in force from now on
 * @throws Failure
 */
export function changeUnitResources(state: CgroupState, given: Resources, before: Resources): Resources {
  const { systemd: unit } = state;
  if (unit === undefined) throw new Error("no unit");
  if (state.version === 2) refuseMemoryInUse(state, given.memory);
  const changed = state.version === 2 ? completed(given, before) : given;
  return withManager(unit.user, (manager) => {
    const tell = (resources: Resources): void => {
      const properties = resourceProperties(resources, state.version, manager.version);
      if (properties.length > 0) whileFrozen(state, () => manager.setUnitProperties(unit.name, properties));
    };
    tell(changed);
    try {
      return changeResources(state, given, before);
    } catch (failure) {
      tell(merged(changed, before));
      throw failure;
    }
  });
}

/**
 * On v1 systemd denies all devices for a moment when it writes a unit's settings; nobody should run then. Who is frozen
 * already stays it.
 */
function whileFrozen(state: CgroupState, work: () => void): void {
  const canFreeze = state.version === 1 && controllerDirectory(state, "freezer") !== undefined;
  if (!canFreeze || isFrozen(state)) {
    work();
    return;
  }
  freeze(state);
  try {
    work();
  } finally {
    thaw(state);
  }
}

/**
 * Let systemd put a process into the cgroup of the container's unit, or one below it, where the caller may not do that
 * itself: what systemd may not do for a user either it asks the system's to do. If that cannot be had the process stays
 * where it is.
 *
 * @param pid a process of the same user
 * @see org.freedesktop.systemd1(5), AttachProcessesToUnit
 */
export function attachToUnit({ systemd: unit, v2 }: CgroupState, { unified, instead }: CgroupJoin, pid: number): void {
  if (unit === undefined || v2 === undefined) return;
  const below = (instead ?? unified ?? "").slice(v2.directory.length);
  try {
    withManager(unit.user, (manager) => manager.attachProcess(unit.name, below, pid));
  } catch (failure) {
    debugLog("exec", () => `process ${pid} stays outside of the container's cgroup: ${(failure as Error).message}`);
  }
}

/**
 * Let systemd stop and forget the container's unit. A process that is still in it is killed.
 *
 * @throws Failure
 */
export function stopUnit(state: CgroupState): void {
  const { systemd: unit, made } = state;
  // Until then a unit of that name may be someone else's.
  if (unit === undefined || !made) return;
  if (processesOf(state).length > 0) signalProcesses(state, SIGKILL);
  withManager(unit.user, (manager) => {
    manager.stopUnit(unit.name);
    manager.resetFailedUnit(unit.name);
  });
}

function isSlice({ name }: Unit): boolean {
  return name.endsWith(".slice");
}

function withManager<T>(user: boolean, work: (manager: SystemdManager) => T): T {
  const manager = SystemdManager.of(user);
  try {
    return work(manager);
  } finally {
    manager.close();
  }
}
