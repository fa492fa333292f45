import { resolve } from "node:path";
import { readDocument, validateText } from "../spec/load.ts";
import { formatProblems } from "../spec/problem.ts";
import { configWarnings } from "../spec/warnings.ts";
import { type Log, writeEntry } from "./log.ts";

/**
 * Log what a bundle's config.json may say, but hardly means. What is wrong with it is told when it is loaded.
 *
 * @param file the config's path from the bundle
 * @throws Failure if it cannot be read
 */
export function warnOfConfig(bundle: string, file: string, log: Log): void {
  const text = readDocument(resolve(bundle, file), file);
  const { config } = validateText(text);
  if (config === undefined) return;
  for (const warning of configWarnings(text, config)) {
    writeEntry(log, "warning", formatProblems([warning], "text", file));
  }
}
