/** What is allowed in a config.json, but hardly meant. */

import { JsonPlaces } from "./json_position.ts";
import type { Problem } from "./problem.ts";
import type { Config } from "./types.ts";

/**
 * The warnings of a valid config.
 *
 * @param text the text that the config was parsed from
 */
export function configWarnings(text: string, config: Config): Problem[] {
  const places = new JsonPlaces(text);
  const warnings: Problem[] = places.duplicates.map(({ pointer, place, first }) => {
    const message = `the key is given twice, first in line ${first.line}; the last one counts`;
    return { pointer, ...place, message };
  });
  config.mounts?.forEach(({ destination }, i) => {
    if (destination.startsWith("/")) return;
    const pointer = `/mounts/${i}/destination`;
    const message = `the relative path ${JSON.stringify(destination)} is taken to start at /`;
    warnings.push({ pointer, ...places.value(pointer), message });
  });
  if (config.linux?.resources?.memory?.kernel !== undefined) {
    const pointer = "/linux/resources/memory/kernel";
    const message = "it has no effect: Linux has given up limits of kernel memory";
    warnings.push({ pointer, ...places.value(pointer), message });
  }
  return warnings.sort((a, b) => a.line - b.line || a.column - b.column);
}
