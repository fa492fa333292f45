import { pauseContainer } from "../../container/pause.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";

export const command = defineCommand({
  summary: "suspend all processes of a container",
  arguments: [CONTAINER_ID],
  options: {},
  run: (_values, [id], { root }) => pauseContainer(root, id!),
});
