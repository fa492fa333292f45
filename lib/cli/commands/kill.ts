import { killContainer } from "../../container/kill.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { forEachMatching, REGEX_OPTION } from "../regex.ts";
import { parseSignal } from "../signal.ts";

export const command = defineCommand({
  summary: "send a signal to a container's first process",
  description:
    "A created or paused container can be signalled too; a stopped one is an error. Where the container has no pid " +
    "namespace of its own, SIGKILL reaches all its processes.",
  arguments: [
    CONTAINER_ID,
    {
      name: "SIGNAL",
      summary: "a number, or a name with or without SIG, such as KILL or SIGRTMIN+3 (default: SIGTERM)",
      optional: true,
    },
  ],
  options: {
    all: {
      kind: "flag",
      short: "a",
      summary: "send it to every process of the container; a stopped container is no error then",
    },
    ...REGEX_OPTION,
  },
  run: async (values, [id, signal], { root }) => {
    const number = parseSignal(signal || "TERM");
    const kill = (one: string): void => killContainer(root, one, number, { all: values.all });
    if (values.regex) await forEachMatching(root, id!, kill);
    else kill(id!);
  },
});
