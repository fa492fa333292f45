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
 * @param index counts the section's snippets of that language, from 0.
 * @throws Error when there is none.
 */
export function snippet(section: string, language: string, runtime: string, index = 0): string {
  const text = readFileSync(join(repository, page), "utf8");
  const body = text.split(/^## /m).find((part) => part.startsWith(`${section}\n`));
  const fence = new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, "gms");
  const found = [...(body ?? "").matchAll(fence)][index]?.[1];
  if (found === undefined) throw new Error(`${page} has no ${language} snippet ${index} in "${section}"`);
  if (!found.includes(installed)) throw new Error(`${page}: the snippet in "${section}" does not name ${installed}`);
  return found.replaceAll(installed, runtime);
}
