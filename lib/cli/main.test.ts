/** Whole command lines that need no privileges, in a process of their own. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultConfig } from "./default_config.ts";

const entry = join(import.meta.dir, "../../bin/tsrun.ts");
let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "tsrun-main-"));
  mkdirSync(join(folder, "root"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Result {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function tsrun(line: string): Result {
  const words = line === "" ? [] : line.split(" ");
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, ...words], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
}

describe("mistakes are told on standard error with what to do about them, and status 1", () => {
  const lines: readonly (readonly [line: string, stderr: string])[] = [
    ["kil web", 'tsrun: there is no command "kil"\ntsrun: hint: did you mean "kill"?\n'],
    ["destroy web", 'tsrun: there is no command "destroy"\ntsrun: hint: "tsrun --help" lists the commands\n'],
    ["help destroy", 'tsrun: there is no command "destroy"\ntsrun: hint: "tsrun --help" lists the commands\n'],
    ["--verbose list", 'tsrun: unknown option --verbose\ntsrun: hint: "tsrun --help" shows what can be given\n'],
    ["state", 'tsrun: state: CONTAINER-ID is missing\ntsrun: hint: "tsrun state --help" shows what can be given\n'],
    [
      "list --debug",
      "tsrun: list: unknown option --debug\ntsrun: hint: --debug stands before the command: tsrun --debug list\n",
    ],
    ["--root root state web", "tsrun: state: container does not exist\n"],
    ["--root / list", "tsrun: list: --root: the root directory cannot hold the state of containers\n"],
  ];
  for (const [line, stderr] of lines) {
    test(line, () => expect(tsrun(line)).toEqual({ status: 1, stdout: "", stderr }));
  }

  test("--cgroup-manager names one of those there are", () => {
    const { status, stderr } = tsrun("--cgroup-manager=cgroup --root root list");
    expect(status).toBe(1);
    expect(stderr).toStartWith(
      'tsrun: option --cgroup-manager is to be one of cgroupfs, systemd, disabled, not "cgroup"',
    );
  });
});

describe("help", () => {
  const whole = tsrun("--help");
  test("on tsrun", () => {
    expect(whole).toMatchObject({ status: 0, stderr: "" });
    for (const line of ["", "help", "-h", "-help"]) expect(tsrun(line)).toEqual(whole);
  });

  test("on a command, wherever it is asked for", () => {
    const kill = tsrun("help kill");
    expect(kill.stdout).toStartWith("tsrun kill [options] <CONTAINER-ID> [SIGNAL]\n");
    for (const line of ["kill --help", "kill web -h", "--root root kill -help web 9", "--help kill"]) {
      expect(tsrun(line)).toEqual(kill);
    }
  });
});

test("--version begins as engines expect it of runc", () => {
  const { status, stdout } = tsrun("--version");
  expect(status).toBe(0);
  expect(stdout).toMatch(/^runc version \d+\.\d+\.\d+ \(tsrun\)\nspec: 1\.\d+\.\d+\n/);
});

describe("the log", () => {
  test("in JSON, without a file, is standard error", () => {
    const { status, stdout, stderr } = tsrun("--log-format json --root root state web");
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(JSON.parse(stderr)).toMatchObject({
      level: "error",
      msg: "state: container does not exist",
      code: "container.not_found",
    });
  });

  test("gets mistakes in a command's options too", () => {
    const { stderr } = tsrun("--log mistakes --log-format json --root root state");
    expect(stderr).toContain("CONTAINER-ID is missing");
    expect(JSON.parse(readFileSync(join(folder, "mistakes"), "utf8"))).toMatchObject({ level: "error", code: "usage" });
  });

  test("is opened before anything is done", () => {
    const { status, stderr } = tsrun("--log no/log --root root spec --file not-written");
    expect(status).toBe(1);
    expect(stderr).toStartWith("tsrun: --log no/log: ENOENT: no such file or directory");
    expect(existsSync(join(folder, "not-written"))).toBeFalse();
  });

  test("gets a config's warnings if they are wanted", () => {
    const config = defaultConfig(true);
    const mounts = [{ destination: "relative", type: "tmpfs", source: "tmpfs" }];
    const process = {
      ...config.process,
      capabilities: { bounding: ["CAP_KILL", "CAP_NOPE"], effective: ["CAP_NOPE"] },
    };
    writeFileSync(join(folder, "config.json"), JSON.stringify({ ...config, mounts, process }));
    // The root file system is missing: nothing comes of it.
    for (const [level, count] of [
      ["error", 0],
      ["warning", 1],
    ] as const) {
      const { status } = tsrun(`--log ${level} --log-level ${level} --root root create web`);
      expect(status).toBe(1);
      const entries = readFileSync(join(folder, level), "utf8");
      expect(entries.match(/ level=warning msg="config\.json:1:\d+: \/mounts\/0\/destination: /g) ?? []).toHaveLength(
        count,
      );
      expect(entries.match(/ level=warning msg="\/process\/capabilities: .*ignored: CAP_NOPE"/g) ?? []).toHaveLength(
        count,
      );
      expect(entries.match(/ level=error /g)).toHaveLength(1);
    }
  });
});

describe("spec", () => {
  test("writes where it is told to, and never overwrites", () => {
    expect(tsrun("spec --bundle root --file mine.json --rootless")).toEqual({ status: 0, stdout: "", stderr: "" });
    const written = readFileSync(join(folder, "root/mine.json"), "utf8");
    expect((JSON.parse(written) as { ociVersion: string }).ociVersion).toMatch(/^1\./);
    const again = tsrun("spec -b root -f mine.json");
    expect(again).toEqual({ status: 1, stdout: "", stderr: "tsrun: spec: file mine.json exists. Remove it first\n" });
    expect(readFileSync(join(folder, "root/mine.json"), "utf8")).toBe(written);
  });
});
