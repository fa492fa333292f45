import { deleteContainer } from "../../container/delete.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { forEachMatching, REGEX_OPTION } from "../regex.ts";

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
    ...REGEX_OPTION,
  },
  run: (values, [id], { root }) => {
    const remove = (one: string): Promise<void> => deleteContainer(root, one, { force: values.force });
    return values.regex ? forEachMatching(root, id!, remove) : remove(id!);
  },
});
