import { createContainer } from "../../container/create.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID, CREATE_OPTIONS, createRequest } from "../create_options.ts";

export const command = defineCommand({
  summary: "create a container from a bundle; its process waits to be started",
  description:
    "Everything is set up: namespaces, mounts, cgroups, limits. If any of it fails, all that was made is removed again, " +
    "and the error names the entry of config.json.",
  arguments: [CONTAINER_ID],
  options: {
    ...CREATE_OPTIONS,
    "no-subreaper": { kind: "flag", summary: "accepted as by crun: nobody waits here", hidden: true },
  },
  run: async (values, [id], globals) => createContainer(await createRequest(id!, values, globals)),
});
