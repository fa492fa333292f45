import { spawnSync } from "node:child_process";
import { Failure } from "../failure.ts";

/**
 * The lines of the host's ps that are about these processes, and its heading.
 *
 * @throws Failure if ps fails, or prints no PID column
 */
export function processTable(pids: readonly number[], options: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync("ps", options, { encoding: "utf8" });
  if (status !== 0) throw new Failure(`ps ${options.join(" ")} failed: ${error?.message ?? stderr.trim()}`);
  const [heading = "", ...lines] = stdout.trimEnd().split("\n");
  const column = heading.trim().split(/\s+/).indexOf("PID");
  if (column < 0) throw new Failure(`ps ${options.join(" ")} prints no PID column`, { code: "usage" });
  const chosen = lines.filter((line) => pids.includes(Number(line.trim().split(/\s+/)[column])));
  return `${[heading, ...chosen].join("\n")}\n`;
}
