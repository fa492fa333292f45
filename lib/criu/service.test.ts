import { describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { criuFailure } from "./failure.ts";
import { errorLines, requireVersion } from "./service.ts";

const LOG = `(00.000001) Version: 3.17.1 (gitid 0)
(00.100000) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted
(00.211864)      1: Error (criu/files-reg.c:1790): Can't lookup mount=27 for fd=1 path=/srv/o
(00.211883) Error (criu/cr-dump.c:1545): Dump files (pid: 7903) failed with -1
(00.269478) Error (criu/cr-dump.c:1975): Dumping FAILED.
`;

test("errorLines", () => {
  expect(errorLines(LOG)).toEqual([
    "rlimit: Can't setup RLIMIT_NOFILE for self: Operation not permitted",
    "Can't lookup mount=27 for fd=1 path=/srv/o",
    "Dump files (pid: 7903) failed with -1",
    "Dumping FAILED.",
  ]);
  expect(errorLines("Error (criu/vdso.c:381): vdso: Unexpected rt vDSO area bounds")).toHaveLength(1);
  expect(errorLines("Warn  (criu/kerndat.c:1): no Error here")).toEqual([]);
});

describe("requireVersion", () => {
  test.each([
    [31_701, 31_701],
    [40_000, 31_701],
  ])("%d does for %d", (version, minimum) => {
    expect(() => requireVersion(version, minimum, "this")).not.toThrow();
  });

  test.each([
    [31_699, 31_700, "this needs criu 3.17, and 3.16.99 is installed"],
    [20_900, 31_701, "this needs criu 3.17.1, and 2.9 is installed"],
  ])("%d does not for %d", (version, minimum, message) => {
    expect(() => requireVersion(version, minimum, "this")).toThrow(message);
  });
});

describe("criuFailure", () => {
  const withLog = (log: string | undefined, use: (path: string) => void): void => {
    const folder = mkdtempSync(join(tmpdir(), "criu-failure-"));
    const path = join(folder, "dump.log");
    if (log !== undefined) writeFileSync(path, log);
    use(path);
    rmSync(folder, { recursive: true });
  };

  test("tells the last errors of the log, but not that it failed", () => {
    withLog(LOG, (path) => {
      const failure = criuFailure("checkpoint it", { response: { success: false, errno: 2 }, output: "" }, path);
      expect(failure.message).toBe(
        `criu failed to checkpoint it: Can't lookup mount=27 for fd=1 path=/srv/o; Dump files (pid: 7903) failed with -1 (log file: ${path})`,
      );
      expect(failure.code).toBe("criu.failed");
      expect(failure.errno).toBe(2);
    });
  });

  test.each([
    [{ response: { message: "said so" }, output: "" }, "said so"],
    [{ response: { errno: 22 }, output: "" }, "EINVAL: invalid argument"],
    [{ response: undefined, output: "Error (criu/a.c:1): no kernel\n" }, "no kernel"],
    [{ response: undefined, output: "" }, "it ended without telling why"],
  ])("without a log %#", (served, reason) => {
    withLog(undefined, (path) => {
      expect(criuFailure("restore it", served, path).message).toBe(`criu failed to restore it: ${reason}`);
    });
  });
});
