import { type ContainerEvent, statsEvent, watchEvents } from "../../container/events.ts";
import { stringifyWithWideIntegers } from "../../spec/exact_integers.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { print } from "../print.ts";

const DEFAULT_INTERVAL = 5000;

export const command = defineCommand({
  summary: "print what a container uses, and when it runs out of memory, as JSON",
  arguments: [CONTAINER_ID],
  options: {
    stats: { kind: "flag", summary: "print the statistics once, and end" },
    interval: {
      kind: "duration",
      value: "TIME",
      smallest: 1,
      summary: "the time between two statistics (default: 5s)",
    },
  },
  run: async (values, [id], { root }) => {
    if (values.stats) show(statsEvent(root, id!));
    else await watchEvents(root, id!, values.interval ?? DEFAULT_INTERVAL, show);
  },
});

function show(event: ContainerEvent): void {
  print(`${stringifyWithWideIntegers(event)}\n`);
}
