/** Checks of `mounts`. What the options mean is for those who make the mounts. */

import { hasNamespace } from "../namespaces.ts";
import { unexpected } from "../problem.ts";
import type { Config, Mount } from "../types.ts";
import type { Report } from "./check.ts";
import { checkIdMappings } from "./id_mappings.ts";

function hasOption(mount: Mount, ...names: string[]): boolean {
  return mount.options?.some((option) => names.includes(option)) ?? false;
}

/** A mount has a place to go, and a bind mount something to show there. @see config.md, "Mounts" */
export function checkMounts(config: Config, report: Report): void {
  config.mounts?.forEach((mount, i) => {
    if (mount.destination === "") report(unexpected(`/mounts/${i}/destination`, "a path", ""));
    if (!mount.source && hasOption(mount, "bind", "rbind") && !hasOption(mount, "remount")) {
      report(unexpected(`/mounts/${i}/source`, "the path that the bind mount shows", mount.source));
    }
  });
}

/** Mappings of an id-mapped mount come in pairs; without own ones, the container's user namespace must have some. */
export function checkMountMappings(config: Config, report: Report): void {
  config.mounts?.forEach((mount, i) => {
    const pointer = `/mounts/${i}`;
    const uids = Boolean(mount.uidMappings?.length);
    const gids = Boolean(mount.gidMappings?.length);
    checkIdMappings(mount.uidMappings, `${pointer}/uidMappings`, report);
    checkIdMappings(mount.gidMappings, `${pointer}/gidMappings`, report);
    if (uids !== gids) {
      const [given, missing] = uids ? ["uidMappings", "gidMappings"] : ["gidMappings", "uidMappings"];
      report({ pointer: `${pointer}/${missing}`, message: `${given} need ${missing} beside them` });
    } else if (!uids && hasOption(mount, "idmap", "ridmap") && !hasNamespace(config, "user")) {
      const message = "an id-mapped mount needs mappings of its own or a user namespace of the container";
      report({ pointer: `${pointer}/options`, message });
    }
  });
}
