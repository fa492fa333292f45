/** Checks of `hooks`. */

import { unexpected } from "../problem.ts";
import type { Config } from "../types.ts";
import type { Report } from "./check.ts";

const kinds = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] as const;

/** Each hook names its executable by an absolute path, its environment by NAME=value. @see config.md, "POSIX-platform Hooks" */
export function checkHooks(config: Config, report: Report): void {
  if (config.hooks === undefined) return;
  for (const kind of kinds) {
    config.hooks[kind]?.forEach((hook, i) => {
      const pointer = `/hooks/${kind}/${i}`;
      if (!hook.path.startsWith("/")) report(unexpected(`${pointer}/path`, "an absolute path", hook.path));
      hook.env?.forEach((entry, j) => {
        if (entry.indexOf("=") <= 0) report(unexpected(`${pointer}/env/${j}`, "NAME=value", entry));
      });
    });
  }
}
