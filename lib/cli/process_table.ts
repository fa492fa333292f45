import { Failure } from "../failure.ts";

/**
 * The lines of the host's ps that are about these processes, and its heading.
 *
 * @throws Failure if ps fails, or prints no PID column
 */
export function processTable(pids: readonly number[], options: readonly string[]): string {
  const [heading = "", ...lines] = psOutput(options).trimEnd().split("\n");
  const column = heading.trim().split(/\s+/).indexOf("PID");
  if (column < 0) throw new Failure(`ps ${options.join(" ")} prints no PID column`, { code: "usage" });
  const chosen = lines.filter((line) => pids.includes(Number(line.trim().split(/\s+/)[column])));
  return `${[heading, ...chosen].join("\n")}\n`;
}

/** By Bun's own function: loading node:child_process takes as long as ps. */
function psOutput(options: readonly string[]): string {
  const failure = (why: string): Failure => new Failure(`ps ${options.join(" ")} failed: ${why}`);
  // The engine may have another environment of its own: it is taken over from a start image without.
  const { env } = process;
  if (Bun.which("ps", { PATH: env.PATH ?? "" }) === null) throw failure("there is no ps on this machine");
  const { success, stdout, stderr } = Bun.spawnSync(["ps", ...options], { env, stderr: "pipe" });
  if (!success) throw failure(stderr.toString().trim());
  return stdout.toString();
}
