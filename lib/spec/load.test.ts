import { afterAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../failure.ts";
import { loadConfig, parseMounts, parseProcess, parseResources, validateText } from "./load.ts";
import { formatProblems, describe as inWords } from "./problem.ts";
import { configWarnings } from "./warnings.ts";

const bundle = mkdtempSync(join(tmpdir(), "tsrun-load-"));
afterAll(() => rmSync(bundle, { recursive: true }));

/** Load a bundle with this config.json, and give the failure's message. */
function messageFor(content: string | Buffer): string {
  writeFileSync(join(bundle, "config.json"), content);
  return failureOf(() => loadConfig(bundle)).message;
}

function failureOf(act: () => unknown): Failure {
  try {
    act();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error("no failure");
}

const lines = (...text: string[]): string => text.join("\n");

const minimal = '{"ociVersion": "1.0.0", "root": {"path": "rootfs"}';

describe("loadConfig", () => {
  test("gives the config", () => {
    writeFileSync(join(bundle, "config.json"), `${minimal}, "future": 1}`);
    expect(loadConfig(bundle)).toEqual({ ociVersion: "1.0.0", root: { path: "rootfs" }, future: 1 } as never);
  });

  test("gives 64-bit integers exactly", () => {
    const rlimits = '"rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 18446744073709551615}]';
    writeFileSync(join(bundle, "config.json"), `${minimal}, "process": {"cwd": "/", "args": ["x"], ${rlimits}}}`);
    expect(loadConfig(bundle).process?.rlimits).toEqual([
      { type: "RLIMIT_CORE", soft: 1, hard: 18446744073709551615n },
    ]);
  });

  test("another file", () => {
    writeFileSync(join(bundle, "other.json"), `${minimal}}`);
    expect(loadConfig(bundle, "other.json").ociVersion).toBe("1.0.0");
    expect(loadConfig("/", join(bundle, "other.json")).ociVersion).toBe("1.0.0");
  });

  test("one problem is one sentence", () => {
    const message = messageFor(lines(minimal, ', "process": {', '  "cwd": "tmp",', '  "args": ["sh"]}}'));
    expect(message).toBe('config.json:3:10: /process/cwd: expected an absolute path, found "tmp"');
  });

  test("the failure has the code, and the pointer of the only problem", () => {
    writeFileSync(join(bundle, "config.json"), `${minimal}, "mounts": 5}`);
    const failure = failureOf(() => loadConfig(bundle));
    expect(failure.code).toBe("config.invalid");
    expect(failure.pointer).toBe("/mounts");
  });

  test("several problems, of schema and checks, are a sentence and a list in the order of the file", () => {
    const message = messageFor(
      lines(
        "{",
        '  "ociVersion": "2.0.0",',
        '  "process": {"args": "sh", "cwd": "/", "env": ["A"], "rlimits": [{"type": "RLIMIT_CPU", "soft": -1}]},',
        '  "hostname": "x",',
        '  "linux": {"namespaces": [{"type": "pid"}, {"type": "pidd"}], "sysctl": {"vm.x": "1"}, "cgroupsPath": null}',
        "}",
      ),
    );
    expect(message).toBe(
      lines(
        "config.json has 8 problems:",
        "config.json:1:1: /root: root is required on Linux",
        'config.json:2:17: /ociVersion: expected a version 1.x.y of the specification, found "2.0.0"',
        'config.json:3:23: /process/args: expected a list, found "sh"',
        'config.json:3:49: /process/env/0: expected NAME=value, found "A"',
        "config.json:3:67: /process/rlimits/0/hard: the required field hard is missing",
        "config.json:3:98: /process/rlimits/0/soft: expected at least 0, found -1",
        "config.json:5:54: /linux/namespaces/1/type: expected one of pid, network, mount, ipc, uts, user, cgroup, time, found " +
          '"pidd"',
        "config.json:5:104: /linux/cgroupsPath: expected a string, found null",
      ),
    );
  });

  const broken: [name: string, content: string | Buffer, message: string][] = [
    ["empty", "", "config.json:1:1: not valid JSON: expected a value, found the end of the file"],
    [
      "a trailing comma",
      `${minimal},\n}`,
      "config.json:2:1: not valid JSON: expected another key after the comma, found `}`",
    ],
    ["no object", "[]", "config.json:1:1: expected an object, found an empty list"],
    ["null", "null", "config.json:1:1: expected an object, found null"],
    ["a string", '"x"', 'config.json:1:1: expected an object, found "x"'],
    [
      "not UTF-8",
      Buffer.from('{"a":\n "\xe4"}', "latin1"),
      "config.json is not UTF-8 text: the first wrong byte is in line 2, column 3",
    ],
    [
      "a number beyond its bounds",
      `${minimal}, "process": {"args": ["x"], "cwd": "/", "user": {"uid": 4294967296}}}`,
      "/process/user/uid: expected at most 4294967295, found 4294967296",
    ],
    [
      "a number beyond 64 bits",
      `${minimal}, "linux": {"resources": {"memory": {"limit": 1e19}}}}`,
      "/linux/resources/memory/limit: expected at most 9223372036854775807, found 10000000000000000000",
    ],
    [
      "no whole number",
      `${minimal}, "linux": {"resources": {"pids": {"limit": 1.5}}}}`,
      "/linux/resources/pids/limit: expected a whole number, found 1.5",
    ],
    [
      "an odd page size",
      `${minimal}, "linux": {"resources": {"hugepageLimits": [{"pageSize": "2M", "limit": 0}]}}}`,
      '/linux/resources/hugepageLimits/0/pageSize: expected a page size such as 2MB or 1GB, found "2M"',
    ],
    [
      "an empty list",
      `${minimal}, "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": [], "action": "SCMP_ACT_LOG"}]}}}`,
      "/linux/seccomp/syscalls/0/names: expected at least one entry, found an empty list",
    ],
    [
      "a NUL character",
      `${minimal}, "process": {"args": ["x\\u0000y"], "cwd": "/"}}`,
      "/process/args/0: a string must not hold a NUL character",
    ],
  ];
  for (const [name, content, message] of broken) {
    test(name, () => {
      expect(messageFor(content)).toEndWith(message);
    });
  }

  test("U+FFFD itself is text", () => {
    writeFileSync(join(bundle, "config.json"), `${minimal}, "annotations": {"a": "\uFFFD"}}`);
    expect(loadConfig(bundle).annotations).toEqual({ a: "\uFFFD" });
  });

  test("missing file, as runc says it", () => {
    const failure = failureOf(() => loadConfig(join(bundle, "missing")));
    expect(failure.message).toBe("JSON specification file config.json not found");
    expect(failure.errno).toBe(2);
    expect(failure.code).toBe("config.invalid");
  });

  test("a directory", () => {
    mkdirSync(join(bundle, "directory/config.json"), { recursive: true });
    expect(failureOf(() => loadConfig(join(bundle, "directory"))).message).toBe("config.json is not a file");
  });

  test("too large a file", () => {
    writeFileSync(join(bundle, "large.json"), "");
    truncateSync(join(bundle, "large.json"), 64 * 1024 * 1024 + 1);
    expect(failureOf(() => loadConfig(bundle, "large.json")).message).toBe(
      "large.json has 67108865 bytes, more than the 67108864 allowed",
    );
  });
});

describe("parts of a config", () => {
  test("a process of exec", () => {
    expect(parseProcess('{"cwd": "/", "args": ["sh"]}', "process.json")).toEqual({ cwd: "/", args: ["sh"] });
  });
  test("its problems have their places in its own text", () => {
    const failure = failureOf(() => parseProcess('{"cwd": "tmp",\n "args": [1], "env": ["A"]}', "process.json"));
    expect(failure.message).toBe(
      lines(
        "process.json has 3 problems:",
        'process.json:1:9: /cwd: expected an absolute path, found "tmp"',
        "process.json:2:11: /args/0: expected a string, found 1",
        'process.json:2:23: /env/0: expected NAME=value, found "A"',
      ),
    );
  });
  test("resources of update, which may leave out what they keep", () => {
    expect(parseResources('{"memory": {"swap": 5000}}', "-")).toEqual({ memory: { swap: 5000 } });
    expect(failureOf(() => parseResources('{"unified": {"a/b": "1"}}', "-")).message).toBe(
      '-:1:21: /unified/a~1b: expected a file of a cgroup, CONTROLLER.NAME without slashes, found "a/b"',
    );
  });
});

describe("mounts", () => {
  const mount = { destination: "/a", type: "tmpfs" };
  for (const [form, document] of [
    ["as a list", [mount]],
    ["in an object", { mounts: [mount] }],
  ] as const)
    test(form, () => {
      expect(parseMounts(`\n${JSON.stringify(document)}\n`, "m.json")).toEqual([mount]);
    });
  for (const [text, message] of [
    ['[{"destination": 5}]', "m.json:1:18: /mounts/0/destination: expected a string, found 5"],
    ['[\n {"type": "tmpfs"}]', "m.json:2:2: /mounts/0/destination: the required field destination is missing"],
    ['{"mounts":\n [{"destination": 5}]}', "m.json:2:19: /mounts/0/destination: expected a string, found 5"],
    ['{"mounts": "x"}', 'm.json:1:12: /mounts: expected a list, found "x"'],
    ['"x"', 'm.json:1:1: /mounts: expected a list, found "x"'],
    ["{}", "m.json:1:1: /mounts: the required field mounts is missing"],
    ["[{]", "m.json:1:3: not valid JSON: expected a key in double quotes, found `]`"],
  ] as const)
    test(`a problem of ${text} has its place`, () => {
      expect(failureOf(() => parseMounts(text, "m.json")).message).toBe(message);
    });
});

describe("formatProblems", () => {
  const { problems } = validateText(`${minimal},\n "annotations": {"": "x"}, "hostname": 5}`);
  test("text", () => {
    expect(formatProblems(problems, "text", "a/config.json")).toBe(
      lines(
        "a/config.json:2:18: /annotations/: the key of an annotation must not be empty",
        "a/config.json:2:40: /hostname: expected a string, found 5",
      ),
    );
  });
  test("json", () => {
    expect(JSON.parse(formatProblems(problems, "json"))).toEqual([
      { pointer: "/annotations/", line: 2, column: 18, message: "the key of an annotation must not be empty" },
      {
        pointer: "/hostname",
        line: 2,
        column: 40,
        message: "expected a string, found 5",
        expected: "a string",
        found: "5",
      },
    ]);
    expect(formatProblems([], "json")).toBe("[]");
  });
});

test("values in words", () => {
  expect(inWords("x".repeat(100))).toBe(`"${"x".repeat(75)}..."`);
  expect([undefined, null, true, [], [1], {}, 5n].map(inWords)).toEqual([
    "nothing",
    "null",
    "true",
    "an empty list",
    "a list",
    "an object",
    "5",
  ]);
});

test("warnings: keys twice, relative destinations, what has no effect", () => {
  const memory = '"linux": {"resources": {"memory": {"kernel": 1}}}';
  const text = `${minimal},\n "mounts": [{"destination": "mnt"}],\n "ociVersion": "1.1.0",\n ${memory}}`;
  const { config } = validateText(text);
  expect(formatProblems(configWarnings(text, config!), "text")).toBe(
    lines(
      'config.json:2:29: /mounts/0/destination: the relative path "mnt" is taken to start at /',
      "config.json:3:2: /ociVersion: the key is given twice, first in line 1; the last one counts",
      "config.json:4:47: /linux/resources/memory/kernel: it has no effect: Linux has given up limits of kernel memory",
    ),
  );
});

test("a valid config never loads the large validators", () => {
  const source = readFileSync(join(import.meta.dirname, "load.ts"), "utf8");
  expect(source).not.toMatch(/^import .*schema_errors\.generated/m);
});
