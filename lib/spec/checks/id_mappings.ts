/** Checks of lists of id mappings: of the user namespace and of mounts. */

import { unexpected } from "../problem.ts";
import type { IdMapping } from "../types.ts";
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
