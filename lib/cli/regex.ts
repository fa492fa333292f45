import { Failure } from "../failure.ts";
import { existsSync } from "../libc/files.ts";
import type { Options } from "./command.ts";
import { printError } from "./print.ts";

export const REGEX_OPTION = {
  regex: {
    kind: "flag",
    short: "r",
    summary:
      "CONTAINER-ID is a regular expression, for every container in whose id it is found; what fails is told, and is no " +
      "error",
  },
} as const satisfies Options;

/**
 * Do something for every container whose id matches. As in crun there may be none, and one that fails is told on
 * standard error, and neither keeps the others from being tried nor makes the command fail.
 *
 * @param pattern found anywhere in an id; `^` and `$` bind it
 * @throws Failure `usage` if it is no regular expression
 */
export async function forEachMatching(
  root: string,
  pattern: string,
  work: (id: string) => void | Promise<void>,
): Promise<void> {
  const expression = compiled(pattern);
  const { containerIds } = await import("../container/list.ts");
  for (const id of existsSync(root) ? containerIds(root) : []) {
    if (!expression.test(id)) continue;
    try {
      await work(id);
    } catch (failure) {
      printError(`tsrun: warning: ${id}: ${failure instanceof Error ? failure.message : String(failure)}\n`);
    }
  }
}

function compiled(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (cause) {
    throw new Failure(`--regex: ${JSON.stringify(pattern)} is not a regular expression`, { code: "usage", cause });
  }
}
