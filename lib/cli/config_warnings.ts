import { resolve } from "node:path";
import { ignoredCapabilities } from "../compile/capabilities.ts";
import { boundingSet } from "../container/host_facts.ts";
import { readDocument, validateText } from "../spec/load.ts";
import { formatProblems } from "../spec/problem.ts";
import type { Process } from "../spec/types.ts";
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
  warnOfCapabilities(config.process, log);
}

/** Log which capabilities a process cannot have, though it should. @see config.md, "capabilities" */
export function warnOfCapabilities(process: Process | undefined, log: Log): void {
  const ignored = ignoredCapabilities(process?.capabilities, boundingSet());
  if (ignored.length === 0) return;
  writeEntry(log, "warning", `/process/capabilities: unknown or unavailable, and ignored: ${ignored.join(", ")}`);
}
