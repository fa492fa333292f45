import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import type { Argument, Options } from "./command.ts";
import { checkArguments, parseOptions } from "./parse.ts";

const OPTIONS = {
  bundle: { kind: "string", short: "b", value: "DIR", summary: "" },
  force: { kind: "flag", short: "f", summary: "" },
  tty: { kind: "flag", short: "t", summary: "" },
  env: { kind: "list", short: "e", summary: "" },
  format: { kind: "string", summary: "", choices: ["table", "json"] },
  fds: { kind: "integer", summary: "", smallest: 0 },
  memory: { kind: "size", mayBeEmpty: true, summary: "" },
  interval: { kind: "duration", smallest: 1, summary: "" },
  old: { kind: "integer", summary: "", hidden: true },
} as const satisfies Options;

const DEFAULTS = {
  bundle: undefined,
  force: false,
  tty: false,
  env: [],
  format: undefined,
  fds: undefined,
  memory: undefined,
  interval: undefined,
  old: undefined,
};

const SYNTAX = {
  command: "try",
  stopAtArgument: false,
  global: { root: { kind: "string", summary: "" } },
} as const;

describe("options are read as runc and crun read them", () => {
  const lines: readonly (readonly [line: string, values: object, args?: readonly string[]])[] = [
    ["", {}],
    ["--bundle /b id", { bundle: "/b" }, ["id"]],
    ["--bundle=/b id", { bundle: "/b" }, ["id"]],
    ["-bundle /b id", { bundle: "/b" }, ["id"]],
    ["-bundle=/b id", { bundle: "/b" }, ["id"]],
    ["-b /b id", { bundle: "/b" }, ["id"]],
    ["-b=/b id", { bundle: "/b" }, ["id"]],
    ["--b /b", { bundle: "/b" }],
    ["--bundle= id", { bundle: "" }, ["id"]],
    ["--memory 1k --memory= id", { memory: undefined }, ["id"]],
    ["--bundle --force", { bundle: "--force" }],
    ["--bundle a=b", { bundle: "a=b" }],
    ["--bundle=a=b", { bundle: "a=b" }],
    ["--bundle /a --bundle /b", { bundle: "/b" }],
    ["--force id", { force: true }, ["id"]],
    ["-f id", { force: true }, ["id"]],
    ["id -f", { force: true }, ["id"]],
    ["id KILL --force", { force: true }, ["id", "KILL"]],
    ["id --bundle /b more", { bundle: "/b" }, ["id", "more"]],
    ["--force=false id", {}, ["id"]],
    ["--force=0", {}],
    ["-f=true", { force: true }],
    ["--force=T", { force: true }],
    ["--force --force=FALSE", {}],
    ["-ft id", { force: true, tty: true }, ["id"]],
    ["--env A=1 -e B=2 -e=C=3", { env: ["A=1", "B=2", "C=3"] }],
    ["--format json", { format: "json" }],
    ["--fds 3", { fds: 3 }],
    ["--fds=0", { fds: 0 }],
    ["--fds +7", { fds: 7 }],
    ["--old -5", { old: -5 }],
    ["--memory 512m", { memory: 536870912 }],
    ["--memory -1", { memory: -1 }],
    ["--interval 1m30s", { interval: 90000 }],
    ["-- --force", {}, ["--force"]],
    ["id -- -f", {}, ["id", "-f"]],
    ["- id", {}, ["-", "id"]],
  ];
  for (const [line, values, args = []] of lines) {
    test(JSON.stringify(line), () => {
      const words = line === "" ? [] : line.split(" ");
      expect(parseOptions(words, OPTIONS, SYNTAX)).toEqual({ values: { ...DEFAULTS, ...values }, args: [...args] });
    });
  }

  test("where the first argument ends them, what follows is the argument's", () => {
    const words = ["-t", "id", "ls", "--force", "--", "-b"];
    const { values, args } = parseOptions(words, OPTIONS, { ...SYNTAX, stopAtArgument: true });
    expect(values).toEqual({ ...DEFAULTS, tty: true });
    expect(args).toEqual(["id", "ls", "--force", "--", "-b"]);
  });
});

/** The failure that `call` ends with. */
function failureOf(call: () => void): Failure {
  try {
    call();
  } catch (failure) {
    if (failure instanceof Failure) return failure;
  }
  throw new Error("it did not fail");
}

describe("what cannot be meant is refused", () => {
  const help = '"tsrun try --help" shows what can be given';
  const lines: readonly (readonly [line: string, message: string, hint?: string])[] = [
    ["--bundle", "option --bundle needs a value"],
    ["-b", "option --bundle needs a value"],
    ["--nosuchthing", "unknown option --nosuchthing"],
    ["--nosuchthing=3", "unknown option --nosuchthing=3"],
    ["--bundel /b", "unknown option --bundel", "did you mean --bundle?"],
    ["-forc", "unknown option -forc", "did you mean --force?"],
    ["id -9", "unknown option -9"],
    ["-fx", "unknown option -fx"],
    ["-fb", "unknown option -fb"],
    ["--ft", "unknown option --ft"],
    ["--olt", "unknown option --olt"],
    ["--toString", "unknown option --toString"],
    ["--root /r", "unknown option --root", "--root stands before the command: tsrun --root try"],
    ["--force=maybe", 'option --force is to be true or false, not "maybe"'],
    ["--format yaml", 'option --format is to be one of table, json, not "yaml"'],
    ["--fds many", 'option --fds is to be a whole number, not "many"'],
    ["--fds 1.5", 'option --fds is to be a whole number, not "1.5"'],
    ["--fds=", 'option --fds is to be a whole number, not ""'],
    ["--fds 99999999999999999999", 'option --fds is to be a whole number, not "99999999999999999999"'],
    ["--fds -1", 'option --fds is to be 0 or more, not "-1"'],
    ["--memory lots", 'option --memory is to be a size such as 512m, or -1, not "lots"'],
    ["--interval 0", 'option --interval is to be a duration such as 5s or 300ms, not "0"'],
    ["--interval 5", 'option --interval is to be a duration such as 5s or 300ms, not "5"'],
  ];
  for (const [line, message, hint = help] of lines) {
    test(line, () => {
      const failure = failureOf(() => parseOptions(line.split(" "), OPTIONS, SYNTAX));
      expect({ message: failure.message, hint: failure.hint, code: failure.code }).toEqual({
        message,
        hint,
        code: "usage",
      });
    });
  }
});

describe("arguments", () => {
  const id: Argument = { name: "ID", summary: "" };
  const signal: Argument = { name: "SIGNAL", summary: "", optional: true };
  const shell: Argument = { name: "SHELL", summary: "", choices: ["bash", "fish"] };
  const words: Argument = { name: "WORDS", summary: "", optional: true, rest: true };

  const lines: readonly (readonly [given: readonly string[], expected: readonly Argument[], message?: string])[] = [
    [[], []],
    [["a"], [id]],
    [["a"], [id, signal]],
    [
      ["a", "9"],
      [id, signal],
    ],
    [["a"], [id, words]],
    [
      ["a", "b", "c"],
      [id, words],
    ],
    [[""], [id]],
    [["fish"], [shell]],
    [[], [id], "ID is missing"],
    [["a", "b"], [id], 'one argument too many: "b"'],
    [["a", "9", "x"], [id, signal], 'one argument too many: "x"'],
    [["a"], [], 'one argument too many: "a"'],
    [["tcsh"], [shell], 'SHELL is to be one of bash, fish, not "tcsh"'],
  ];
  for (const [given, expected, message] of lines) {
    const names = expected.map(({ name }) => name).join(" ");
    test(`${JSON.stringify(given)} for ${names}: ${message ?? "enough"}`, () => {
      const check = () => checkArguments(given, expected, "try");
      if (message === undefined) check();
      else expect(failureOf(check)).toMatchObject({ message, code: "usage" });
    });
  }
});
