/** The same as node:fs and node:path, as far as it goes. */

import { afterAll, describe, expect, test } from "bun:test";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as ours from "./files.ts";
import * as paths from "./paths.ts";

const folder = fs.mkdtempSync(path.join(tmpdir(), "tsrun-files-"));
afterAll(() => fs.rmSync(folder, { recursive: true }));
const at = (name: string): string => path.join(folder, name);

/** What a call gives, or the code of what it throws. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    return { code, errno };
  }
}

describe("files", () => {
  test("are written and read", () => {
    const long = "ä".repeat(100_000);
    for (const text of ["", "short", long]) {
      ours.writeFileSync(at("file"), text, { mode: 0o600 });
      expect(fs.readFileSync(at("file"), "utf8")).toBe(text);
      expect(ours.readFileSync(at("file"), "utf8")).toBe(text);
      expect(ours.readFileSync(at("file"))).toEqual(fs.readFileSync(at("file")));
    }
    expect(fs.statSync(at("file")).mode & 0o777).toBe(0o600);
    expect(ours.readFileSync("/proc/self/status", "latin1")).toContain("CapBnd:");
  });

  test("are read in part, where one stands or from a place", () => {
    fs.writeFileSync(at("parts"), "0123456789");
    const fd = ours.openSync(at("parts"));
    const bytes = Buffer.alloc(4);
    expect([ours.readSync(fd, bytes, 1, 3), bytes.toString("latin1", 1)]).toEqual([3, "012"]);
    expect([ours.readSync(fd, bytes, 0, 4, 8), bytes.toString("latin1", 0, 2)]).toEqual([2, "89"]);
    expect([ours.readSync(fd, bytes), bytes.toString()]).toEqual([4, "3456"]);
    ours.closeSync(fd);
    expect(outcome(() => ours.readSync(fd, bytes))).toEqual({ code: "EBADF", errno: -9 });
  });

  test("are described", () => {
    fs.symlinkSync("file", at("link"));
    for (const name of [folder, at("file"), at("link"), "/dev/null"])
      for (const [{ mode, uid, size, ino, ...is }, theirs] of [
        [ours.statSync(name), fs.statSync(name)],
        [ours.lstatSync(name), fs.lstatSync(name)],
      ] as const) {
        expect([mode, uid, size, ino]).toEqual([theirs.mode, theirs.uid, theirs.size, BigInt(theirs.ino)]);
        for (const kind of ["isFile", "isDirectory", "isSymbolicLink"] as const)
          expect(is[kind]()).toBe(theirs[kind]());
      }
    expect(ours.statSync(at("missing"), { throwIfNoEntry: false })).toBeUndefined();
    expect([ours.existsSync(at("file")), ours.existsSync(at("missing"))]).toEqual([true, false]);
    expect(ours.realpathSync(at("link"))).toBe(fs.realpathSync(at("link")));
    expect([ours.linkTarget(at("link")), ours.linkTarget(at("file"))]).toEqual(["file", undefined]);
  });

  test("fail as those of node:fs do", () => {
    const calls: ((it: typeof fs) => unknown)[] = [
      (it) => it.readFileSync(at("missing")),
      (it) => it.openSync(at("file/below"), "r"),
      (it) => it.mkdirSync(folder),
      (it) => it.mkdirSync(at("missing/below")),
      (it) => it.rmdirSync(at("missing")),
      (it) => it.statSync(at("missing")),
    ];
    for (const call of calls) expect(outcome(() => call(ours as never))).toEqual(outcome(() => call(fs)));
    expect(outcome(() => ours.openSync("/a\0b"))).toEqual({ code: "EINVAL", errno: -22 });
  });

  test("and directories come and go", () => {
    ours.mkdirSync(at("a/b/c"), { recursive: true, mode: 0o700 });
    ours.mkdirSync(at("a/b/c"), { recursive: true });
    expect(fs.statSync(at("a/b")).mode & 0o777).toBe(0o700);
    fs.writeFileSync(at("a/b/file"), "");
    const entries = ours.directoryEntries(at("a/b")).sort((left, right) => (left.name < right.name ? -1 : 1));
    expect(entries).toEqual([
      { name: "c", isDirectory: true },
      { name: "file", isDirectory: false },
    ]);
    ours.renameSync(at("a/b/file"), at("a/file"));
    ours.chmodSync(at("a/file"), 0o640);
    expect(fs.statSync(at("a/file")).mode & 0o777).toBe(0o640);
    expect(outcome(() => ours.rmdirSync(at("a")))).toEqual({ code: "ENOTEMPTY", errno: -39 });
    ours.rmSync(at("a"), { recursive: true });
    expect(fs.existsSync(at("a"))).toBe(false);
    ours.rmSync(at("a"), { force: true });
    expect(outcome(() => ours.rmSync(at("a")))).toEqual({ code: "ENOENT", errno: -2 });
  });

  test("of a full directory are all told", () => {
    fs.mkdirSync(at("full"));
    for (let i = 0; i < 3000; i++) fs.writeFileSync(at(`full/${"n".repeat(60)}${i}`), "");
    expect(new Set(ours.directoryEntries(at("full")).map(({ name }) => name))).toEqual(
      new Set(fs.readdirSync(at("full"))),
    );
  });
});

describe("paths", () => {
  const samples = [
    "/",
    "/a",
    "/a/b",
    "a",
    "a/b",
    "./a",
    "../a",
    "/a/../b",
    "/a//b/",
    "/..",
    "",
    ".",
    "/a/.",
    "a/../..",
  ];

  test("are resolved", () => {
    for (const first of samples) {
      expect([first, paths.resolve(first)]).toEqual([first, path.resolve(first)]);
      for (const second of samples)
        expect([first, second, paths.resolve(first, second)]).toEqual([first, second, path.resolve(first, second)]);
    }
  });

  test("are joined", () => {
    for (const below of samples)
      expect(paths.join("/x/y", below).replace(/(?<=.)\/$/, "")).toBe(
        path.join("/x/y", below).replace(/(?<=.)\/$/, ""),
      );
  });

  test("are taken apart", () => {
    for (const sample of ["/a", "/a/b", "a", "a/b", "/a/b/"]) {
      expect([sample, paths.basename(sample)]).toEqual([sample, path.basename(sample)]);
      expect([sample, paths.dirname(sample)]).toEqual([sample, path.dirname(sample)]);
    }
  });
});
