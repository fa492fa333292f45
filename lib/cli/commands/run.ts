import { runContainer } from "../../container/run.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID, CREATE_OPTIONS, createRequest } from "../create_options.ts";

export const command = defineCommand({
  summary: "create and start a container, wait for its end, and delete it",
  description:
    "Signals are forwarded to the container's process. The exit status is that of the process, or 128 and the number of " +
    "the signal that ended it.",
  arguments: [CONTAINER_ID],
  options: {
    ...CREATE_OPTIONS,
    detach: {
      kind: "flag",
      short: "d",
      summary: "do not wait: return once the process is executed, and leave the container to be deleted by others",
    },
    keep: { kind: "flag", summary: "do not delete the container after its process has ended" },
    "no-subreaper": { kind: "flag", summary: "do not take up processes that the container's process leaves behind" },
  },
  run: async (values, [id], globals) =>
    runContainer({
      ...(await createRequest(id!, values, globals)),
      detach: values.detach,
      keep: values.keep,
      noSubreaper: values["no-subreaper"],
      globals: globals.words,
    }),
});
