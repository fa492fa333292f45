import { deleteContainer } from "../../container/delete.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";

export const command = defineCommand({
  summary: "delete a container that has stopped, or was never started",
  description: "Its cgroups and its state are removed; the bundle stays. A running or paused container is an error.",
  arguments: [CONTAINER_ID],
  options: {
    force: {
      kind: "flag",
      short: "f",
      summary: "kill the container first if it is running; one that does not exist is no error",
    },
  },
  run: (values, [id], { root }) => deleteContainer(root, id!, { force: values.force }),
});
