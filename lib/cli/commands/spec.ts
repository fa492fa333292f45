import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readHierarchies, versionOf } from "../../cgroup/hierarchies.ts";
import { Failure } from "../../failure.ts";
import { defineCommand } from "../command.ts";
import { defaultConfig, rootlessConfig } from "../default_config.ts";

export const command = defineCommand({
  summary: "write a config.json to start from",
  description: "It runs sh in rootfs/. A config.json that is there already is not overwritten.",
  arguments: [],
  options: {
    bundle: { kind: "string", short: "b", value: "DIR", summary: "the bundle's directory (default: the current one)" },
    rootless: { kind: "flag", summary: "write one for a user without privileges" },
  },
  run: (values) => {
    const path = join(values.bundle ?? ".", "config.json");
    const config = values.rootless
      ? rootlessConfig(process.geteuid?.() ?? 0, process.getegid?.() ?? 0)
      : defaultConfig(versionOf(readHierarchies()) === 2);
    try {
      writeFileSync(path, `${JSON.stringify(config, null, "\t")}\n`, { flag: "wx", mode: 0o666 });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
      throw new Failure("file config.json exists. Remove it first", { code: "usage" });
    }
  },
});
