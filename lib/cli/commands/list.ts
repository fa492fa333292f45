import { existsSync } from "node:fs";
import type { ContainerDescription } from "../../container/describe.ts";
import { listContainers } from "../../container/list.ts";
import { defineCommand } from "../command.ts";
import { print, printError } from "../print.ts";

export const command = defineCommand({
  summary: "list the containers",
  description: "One whose state cannot be read is told of on standard error, and the others are listed all the same.",
  arguments: [],
  options: {
    format: {
      kind: "string",
      short: "f",
      value: "FORMAT",
      choices: ["table", "json"],
      summary: "table (default) or json",
    },
    quiet: { kind: "flag", short: "q", summary: "print only the ids" },
  },
  run: (values, _args, { root, rootGiven }) => {
    // Before the first container there is no default directory yet; one that was named must be there.
    const containers = !rootGiven && !existsSync(root) ? [] : listContainers(root, complain);
    if (values.quiet) print(containers.map(({ id }) => `${id}\n`).join(""));
    else if (values.format === "json") print(`${JSON.stringify(containers.length > 0 ? containers : null)}\n`);
    else print(table(containers));
  },
});

function complain(id: string, reason: unknown): void {
  printError(`load container ${id}: ${reason instanceof Error ? reason.message : String(reason)}\n`);
}

const COLUMNS = ["ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER"] as const;
const SMALLEST_WIDTH = 12;
const GAP = 3;

/** As runc's tab writer lays it out. */
function table(containers: readonly ContainerDescription[]): string {
  const rows = containers.map(({ id, pid, status, bundle, created, owner }) =>
    [id, pid, status, bundle, created, owner].map(String),
  );
  const lines = [[...COLUMNS], ...rows];
  const widths = COLUMNS.map((_, i) => Math.max(SMALLEST_WIDTH, ...lines.map((line) => line[i]!.length + GAP)));
  const last = COLUMNS.length - 1;
  return lines
    .map((line) => `${line.map((cell, i) => (i === last ? cell : cell.padEnd(widths[i]!))).join("")}\n`)
    .join("");
}
