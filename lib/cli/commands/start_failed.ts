import { failStart } from "../../container/start.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";

export const command = defineCommand({
  summary: "tell why the process of a container in the foreground could not be executed",
  hidden: true,
  onBehalfOf: "run",
  arguments: [
    CONTAINER_ID,
    { name: "INSTRUCTION", summary: "where its program failed" },
    { name: "ERRNO", summary: "with which error" },
  ],
  options: {},
  run: (_values, [id, instruction, errno], { root }) => failStart(root, id!, Number(instruction), Number(errno)),
});
