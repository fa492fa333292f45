/** Checks of `linux.namespaces` and of what needs a namespace of the container's own. */

import { pointerPart } from "../json_position.ts";
import { findNamespace, hasNamespace, joinsNamespace } from "../namespaces.ts";
import { unexpected } from "../problem.ts";
import type { Config } from "../types.ts";
import type { Report } from "./check.ts";
import { checkIdMappings } from "./id_mappings.ts";

/** No kind twice, and paths absolute. @see config-linux.md, "Namespaces" */
export function checkNamespaces(config: Config, report: Report): void {
  const namespaces = config.linux?.namespaces ?? [];
  for (let i = 0; i < namespaces.length; i++) {
    const { type, path } = namespaces[i]!;
    if (findNamespace(config, type) !== namespaces[i]) {
      report({ pointer: `/linux/namespaces/${i}/type`, message: `the ${type} namespace is given twice` });
    }
    if (path && !path.startsWith("/")) {
      report(unexpected(`/linux/namespaces/${i}/path`, "an absolute path", path));
    }
  }
}

/** The most bytes that sethostname(2) and setdomainname(2) take. */
const maxNameBytes = 64;

/** Names of the container must not become the host's. @see config.md, "Hostname", "Domainname" */
export function checkHostNames(config: Config, report: Report): void {
  for (const key of ["hostname", "domainname"] as const) {
    const name = config[key];
    if (!name) continue;
    if (!hasNamespace(config, "uts")) {
      report({ pointer: `/${key}`, message: `a ${key} needs a uts namespace of the container's own` });
    }
    if (Buffer.byteLength(name) > maxNameBytes) {
      report(unexpected(`/${key}`, `at most ${maxNameBytes} bytes`, name));
    }
  }
}

/** Paths can only be hidden or protected in a mount namespace of the container's own, as in runc. */
export function checkPathsNeedMountNamespace(config: Config, report: Report): void {
  if (hasNamespace(config, "mount")) return;
  for (const key of ["maskedPaths", "readonlyPaths"] as const) {
    if (config.linux?.[key]?.length) {
      report({ pointer: `/linux/${key}`, message: `${key} need a mount namespace of the container's own` });
    }
  }
}

/** The host's mounts are not a user namespace's to change. @see mount_namespaces(7) */
export function checkMountsInUserNamespace(config: Config, report: Report): void {
  if (hasNamespace(config, "mount") || !hasNamespace(config, "user")) return;
  const needs = "need a mount namespace among linux.namespaces, since there is a user namespace";
  if (config.mounts?.length) report({ pointer: "/mounts", message: `mounts ${needs}` });
  if (config.root?.readonly) report({ pointer: "/root/readonly", message: `read-only roots ${needs}` });
  for (const key of ["devices", "rootfsPropagation"] as const) {
    if (config.linux?.[key]?.length) report({ pointer: `/linux/${key}`, message: `${key} ${needs}` });
  }
}

/** The paths are those of the container. @see config-linux.md, "Masked Paths", "Readonly Paths" */
export function checkPathsAreAbsolute(config: Config, report: Report): void {
  for (const key of ["maskedPaths", "readonlyPaths"] as const) {
    const paths = config.linux?.[key] ?? [];
    for (let i = 0; i < paths.length; i++) {
      if (!paths[i]!.startsWith("/")) report(unexpected(`/linux/${key}/${i}`, "an absolute path", paths[i]));
    }
  }
}

/** Mappings and user namespace come together. @see config-linux.md, "User namespace mappings" */
export function checkUserNamespace(config: Config, report: Report): void {
  const uids = config.linux?.uidMappings;
  const gids = config.linux?.gidMappings;
  checkIdMappings(uids, "/linux/uidMappings", report);
  checkIdMappings(gids, "/linux/gidMappings", report);
  const user = findNamespace(config, "user");
  if (user === undefined) {
    for (const key of ["uidMappings", "gidMappings"] as const) {
      if (config.linux?.[key]?.length) {
        report({ pointer: `/linux/${key}`, message: `${key} need a user namespace among linux.namespaces` });
      }
    }
  } else if (!user.path) {
    for (const key of ["uidMappings", "gidMappings"] as const) {
      if (!config.linux?.[key]?.length) {
        report({ pointer: `/linux/${key}`, message: `a new user namespace needs ${key}` });
      }
    }
  }
}

/** Offsets are for a new time namespace only. @see config-linux.md, "Offset for Time Namespace" */
export function checkTimeOffsets(config: Config, report: Report): void {
  const offsets = config.linux?.timeOffsets;
  if (offsets === undefined) return;
  if (!hasNamespace(config, "time")) {
    report({ pointer: "/linux/timeOffsets", message: "timeOffsets need a time namespace among linux.namespaces" });
  } else if (joinsNamespace(config, "time")) {
    const message = "timeOffsets are for a new time namespace, but one is joined by its path";
    report({ pointer: "/linux/timeOffsets", message });
  }
  for (const clock of Object.keys(offsets)) {
    if (clock === "monotonic" || clock === "boottime") continue;
    const pointer = `/linux/timeOffsets/${pointerPart(clock)}`;
    report({
      pointer,
      message: `there is no offset of the clock ${JSON.stringify(clock)}, but of monotonic and boottime`,
    });
  }
  for (const clock of ["monotonic", "boottime"] as const) {
    const nanosecs = offsets[clock]?.nanosecs;
    if (nanosecs !== undefined && nanosecs > 999_999_999) {
      report(unexpected(`/linux/timeOffsets/${clock}/nanosecs`, "at most 999999999", nanosecs));
    }
  }
}
