import { afterAll, beforeAll, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const entry = join(import.meta.dir, "../../../bin/tsrun.ts");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tsrun-completion-"));
  mkdirSync(join(folder, "root/web"), { recursive: true });
  writeFileSync(join(folder, "tsrun"), `#!/bin/sh\nexec "${process.execPath}" "${entry}" "$@"\n`, { mode: 0o755 });
});
afterAll(() => rmSync(folder, { recursive: true }));

/** What a shell prints that runs this script with these arguments, a line each, where it finds tsrun by PATH. */
function linesOf(shell: readonly string[], script: string, ...args: string[]): string[] {
  const [program = "", ...flags] = shell;
  const { stdout, stderr } = spawnSync(program, [...flags, "-c", script, ...args], {
    cwd: folder,
    env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    encoding: "utf8",
  });
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
}

/** What bash offers for the last of these words, as bash splits them. */
function offered(...words: string[]): string[] {
  const script = `source "$1"; shift
COMP_WORDS=(tsrun "$@") COMP_CWORD=$#
_tsrun tsrun
printf '%s\\n' "\${COMPREPLY[@]}"`;
  return linesOf(["bash", "--norc"], script, "bash", join(import.meta.dir, "tsrun.bash"), ...words);
}

/** The same of zsh, whose own functions print what they are given. */
function offeredByZsh(...words: string[]): string[] {
  const script = `compdef() {}; compset() {}
_describe() { print -rl -- \${(P)4} }
_files() { print -r -- files $@ }
source "$1"; shift
words=(tsrun "$@") CURRENT=$(($# + 1))
_tsrun`;
  return linesOf(["zsh", "-f"], script, "zsh", join(import.meta.dir, "tsrun.zsh"), ...words);
}

/** The same of fish, for a line as it is typed. */
function offeredByFish(line: string): string[] {
  const script = `source ${join(import.meta.dir, "tsrun.fish")}; complete -C '${line}'`;
  return linesOf(["fish", "--no-config"], script);
}

test("bash completes by asking tsrun", () => {
  expect(offered("cre")).toEqual(["create"]);
  expect(offered("list", "-f", "j")).toEqual(["json"]);
  expect(offered("--root", "root", "state", "")).toEqual(["web"]);
});

test("bash gets only what stands behind the equals sign", () => {
  expect(offered("--log-format", "=", "j")).toEqual(["json"]);
  expect(offered("--log-format", "=")).toEqual(["text", "json"]);
  expect(offered("--root", "=", "root", "state", "")).toEqual(["web"]);
});

test("bash knows files and directories itself", () => {
  expect(offered("--log", "ts")).toEqual(["tsrun"]);
  expect(offered("--root", "")).toEqual(["root"]);
  expect(offered("create", "--bundle", "=", "ro")).toEqual(["root"]);
});

/** A test that is skipped where there is no such shell. */
function testWith(shell: string, title: string, body: () => void): void {
  const missing = Bun.which(shell) === null;
  test.skipIf(missing)(missing ? `${title} [needs ${shell}]` : title, body);
}

testWith("zsh", "zsh gets words with what they mean, and names of containers", () => {
  expect(offeredByZsh("cre")).toEqual([expect.stringMatching(/^create:create a container/)]);
  expect(offeredByZsh("list", "-f", "")).toEqual(["table", "json"]);
  expect(offeredByZsh("--root", "root", "state", "")).toEqual(["web"]);
});

testWith("zsh", "zsh knows files and directories itself", () => {
  expect(offeredByZsh("--log", "ts")).toEqual(["files"]);
  expect(offeredByZsh("create", "--bundle=ro")).toEqual(["files -/"]);
});

testWith("fish", "fish gets words with what they mean, and names of containers", () => {
  expect(offeredByFish("tsrun cre")).toEqual([expect.stringMatching(/^create\tcreate a container/)]);
  expect(offeredByFish("tsrun list -f ")).toEqual(["json", "table"]);
  expect(offeredByFish("tsrun --root root state ")).toEqual(["web"]);
});

testWith("fish", "fish knows files and directories itself", () => {
  expect(offeredByFish("tsrun --log ts")).toEqual(["tsrun"]);
  expect(offeredByFish("tsrun create --bundle=ro").map((line) => line.split("\t")[0])).toEqual(["--bundle=root/"]);
});
