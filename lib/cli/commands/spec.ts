import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { readHierarchies, versionOf } from "../../cgroup/hierarchies.ts";
import { Failure } from "../../failure.ts";
import { defineCommand } from "../command.ts";
import { BUNDLE_OPTION } from "../create_options.ts";
import { defaultConfig, rootlessConfig } from "../default_config.ts";

export const command = defineCommand({
  summary: "write a config.json to start from",
  description: "It runs sh in rootfs/. A file that is there already is not overwritten.",
  arguments: [],
  options: {
    ...BUNDLE_OPTION,
    file: {
      kind: "string",
      short: "f",
      value: "FILE",
      summary: "write to FILE, from the bundle's directory, instead of config.json",
    },
    rootless: {
      kind: "flag",
      summary:
        "write one for a user without privileges: a user namespace in which root is this user, the host's network",
    },
  },
  run: (values) => {
    const file = values.file || "config.json";
    const hasCgroupV2 = versionOf(readHierarchies()) === 2;
    const config = values.rootless
      ? rootlessConfig(hasCgroupV2, process.geteuid?.() ?? 0, process.getegid?.() ?? 0)
      : defaultConfig(hasCgroupV2);
    try {
      writeFileSync(resolve(values.bundle || ".", file), `${JSON.stringify(config, null, "\t")}\n`, { flag: "wx" });
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "EEXIST") throw cause;
      throw new Failure(`file ${file} exists. Remove it first`, { code: "usage", cause });
    }
  },
});
