import type { EngineCommand } from "../compile/monitor.ts";

/** tsrun itself, with these arguments and this environment. */
export function engineCommand(words: readonly string[]): EngineCommand {
  return {
    path: process.execPath,
    args: ["tsrun", ...words],
    env: Object.entries(process.env).map(([name, value]) => `${name}=${value}`),
  };
}
