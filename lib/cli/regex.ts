import { Failure } from "../failure.ts";
import { existsSync } from "../libc/files.ts";
import type { Options } from "./command.ts";
import { printError } from "./print.ts";

export const REGEX_OPTION = {
  regex: {
    kind: "flag",
    short: "r",
    summary:
      "CONTAINER-ID is an extended regular expression (regex(7)), for every container in whose id it is found; what " +
      "fails is told, and is no error",
  },
} as const satisfies Options;

/**
 * Do something for every container whose id matches. As in crun there may be none, and one that fails is told on
 * standard error, and neither keeps the others from being tried nor makes the command fail.
 *
 * @param pattern extended, as crun takes it; found anywhere in an id; `^` and `$` bind it
 * @throws Failure `usage` if it is no regular expression
 */
export async function forEachMatching(
  root: string,
  pattern: string,
  work: (id: string) => void | Promise<void>,
): Promise<void> {
  const found = await compiled(pattern);
  const { containerIds } = await import("../container/list.ts");
  for (const id of existsSync(root) ? containerIds(root) : []) {
    if (!found(id)) continue;
    try {
      await work(id);
    } catch (failure) {
      printError(`tsrun: warning: ${id}: ${failure instanceof Error ? failure.message : String(failure)}\n`);
    }
  }
}

async function compiled(pattern: string): Promise<(id: string) => boolean> {
  const { extendedRegex } = await import("../libc/regex.ts");
  try {
    return extendedRegex(pattern);
  } catch (cause) {
    const why = (cause as Error).message;
    throw new Failure(`--regex: ${JSON.stringify(pattern)} is not a regular expression: ${why}`, {
      code: "usage",
      cause,
    });
  }
}
