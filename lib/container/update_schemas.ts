import { Failure } from "../failure.ts";
import { rmSync } from "../libc/files.ts";
import type { Config, IntelRdt } from "../spec/types.ts";
import { changeSchemata, findResctrl, joinResctrl } from "./resctrl.ts";
import { type ContainerState, containerDirectory, PROGRAM_FILES, saveState } from "./state.ts";
import type { RdtSchemas } from "./update.ts";

/**
 * Change the schemas of a container's class of service. One that had no class gets its own.
 *
 * @returns what `linux.intelRdt` is from now on
 * @throws Failure
 */
export function updateSchemas(root: string, state: ContainerState, config: Config, schemas: RdtSchemas): IntelRdt {
  const resctrl = findResctrl();
  if (resctrl === undefined) {
    const what =
      schemas.l3CacheSchema === undefined
        ? "Intel RDT/MBA: memory bandwidth schema is not enabled"
        : "Intel RDT/CAT: l3 cache schema is not enabled";
    throw new Failure(what, {
      code: "config.unsupported",
      pointer: "/linux/intelRdt",
      hint: "this machine does not mount the resctrl file system",
    });
  }
  const { intelRdt } = config.linux ?? {};
  const changed = { ...intelRdt, ...schemas };
  if (intelRdt !== undefined) {
    changeSchemata(resctrl, intelRdt, state.id, schemas);
    return changed;
  }
  const withClass = { ...config, linux: { ...config.linux, intelRdt: changed } };
  saveState(root, { ...state, resctrl: joinResctrl(resctrl, withClass, state.id, state.pid) });
  // It knows nothing of the class that is to be removed now.
  rmSync(`${containerDirectory(root, state.id)}/${PROGRAM_FILES.delete}`, { force: true });
  return changed;
}
