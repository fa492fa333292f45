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

/** What bash offers for the last of these words, as bash splits them. */
function offered(...words: string[]): string[] {
  const script = `source "$1"; shift
COMP_WORDS=(tsrun "$@") COMP_CWORD=$#
_tsrun tsrun
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync(
    "bash",
    ["--norc", "-c", script, "bash", join(import.meta.dir, "tsrun.bash"), ...words],
    { cwd: folder, env: { ...process.env, PATH: `${folder}:${process.env.PATH}` }, encoding: "utf8" },
  );
  expect(stderr).toBe("");
  return stdout.split("\n").filter((line) => line !== "");
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
