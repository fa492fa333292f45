import { existsSync } from "node:fs";
import { resolve } from "node:path";

/** The command that started this engine; its name alone where the engine is not one that was built. */
export function ownPath(): string {
  const launcher = resolve(process.execPath, "../../../bin/tsrun");
  return existsSync(launcher) ? launcher : "tsrun";
}
