import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { readCgroupFile, type Setting, writeSettings } from "./write.ts";

let directory = "";
const setting = (file: string, value: string, more: Partial<Setting> = {}): Setting => ({
  pointer: "/at",
  file,
  value,
  ...more,
});
const write = (...settings: Setting[]): void => writeSettings(settings, () => directory);
const failureOf = (action: () => void): Failure => {
  try {
    action();
  } catch (error) {
    if (error instanceof Failure) return error;
  }
  throw new Error("did not fail");
};

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "cgroup-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true });
});

describe("writeSettings", () => {
  test("writes, and never makes a file", () => {
    writeFileSync(join(directory, "pids.max"), "");
    write(setting("pids.max", "20"));
    expect(readFileSync(join(directory, "pids.max"), "utf8")).toBe("20");
    const failure = failureOf(() => write(setting("memory.max", "1")));
    expect(failure).toMatchObject({ pointer: "/at", errno: 2, code: "cgroup.failed" });
    expect(failure.message).toContain(`write("${directory}/memory.max", "1"): the kernel`);
  });

  test("an optional file may be missing, another may stand for it", () => {
    writeFileSync(join(directory, "io.weight"), "");
    write(setting("memory.swap.max", "0", { optional: true }));
    write(setting("io.bfq.weight", "1", { otherwise: { file: "io.weight", value: "2" } }));
    expect(readFileSync(join(directory, "io.weight"), "utf8")).toBe("2");
  });

  test("a name with a slash leads nowhere, nor does a link", () => {
    expect(failureOf(() => write(setting("../memory.max", "1"))).code).toBe("config.invalid");
    symlinkSync("/dev/null", join(directory, "pids.max"));
    expect(failureOf(() => write(setting("pids.max", "1"))).message).toContain("ELOOP");
  });
});

test("a file that is not there is undefined", () => {
  expect(readCgroupFile("/proc/self/no-such-file")).toBeUndefined();
  expect(readCgroupFile(undefined)).toBeUndefined();
});
