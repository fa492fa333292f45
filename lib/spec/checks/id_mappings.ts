/** Checks of lists of id mappings: of the user namespace and of mounts. */

import { makesNamespace } from "../namespaces.ts";
import { unexpected } from "../problem.ts";
import type { Config, IdMapping } from "../types.ts";
import type { Report } from "./check.ts";

const idCount = 2 ** 32;

/** How many lines /proc/PID/uid_map takes since Linux 4.15. */
const maxMappings = 340;

/** The ranges are as the kernel wants them: none empty, none beyond 32 bits, none over another. @see user_namespaces(7) */
export function checkIdMappings(mappings: readonly IdMapping[] | undefined, pointer: string, report: Report): void {
  if (mappings === undefined) return;
  if (mappings.length > maxMappings) {
    report({ pointer, message: `expected at most ${maxMappings} mappings, found ${mappings.length}` });
    return;
  }
  mappings.forEach((mapping, i) => {
    const at = `${pointer}/${i}`;
    if (mapping.size === 0) report(unexpected(`${at}/size`, "at least 1", 0));
    for (const side of ["containerID", "hostID"] as const) {
      if (mapping[side] + mapping.size > idCount) {
        report({ pointer: at, message: `the range from ${side} ${mapping[side]} on goes beyond 32 bits` });
      }
      const other = mappings.slice(0, i).findIndex((earlier) => overlap(earlier, mapping, side));
      if (other !== -1) {
        report({ pointer: at, message: `the range from ${side} ${mapping[side]} on overlaps that of entry ${other}` });
      }
    }
  });
}

function overlap(a: IdMapping, b: IdMapping, side: "containerID" | "hostID"): boolean {
  return a[side] < b[side] + b.size && b[side] < a[side] + a.size;
}

/**
 * What the container's process is to be, and to whom its terminals belong, must exist in its new user namespace: the
 * kernel would only say that something is invalid.
 *
 * @see setuid(2), EINVAL; Documentation/filesystems/devpts.rst
 */
export function checkMappedIds(config: Config, report: Report): void {
  if (!makesNamespace(config, "user")) return;
  const { uidMappings, gidMappings } = config.linux ?? {};
  const user = config.process?.user;
  checkMapped(user?.uid, uidMappings, "/process/user/uid", "uidMappings", report);
  checkMapped(user?.gid, gidMappings, "/process/user/gid", "gidMappings", report);
  const mounts = config.mounts ?? [];
  for (let i = 0; i < mounts.length; i++) {
    const { type, options = [] } = mounts[i]!;
    if (type !== "devpts") continue;
    for (let j = 0; j < options.length; j++) {
      const option = options[j]!;
      if (!option.startsWith("gid=")) continue;
      checkMapped(Number(option.slice(4)), gidMappings, `/mounts/${i}/options/${j}`, "gidMappings", report);
    }
  }
}

function checkMapped(
  id: number | undefined,
  mappings: readonly IdMapping[] | undefined,
  pointer: string,
  key: string,
  report: Report,
): void {
  if (id === undefined || mappings === undefined || mappings.length === 0) return;
  for (const { containerID, size } of mappings) if (id >= containerID && id < containerID + size) return;
  report({ pointer, message: `${id} is not among the ids of the user namespace, /linux/${key}` });
}
