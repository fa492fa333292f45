/** The page about engines: what it tells users to configure is what the tests use. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { repository } from "../harness/paths.ts";

const page = "docs/engines.md";
/** Where the page has the runtime. */
const installed = "/usr/local/bin/tsrun";

/**
 * A snippet of docs/engines.md, made to name the runtime under test.
 *
 * @param section the heading's text.
 * @param language what follows the opening fence.
 * @throws Error when there is none, or none that names the runtime.
 */
export function snippet(section: string, language: string, runtime: string): string {
  const found = asWritten(section, language);
  if (!found.includes(installed)) throw new Error(`${page}: the snippet in "${section}" does not name ${installed}`);
  return found.replaceAll(installed, runtime);
}

/** A snippet of docs/engines.md as it stands there. @throws Error when there is none */
export function asWritten(section: string, language: string): string {
  const text = readFileSync(join(repository, page), "utf8");
  const body = text.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  const found = new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, "ms").exec(body ?? "")?.[1];
  if (found === undefined) throw new Error(`${page} has no ${language} snippet in "${section}"`);
  return found;
}
