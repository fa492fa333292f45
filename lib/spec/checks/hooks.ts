/** Checks of `hooks`. */

import { unexpected } from "../problem.ts";
import type { Config, Hook } from "../types.ts";
import type { Report } from "./check.ts";
import { checkEnvironment } from "./process.ts";

const kinds = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"] as const;

/** Each hook names its executable by an absolute path, its environment by NAME=value. @see config.md, "POSIX-platform Hooks" */
export function checkHooks(config: Config, report: Report): void {
  if (config.hooks === undefined) return;
  for (const kind of kinds) checkHookList(config.hooks[kind], `/hooks/${kind}`, report);
}

function checkHookList(hooks: readonly Hook[] | undefined, pointer: string, report: Report): void {
  if (hooks === undefined) return;
  for (let i = 0; i < hooks.length; i++) {
    const { path, env } = hooks[i]!;
    if (!path.startsWith("/")) report(unexpected(`${pointer}/${i}/path`, "an absolute path", path));
    checkEnvironment(env, `${pointer}/${i}/env`, report);
  }
}
