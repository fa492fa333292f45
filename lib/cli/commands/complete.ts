import { containerIds } from "../../container/list.ts";
import { defineCommand } from "../command.ts";
import { complete } from "../completion/complete.ts";
import { print } from "../print.ts";
import { chooseRoot } from "../root.ts";

export const command = defineCommand({
  summary: "print what may stand in place of the last word of a command line: for completion scripts",
  hidden: true,
  arguments: [{ name: "WORD", summary: "the words behind tsrun, up to the cursor", rest: true }],
  options: {},
  run: async (_values, words) => {
    const { candidates, paths } = await complete(words, (root, rootless) => listIds(chooseRoot(root, rootless)));
    const lines = candidates.map(({ word, summary }) => (summary === undefined ? word : `${word}\t${summary}`));
    print([...(paths === undefined ? [] : [`:${paths}`]), ...lines].map((line) => `${line}\n`).join(""));
  },
});

/** None if there is no such directory yet, or it is not for this user to read. */
function listIds(root: string): string[] {
  try {
    return containerIds(root);
  } catch {
    return [];
  }
}
