import { Failure } from "../failure.ts";
import {
  attachDeviceProgram,
  detachDeviceProgram,
  devicePrograms,
  loadDeviceProgram,
  programById,
} from "../libc/bpf.ts";
import { closeSync, openSync } from "../libc/files.ts";
import { ARCHITECTURE, SystemCallError } from "../libc/system_call.ts";
import { O_DIRECTORY, O_RDONLY } from "../program/constants.ts";
import type { DeviceCgroupRule } from "../spec/types.ts";
import { deviceFilter } from "./device_filter.ts";
import { placeRules } from "./device_rules.ts";

const POINTER = "/linux/resources/devices";

/**
 * Let a cgroup of v2 use only the devices that these rules and the default ones allow. A filter that is there already is
 * replaced without a moment in between in which everything would be allowed.
 *
 * @param directory the cgroup's, an absolute path
 * @throws Failure
 * @see cgroup-v2.rst, "Device controller"
 */
export function attachDeviceFilter(directory: string, rules: readonly DeviceCgroupRule[] | undefined): void {
  const code = deviceFilter(placeRules(rules).map(({ rule }) => rule));
  const open: number[] = [];
  const closing = (fd: number): number => {
    open.push(fd);
    return fd;
  };
  try {
    const cgroup = closing(openSync(directory, O_RDONLY | O_DIRECTORY[ARCHITECTURE]));
    const program = closing(loadDeviceProgram(code));
    const old = devicePrograms(cgroup).map((id) => closing(programById(id)));
    const replaced = old.length === 1 ? old[0] : undefined;
    attachDeviceProgram(cgroup, program, replaced);
    if (replaced === undefined) for (const other of old) detachDeviceProgram(cgroup, other);
  } catch (error) {
    if (!(error instanceof SystemCallError)) throw error;
    throw new Failure(`${POINTER}: ${error.message}`, {
      code: "cgroup.failed",
      pointer: POINTER,
      call: error.call,
      errno: error.errno,
      cause: error,
    });
  } finally {
    for (const fd of open) closeSync(fd);
  }
}
