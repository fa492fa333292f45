import { describeContainer } from "../../container/describe.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { print } from "../print.ts";

export const command = defineCommand({
  summary: "print the state of a container as JSON",
  arguments: [CONTAINER_ID],
  options: {},
  run: (_values, [id], { root }) => {
    print(describeContainer(root, id!));
  },
});
