import { Failure } from "../failure.ts";
import { rmSync, writeFileSync } from "../libc/files.ts";
import type { Config, IntelRdt } from "../spec/types.ts";
import { changeSchemata, findResctrl, joinResctrl } from "./resctrl.ts";
import { type ContainerState, containerDirectory, PROGRAM_FILES, saveState, UNPLANNED_FILE } from "./state.ts";
import type { RdtSchemas } from "./update.ts";

/**
 * Change the schemas of a container's class of service. One that had no class gets its own.
 *
 * @param resctrl where the file system is mounted, if it is
 * @returns what `linux.intelRdt` is from now on
 * @throws Failure
 */
export function updateSchemas(
  root: string,
  state: ContainerState,
  config: Config,
  schemas: RdtSchemas,
  resctrl = findResctrl(),
): IntelRdt {
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
  const directory = containerDirectory(root, state.id);
  // The programs that remove the container know nothing of the class.
  writeFileSync(`${directory}/${UNPLANNED_FILE}`, "", { mode: 0o600 });
  rmSync(`${directory}/${PROGRAM_FILES.delete}`, { force: true });
  saveState(root, { ...state, resctrl: joinResctrl(resctrl, withClass, state.id, state.pid) });
  return changed;
}
