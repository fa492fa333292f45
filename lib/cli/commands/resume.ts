import { resumeContainer } from "../../container/pause.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";

export const command = defineCommand({
  summary: "let the processes of a paused container go on",
  arguments: [CONTAINER_ID],
  options: {},
  run: (_values, [id], { root }) => resumeContainer(root, id!),
});
