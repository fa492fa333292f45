import { readFileSync, renameSync, writeFileSync } from "../libc/files.ts";
import { parseWithWideIntegers, stringifyWithWideIntegers } from "../spec/exact_integers.ts";
import type { Config } from "../spec/types.ts";
import { configPath } from "./state.ts";

/** A container's copy of its config.json. */
export function readConfigCopy(root: string, id: string): Config {
  return parseWithWideIntegers(readFileSync(configPath(root, id), "utf8")) as Config;
}

/** Replace the copy as a whole. */
export function saveConfigCopy(root: string, id: string, config: Config): void {
  const path = configPath(root, id);
  writeFileSync(`${path}.new`, stringifyWithWideIntegers(config), { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
