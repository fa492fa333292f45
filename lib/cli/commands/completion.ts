import { defineCommand } from "../command.ts";
import { print } from "../print.ts";

const SHELLS = ["bash", "zsh", "fish"] as const;

export const command = defineCommand({
  summary: "print a completion script for a shell",
  description:
    "It completes commands, options, their values, container ids and signals. bash: source it, or put it into " +
    "/usr/share/bash-completion/completions/tsrun; zsh: put it as _tsrun into a directory of $fpath; fish: into " +
    "~/.config/fish/completions/tsrun.fish.",
  arguments: [{ name: "SHELL", summary: "bash, zsh or fish", choices: SHELLS }],
  options: {},
  run: async (_values, [shell]) => {
    const { COMPLETION_SCRIPTS } = await import("../completion/scripts.ts");
    print(COMPLETION_SCRIPTS[shell as (typeof SHELLS)[number]]);
  },
});
