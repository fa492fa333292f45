import { killContainer } from "../../container/kill.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { parseSignal } from "../signal.ts";

export const command = defineCommand({
  summary: "send a signal to a container's first process",
  arguments: [
    CONTAINER_ID,
    { name: "SIGNAL", summary: "a number or a name, with or without SIG (default: SIGTERM)", optional: true },
  ],
  options: {
    all: {
      kind: "flag",
      short: "a",
      summary: "send it to every process of the container; a stopped one is no error then",
    },
  },
  run: (values, [id, signal], { root }) => {
    killContainer(root, id!, parseSignal(signal ?? "TERM"), { all: values.all });
  },
});
