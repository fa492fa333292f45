import { addMounts, removeMounts } from "../../container/running_mounts.ts";
import { readFileSync } from "../../libc/files.ts";
import { parseMounts, readDocument } from "../../spec/load.ts";
import { defineCommand } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";

const ACTIONS = ["add", "remove"] as const;

export const command = defineCommand({
  summary: "add mounts to a running container, or remove them",
  description:
    "FILE holds a list of mounts as in config.json. Sources of bind mounts are the host's. If one cannot be added, those " +
    "before it are removed again. To remove mounts only their destinations count; the last one is removed first, each " +
    "with what is mounted below it.",
  arguments: [
    { name: "ACTION", summary: "add or remove", choices: ACTIONS },
    CONTAINER_ID,
    { name: "FILE", summary: "the list of mounts; -: standard input" },
  ],
  options: {},
  run: async (_values, [action, id, file], { root }) => {
    const STDIN = 0;
    const mounts =
      file === "-"
        ? parseMounts(readFileSync(STDIN, "utf8"), "standard input")
        : parseMounts(readDocument(file!, file!), file!);
    await (action === "add" ? addMounts : removeMounts)(root, id!, mounts);
  },
});
