import { containerProcesses } from "../../container/ps.ts";
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
  run: async (values, [id, ...options], { root }) => {
    const pids = containerProcesses(root, id!);
    if (values.format === "json") {
      print(`${JSON.stringify(pids)}
`);
      return;
    }
    const { processTable } = await import("../process_table.ts");
    print(processTable(pids, options.length === 0 ? ["-ef"] : options));
  },
});
