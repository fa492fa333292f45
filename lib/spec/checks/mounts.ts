/** Checks of `mounts`. What the options mean is for those who make the mounts. */

import { hasNamespace } from "../namespaces.ts";
import { unexpected } from "../problem.ts";
import type { Config, Mount } from "../types.ts";
import type { Report } from "./check.ts";
import { checkIdMappings } from "./id_mappings.ts";

/** @see config.md, "Mounts" */
export function checkMounts(config: Config, report: Report): void {
  const { mounts } = config;
  if (mounts === undefined) return;
  for (let i = 0; i < mounts.length; i++) checkMount(mounts[i]!, `/mounts/${i}`, report);
}

/** A mount has a place to go, and a bind mount something to show there. */
function checkMount({ destination, source, options }: Mount, pointer: string, report: Report): void {
  if (destination === "") report(unexpected(`${pointer}/destination`, "a path", ""));
  if (source || options === undefined || options.includes("remount")) return;
  if (options.includes("bind") || options.includes("rbind")) {
    report(unexpected(`${pointer}/source`, "the path that the bind mount shows", source));
  }
}

/** Mappings of an id-mapped mount come in pairs; without own ones, the container's user namespace must have some. */
export function checkMountMappings(config: Config, report: Report): void {
  const { mounts } = config;
  if (mounts === undefined) return;
  for (let i = 0; i < mounts.length; i++) {
    const { uidMappings, gidMappings, options } = mounts[i]!;
    if (uidMappings?.length || gidMappings?.length) {
      checkMappingsOfMount(mounts[i]!, `/mounts/${i}`, report);
    } else if (options !== undefined && (options.includes("idmap") || options.includes("ridmap"))) {
      if (hasNamespace(config, "user")) continue;
      const message = "an id-mapped mount needs mappings of its own or a user namespace of the container";
      report({ pointer: `/mounts/${i}/options`, message });
    }
  }
}

function checkMappingsOfMount({ uidMappings, gidMappings }: Mount, pointer: string, report: Report): void {
  checkIdMappings(uidMappings, `${pointer}/uidMappings`, report);
  checkIdMappings(gidMappings, `${pointer}/gidMappings`, report);
  const uids = Boolean(uidMappings?.length);
  if (uids === Boolean(gidMappings?.length)) return;
  const [given, missing] = uids ? ["uidMappings", "gidMappings"] : ["gidMappings", "uidMappings"];
  report({ pointer: `${pointer}/${missing}`, message: `${given} need ${missing} beside them` });
}
