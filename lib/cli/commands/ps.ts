import { spawnSync } from "node:child_process";
import { containerProcesses } from "../../container/ps.ts";
import { Failure } from "../../failure.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { print } from "../print.ts";

export const command = defineCommand({
  summary: "show the processes of a container",
  description: "As a table it is what the host's ps prints of them, with the options given after the container's name.",
  arguments: [
    CONTAINER_ID,
    {
      name: "PS-OPTIONS",
      summary: "options for ps, which must print a PID column (default: -ef)",
      optional: true,
      rest: true,
    },
  ],
  options: {
    format: {
      kind: "string",
      short: "f",
      value: "FORMAT",
      choices: ["table", "json"],
      summary: "table (default) or json",
    },
  },
  run: (values, [id, ...options], { root }) => {
    const pids = containerProcesses(root, id!);
    if (values.format === "json") print(`${JSON.stringify(pids)}\n`);
    else print(processTable(pids, options.length === 0 ? ["-ef"] : options));
  },
});

/** The lines of ps that are about these processes, and its heading. */
function processTable(pids: readonly number[], options: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync("ps", options, { encoding: "utf8" });
  if (status !== 0) throw new Failure(`ps ${options.join(" ")} failed: ${error?.message ?? stderr.trim()}`);
  const [heading = "", ...lines] = stdout.trimEnd().split("\n");
  const column = heading.trim().split(/\s+/).indexOf("PID");
  if (column < 0) throw new Failure(`ps ${options.join(" ")} prints no PID column`, { code: "usage" });
  const chosen = lines.filter((line) => pids.includes(Number(line.trim().split(/\s+/)[column])));
  return `${[heading, ...chosen].join("\n")}\n`;
}
