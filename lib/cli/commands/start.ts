import { startContainer } from "../../container/start.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";

export const command = defineCommand({
  summary: "start a created container",
  description: "Returns once its process is executed; if that fails, the error tells why.",
  arguments: [CONTAINER_ID],
  options: {},
  run: (_values, [id], { root }) => startContainer(root, id!),
});
