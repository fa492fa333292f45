import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { enableControllers, inheritCpuset, makeCgroup, removeCgroup, withSubdirectories } from "./directories.ts";
import type { Location } from "./location.ts";

let mountPoint = "";
beforeEach(() => {
  mountPoint = mkdtempSync(join(tmpdir(), "cgroup-"));
});
afterEach(() => {
  rmSync(mountPoint, { recursive: true });
});

const at = (path: string): Location => ({ controllers: [], mountPoint, directory: join(mountPoint, path) });
const put = (path: string, text: string): void => writeFileSync(join(mountPoint, path), text);
const get = (path: string): string => readFileSync(join(mountPoint, path), "utf8");

describe("makeCgroup", () => {
  test("tells what it made, the uppermost first", () => {
    const made: string[] = [];
    mkdirSync(join(mountPoint, "a"));
    expect(makeCgroup(at("a/b/c"), made)).toBeTrue();
    expect(made).toEqual([join(mountPoint, "a/b"), join(mountPoint, "a/b/c")]);
    expect(makeCgroup(at("a/b/c"), made)).toBeFalse();
    expect(made.length).toBe(2);
  });

  test("does not make the mount point", () => {
    expect(() => makeCgroup({ ...at("x"), mountPoint: "/proc/none", directory: "/proc/none/x" }, [])).toThrow("ENOENT");
  });
});

test("a cpuset takes what the next one above has, and those between too", () => {
  for (const directory of ["a", "a/b"]) mkdirSync(join(mountPoint, directory));
  for (const file of ["cpuset.cpus", "cpuset.mems"]) {
    put(file, "0-3\n");
    put(`a/${file}`, "\n");
    put(`a/b/${file}`, "\n");
  }
  put("a/cpuset.mems", "1\n");
  inheritCpuset(at("a/b"));
  expect([get("a/cpuset.cpus"), get("a/b/cpuset.cpus")]).toEqual(["0-3", "0-3"]);
  expect([get("a/cpuset.mems"), get("a/b/cpuset.mems")]).toEqual(["1\n", "1"]);
});

test("controllers are enabled from the top down", () => {
  mkdirSync(join(mountPoint, "a"));
  put("cgroup.controllers", "cpu io memory\n");
  put("cgroup.subtree_control", "io\n");
  put("a/cgroup.controllers", "pids\n");
  put("a/cgroup.subtree_control", "pids\n");
  enableControllers(at("a/b"));
  expect(get("cgroup.subtree_control")).toStartWith("+cpu +memory");
  expect(get("a/cgroup.subtree_control")).toBe("pids\n");
});

test("removal takes what is below along", () => {
  for (const directory of ["a", "a/b", "a/b/c", "a/d"]) mkdirSync(join(mountPoint, directory));
  expect(withSubdirectories(join(mountPoint, "a")).at(-1)).toBe(join(mountPoint, "a"));
  removeCgroup(join(mountPoint, "a"));
  expect(existsSync(join(mountPoint, "a"))).toBeFalse();
  removeCgroup(join(mountPoint, "a"));
  expect(withSubdirectories(join(mountPoint, "a"))).toEqual([]);
});
