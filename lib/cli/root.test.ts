import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Failure } from "../failure.ts";
import { chooseRoot, makeUserRoot } from "./root.ts";

const before = process.env.XDG_RUNTIME_DIR;
afterEach(() => {
  if (before === undefined) delete process.env.XDG_RUNTIME_DIR;
  else process.env.XDG_RUNTIME_DIR = before;
});

describe("where the state is kept", () => {
  test("--root counts before all else, and is made absolute", () => {
    process.env.XDG_RUNTIME_DIR = "/run/user/1000";
    expect(chooseRoot("/some/where/", "true")).toBe("/some/where");
    expect(chooseRoot("here", undefined)).toBe(resolve("here"));
  });

  test.each(["/", "//", "/..", "/usr/.."])("%s is refused", (root) => {
    expect(() => chooseRoot(root, undefined)).toThrow(Failure);
  });

  test("the user's runtime directory, for those who may not write elsewhere", () => {
    process.env.XDG_RUNTIME_DIR = "/run/user/1000";
    expect(chooseRoot(undefined, "true")).toBe("/run/user/1000/tsrun");
    expect(chooseRoot(undefined, "false")).toBe("/run/tsrun");
    const own = process.geteuid?.() === 0 ? "/run/tsrun" : "/run/user/1000/tsrun";
    expect(chooseRoot(undefined, "auto")).toBe(own);
    expect(chooseRoot(undefined, undefined)).toBe(own);
  });

  test("without one, /run/tsrun", () => {
    for (const directory of [undefined, ""]) {
      if (directory === undefined) delete process.env.XDG_RUNTIME_DIR;
      else process.env.XDG_RUNTIME_DIR = directory;
      expect(chooseRoot(undefined, "true")).toBe("/run/tsrun");
    }
  });
});

test("the user's own directory is made private, and kept from being tidied up", () => {
  const folder = mkdtempSync(join(tmpdir(), "tsrun-root-"));
  try {
    const root = join(folder, "run/tsrun");
    makeUserRoot(root);
    makeUserRoot(root);
    expect(statSync(root).mode & 0o7777).toBe(0o1700);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
