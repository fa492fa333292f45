import { describe, expect, test } from "bun:test";
import { COMMANDS } from "../commands.ts";
import { complete } from "./complete.ts";

/** Two containers; below another root another one. */
function listIds(root: string | undefined): string[] {
  return root === "/other" ? ["third"] : ["web", "web-2"];
}

/** The candidates for the last word of a line, whose end is marked. */
async function candidatesOf(line: string): Promise<string[]> {
  const { candidates } = await complete(line.slice(0, -1).split(" "), listIds);
  return candidates.map(({ word }) => word);
}

describe("candidates", () => {
  const lines: readonly (readonly [line: string, candidates: readonly string[]])[] = [
    ["st|", ["start", "state", "start-image"]],
    ["--root /r sp|", ["spec"]],
    ["--root=/r sp|", ["spec"]],
    ["--debug sp|", ["spec"]],
    ["help ki|", ["kill"]],
    ["help kill |", []],
    ["--log-f|", ["--log-format"]],
    ["--log-format |", ["text", "json"]],
    ["--log-format=|", ["--log-format=text", "--log-format=json"]],
    ["--log-format=j|", ["--log-format=json"]],
    ["-log-format=j|", ["-log-format=json"]],
    ["--debug=f|", ["--debug=false"]],
    ["list -|", ["--format", "-f", "--quiet", "-q", "--help", "-h"]],
    ["list -f |", ["table", "json"]],
    ["list -q -f t|", ["table"]],
    ["list |", []],
    ["kill |", ["web", "web-2"]],
    ["kill web-|", ["web-2"]],
    ["--root /other kill |", ["third"]],
    ["--root=/other kill |", ["third"]],
    ["kill --all |", ["web", "web-2"]],
    ["kill web -|", ["--all", "-a", "--regex", "-r", "--help", "-h"]],
    ["kill web SE|", ["SEGV"]],
    ["kill --all web US|", ["USR1", "USR2"]],
    ["kill web 9 |", []],
    ["state -- |", ["web", "web-2"]],
    ["completion |", ["bash", "zsh", "fish"]],
    ["nosuch |", []],
    ["start-f|", []],
  ];
  for (const [line, expected] of lines) {
    test(line, async () => expect(await candidatesOf(line)).toEqual([...expected]));
  }

  test("all commands but hidden ones, with their summaries", async () => {
    const { candidates } = await complete([""], listIds);
    const visible = new Map([["help", ""]]);
    for (const [name, load] of Object.entries(COMMANDS)) {
      const { hidden, summary } = await load();
      if (!hidden) visible.set(name, summary);
    }
    expect(candidates.map(({ word }) => word)).toEqual([...visible.keys()]);
    for (const { word, summary } of candidates.slice(1)) expect(summary).toBe(visible.get(word));
  });
});

test.each([
  ["--log |", "files"],
  ["--log=/v|", "files"],
  ["--root |", "directories"],
  ["create --bundle |", "directories"],
  ["create -b=/v|", "directories"],
  ["create --pid-file |", "files"],
  ["create --preserve-fds |", undefined],
  ["create |", undefined],
  ["complete |", "files"],
] as const)("%s leaves names of %s to the shell", async (line, paths) => {
  const completions = await complete(line.slice(0, -1).split(" "), listIds);
  expect(completions.paths).toBe(paths);
});
