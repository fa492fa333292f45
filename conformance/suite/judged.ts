/** What a runtime says of itself. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Runtime, type RuntimeChoice } from "../harness/runtime.ts";
import type { Judged } from "./results.ts";

/** What a runtime is judged by that does not say which version of the specification it implements. */
export const NEWEST = "1.3.0";

/**
 * Ask a runtime for its version, and for that of the specification it implements: by `features`, or `--version` where
 * there is no such command.
 *
 * @param specification is taken instead of what it says.
 */
export async function judgedRuntime(name: string, choice: RuntimeChoice, specification?: string): Promise<Judged> {
  const folder = mkdtempSync(join(tmpdir(), "conformance-version-"));
  try {
    const runtime = new Runtime(folder, choice);
    const said = (await runtime.bare(["--version"])).stdout;
    const features = await runtime.bare(["features"]);
    const claimed = features.status === 0 ? versionOfFeatures(features.stdout) : undefined;
    return {
      name,
      path: choice.path,
      version: said.split("\n")[0]?.trim() ?? "",
      specification: specification ?? claimed ?? /^spec: *(\S+)/m.exec(said)?.[1] ?? NEWEST,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function versionOfFeatures(text: string): string | undefined {
  try {
    return (JSON.parse(text) as { ociVersionMax?: string }).ociVersionMax;
  } catch {
    return undefined;
  }
}

/** Whether what came with `since` is in this version: patch levels add nothing. */
export function isSince(specification: string, since: string): boolean {
  const [major = 0, minor = 0] = specification.split(".").map((part) => Number.parseInt(part, 10));
  const [sinceMajor = 0, sinceMinor = 0] = since.split(".").map((part) => Number.parseInt(part, 10));
  return major > sinceMajor || (major === sinceMajor && minor >= sinceMinor);
}
