import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { SystemCallError } from "../libc/system_call.ts";
import { type Log, type LogFormat, type LogLevel, openLogFile, writeEntry } from "./log.ts";
import { reportFailure } from "./report_failure.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "tsrun-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function logOf(format: LogFormat, level: LogLevel = "error"): Log {
  return { format, level, destination: openLogFile(join(folder, "log")) };
}

function written(): string {
  return readFileSync(join(folder, "log"), "utf8");
}

describe("entries", () => {
  test("as text", () => {
    writeEntry(logOf("text"), "error", 'a "word"\nand more', { code: "usage" });
    expect(written()).toMatch(
      /^time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z" level=error msg="a \\"word\\"\\nand more"\n$/,
    );
  });

  test("as JSON, each a line, appended", () => {
    const log = logOf("json");
    writeEntry(log, "error", "one", { code: "usage", pointer: undefined });
    writeEntry(logOf("json"), "error", "two");
    const [one, two] = written()
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>);
    expect(one).toEqual({ level: "error", msg: "one", time: one?.time ?? "", code: "usage" });
    expect(Object.keys(two ?? {})).toEqual(["level", "msg", "time"]);
    expect(Math.abs(Date.parse(two?.time ?? "") - Date.now())).toBeLessThan(60_000);
  });

  test("only of the chosen levels", () => {
    for (const level of ["error", "warning", "debug"] as const) {
      for (const message of ["error", "warning", "debug"] as const) writeEntry(logOf("text", level), message, level);
    }
    expect(written().match(/level=\w+ msg="\w+"/g)).toEqual([
      'level=error msg="error"',
      'level=error msg="warning"',
      'level=warning msg="warning"',
      'level=error msg="debug"',
      'level=warning msg="debug"',
      'level=debug msg="debug"',
    ]);
  });

  test("go into a file that others may read, but not write", () => {
    const before = process.umask(0o022);
    logOf("text");
    process.umask(before);
    expect(statSync(join(folder, "log")).mode & 0o777).toBe(0o644);
  });

  test("a file that cannot be opened is named", () => {
    const path = join(folder, "no/log");
    expect(() => openLogFile(path)).toThrow(`--log ${path}: ENOENT`);
  });
});

describe("failures carry what programs want to know", () => {
  const failures: readonly (readonly [failure: unknown, entry: Record<string, string>])[] = [
    [
      new Failure("container does not exist", { code: "container.not_found" }),
      { msg: "state: container does not exist", code: "container.not_found" },
    ],
    [
      new Failure("it failed", { pointer: "/mounts/3", errno: 2, call: 'open_tree("/srv")', hint: "make it" }),
      {
        msg: "state: it failed",
        code: "system",
        pointer: "/mounts/3",
        errno: "ENOENT",
        syscall: "open_tree",
        hint: "make it",
      },
    ],
    [
      new SystemCallError("pidfd_open", 1),
      {
        msg: "state: pidfd_open: EPERM: operation not permitted",
        code: "system",
        errno: "EPERM",
        syscall: "pidfd_open",
      },
    ],
  ];
  for (const [failure, entry] of failures) {
    test(entry.msg ?? "", () => {
      reportFailure(failure, "state", logOf("json"));
      const { level, time, ...rest } = JSON.parse(written()) as Record<string, string>;
      expect(level).toBe("error");
      expect(rest).toEqual(entry);
    });
  }

  test("an error of the file system", () => {
    try {
      readFileSync(join(folder, "none"));
    } catch (error) {
      reportFailure(error, "list", logOf("json"));
    }
    expect(JSON.parse(written())).toMatchObject({ code: "system", errno: "ENOENT", syscall: "open" });
  });

  test("a fault of ours tells its place", () => {
    reportFailure(new TypeError("oh"), "list", logOf("json"));
    expect((JSON.parse(written()) as { msg: string }).msg).toMatch(/^list: TypeError: oh\n.*log\.test\.ts/);
  });
});
