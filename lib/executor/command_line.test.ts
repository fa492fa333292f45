/**
 * What the launcher plays by itself: it must understand a command line as the engine does, or leave it to the engine.
 * Programs that say what they were called with take the place of those of real containers.
 */

import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { loadCommand, parseCall, parseGlobals } from "../cli/command_line.ts";
import { chooseRoot } from "../cli/root.ts";
import { parseSignal } from "../cli/signal.ts";
import { buildLifeCycle } from "../compile/life_cycle/frame.ts";
import { checkId, PROGRAM_FILES } from "../container/state.ts";
import { Failure } from "../failure.ts";
import { ARCHITECTURE } from "../libc/system_call.ts";
import { encodeProgram } from "../program/encode.ts";
import { BUILD_ID } from "./build_id.ts";

const folder = mkdtempSync(join(tmpdir(), "tsrun-command-line-"));
afterAll(() => rmSync(folder, { recursive: true }));
const launcher = join(folder, "bin/tsrun");
mkdirSync(join(folder, "bin"));
copyFileSync(resolve(import.meta.dirname, "../../build/executor/native"), launcher);

const at = (...names: string[]): string => join(folder, ...names);
const [root, runtimeDirectory] = [at("root"), at("runtime")];
const userRoot = join(runtimeDirectory, "tsrun");
/** What an exit status stands for: of `kill`, the signal; of other programs, where they lie. */
const meanings = new Map<number, string>();
const FIRST_MEANING = 100;
/** Ids of containers, in both roots. */
const ids = ["one", "-", "..x", "_+.-", "-v", "--root", "x".repeat(200)];
for (const under of [root, userRoot]) for (const id of ids) makeContainer(under, id);
mkdirSync(at("elsewhere/below"), { recursive: true });
symlinkSync("elsewhere/below", at("link"));

/** A container whose programs tell by their status where they lie, or which signal `kill` was to send. */
function makeContainer(under: string, id: string): void {
  mkdirSync(join(under, id), { recursive: true, mode: 0o700 });
  chmodSync(under, 0o700);
  for (const [command, file] of Object.entries(PROGRAM_FILES)) {
    const status = FIRST_MEANING + meanings.size;
    meanings.set(status, `${under} ${command} ${id}`);
    const program = buildLifeCycle(command, ARCHITECTURE, (p, { signal }) => {
      p.exit(command === "kill" ? signal : status);
    });
    writeFileSync(join(under, id, file), encodeProgram(program, { buildId: BUILD_ID }), { mode: 0o600 });
  }
}

type Environment = Readonly<Record<string, string>>;

/** What is played; undefined if it is left to the engine. */
function played(words: readonly string[], env: Environment = {}): string | undefined {
  const { status, stdout, stderr } = spawnSync(launcher, [...words], { env: { ...env }, cwd: folder });
  if (stderr.toString().includes("cannot start the engine")) return undefined;
  expect([stdout.toString(), stderr.toString()]).toEqual(["", ""]);
  return meanings.get(status ?? 0) ?? `kill ${status}`;
}

/** The same from the parser of the engine; undefined for what it refuses, or what is no life cycle command. */
async function understood(words: readonly string[], env: Environment = {}): Promise<string | undefined> {
  const before = { cwd: process.cwd(), directory: process.env.XDG_RUNTIME_DIR, user: process.env.USER };
  const set = (name: string, value: string | undefined): void => {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  };
  try {
    process.chdir(folder);
    set("XDG_RUNTIME_DIR", env.XDG_RUNTIME_DIR);
    set("USER", env.USER);
    const globals = parseGlobals(words);
    const [name = "", ...rest] = globals.args;
    if (!Object.hasOwn(PROGRAM_FILES, name) || globals.values.version || globals.values.help) return undefined;
    const call = parseCall(name, await loadCommand(name), rest);
    if (call === "help") return undefined;
    const [id = "", signal = "TERM"] = call.args;
    checkId(id);
    const chosen = chooseRoot(globals.values.root, globals.values.rootless);
    if (!existsSync(join(chosen, id))) return undefined;
    return name === "kill" ? `kill ${parseSignal(signal)}` : `${chosen} ${name} ${id}`;
  } catch (failure) {
    if (failure instanceof Failure) return undefined;
    throw failure;
  } finally {
    process.chdir(before.cwd);
    set("XDG_RUNTIME_DIR", before.directory);
    set("USER", before.user);
  }
}

const state = ["state", "one"];
const asState = `${root} state one`;
const asDelete = `${root} delete one`;

describe("is played", () => {
  test.each<[string[], string]>([
    [["--root", root, ...state], asState],
    [[`--root=${root}`, ...state], asState],
    [["-root", root, ...state], asState],
    [[`-root=${root}`, ...state], asState],
    [["--root", "root", ...state], asState],
    [["--root", "./root/", ...state], asState],
    [["--root", "/nowhere", "--root", root, ...state], asState],
    [["--log", "log", "--log-format", "json", "--root", root, ...state], asState],
    [["--log-format=text", "--root", root, "-log=log", ...state], asState],
    [["--systemd-cgroup", "--root", root, ...state], asState],
    [["--root", root, "-systemd-cgroup=true", ...state], asState],
    [["--systemd-cgroup=false", "--root", root, ...state], asState],
    [["--cgroup-manager", "disabled", "--root", root, ...state], asState],
    [["--cgroup-manager=systemd", "--root", root, ...state], asState],
    [["--debug=false", "--log-level", "warning", "--root", root, ...state], asState],
    [["--rootless", "auto", "--root", root, ...state], asState],
    [["-rootless=true", "--root", root, ...state], asState],
    [["--root", root, "--", ...state], asState],
    [["--root", root, "state", "--", "one"], asState],
    [["--root", root, "state", "--", "-v"], `${root} state -v`],
    [["--root", root, "state", "--", "--root"], `${root} state --root`],
    [["--root", root, "state", "-"], `${root} state -`],
    [["--root", root, "start", "x".repeat(200)], `${root} start ${"x".repeat(200)}`],
    [["--root", root, "delete", "one"], asDelete],
    [["--root", root, "delete", "--force", "one"], asDelete],
    [["--root", root, "delete", "one", "-f"], asDelete],
    [["--root", root, "delete", "-force=true", "one"], asDelete],
    [["--root", root, "delete", "--force=0", "--f", "one"], asDelete],
    [["--root", root, "kill", "one"], "kill 15"],
    [["--root", root, "kill", "one", "0"], "kill 0"],
    [["--root", root, "kill", "--", "one", "9"], "kill 9"],
    [["--root", root, "kill", "--all=false", "one", "9"], "kill 9"],
    [["--root", root, "kill", "one", "-a=f", "KILL"], "kill 9"],
  ])("%j", async (words, expected) => {
    expect(played(words)).toBe(expected);
    expect(await understood(words)).toBe(expected);
  });
});

describe("is left to the engine", () => {
  test.each<string[][]>([
    [["--debug", "--root", root, ...state]],
    [["--log-level", "debug", "--root", root, ...state]],
    [["--log-level=loud", "--root", root, ...state]],
    [["--log-format", "xml", "--root", root, ...state]],
    [["--log", "no/such/folder", "--root", root, ...state]],
    [["--log", "", "--root", root, ...state]],
    [["--rootless=maybe", "--root", root, ...state]],
    [["--systemd-cgroup=maybe", "--root", root, ...state]],
    [["--cgroup-manager=maybe", "--root", root, ...state]],
    [["--root", root]],
    [["--root", root, "--"]],
    [["--root"]],
    [["--root", "", ...state]],
    [["--root", "link/../root", ...state]],
    [["--root", `${root}/..`, ...state]],
    [["--root", root, "--help", ...state]],
    [["--root", root, "-v", ...state]],
    [["--root", root, "state"]],
    [["--root", root, "state", "one", "one"]],
    [["--root", root, "state", "--root", root, "one"]],
    [["--root", root, "state", "--help", "one"]],
    [["--root", root, "state", ".."]],
    [["--root", root, "state", "../root/one"]],
    [["--root", root, "state", "none"]],
    [["--root", root, "start", "--force", "one"]],
    [["--root", root, "delete", "--force=maybe", "one"]],
    [["--root", root, "kill", "--all", "one", "9"]],
    [["--root", root, "kill", "one", "9", "9"]],
    [["--root", root, "kill", "one", ""]],
    [["--root", root, "kill", "one", "65"]],
    [["--root", root, "list"]],
    [["--root", root, "stat", "one"]],
  ])("%j", (words) => {
    expect(played(words)).toBeUndefined();
  });

  test("the start of a service that tells when it is ready", () => {
    expect(played(["--root", root, "start", "one"], { NOTIFY_SOCKET: "/run/notify" })).toBeUndefined();
    expect(played(["--root", root, ...state], { NOTIFY_SOCKET: "/run/notify" })).toBe(asState);
  });

  test("everything, with TSRUN_FAST=0", () => {
    expect(played(["--root", root, ...state], { TSRUN_FAST: "0" })).toBeUndefined();
    expect(played(["--root", root, ...state], { TSRUN_FAST: "1" })).toBe(asState);
  });
});

describe("the state root without --root", () => {
  const env = { XDG_RUNTIME_DIR: runtimeDirectory };
  test.each<[Environment, string[]]>([
    [env, []],
    [env, ["--rootless", "true"]],
    [env, ["--rootless", "false"]],
    [env, ["--rootless=auto"]],
    [{ ...env, USER: "root" }, []],
    [{ XDG_RUNTIME_DIR: "runtime" }, ["--rootless=true"]],
    [{ XDG_RUNTIME_DIR: "" }, ["--rootless=true"]],
    [{}, ["--rootless=true"]],
  ])("%j %j", async (variables, words) => {
    const call = [...words, ...state];
    expect(played(call, variables)).toBe(await understood(call, variables));
  });

  test("is the user's own for others than root", () => {
    expect(played(["--rootless=true", ...state], env)).toBe(`${userRoot} state one`);
  });
});

test("a signal in any spelling", () => {
  const names =
    "HUP INT QUIT ABRT KILL USR1 STKFLT CHLD SYS IOT CLD POLL RTMIN RTMAX RTMIN+1 RTMIN+30 RTMAX-30 RTMAX-1";
  const wrong = "SIG FOO SIGSIGKILL -9 9x 1.5 +9 RTMIN-1 RTMAX+1 RTMIN+31 RTMAX-31 RTMIN+ RTMIN3 RT KIL KILLS";
  const numbers = [0, 1, 9, 15, 34, 64, 65, 655, "09", "0000000000000000000009", "18446744073709551625"].map(String);
  const spellings = [...names.split(" "), ...wrong.split(" ")].flatMap((name) => [
    name,
    `SIG${name}`,
    name.toLowerCase(),
    `sig${name}`,
    `Sig${name.toLowerCase()}`,
  ]);
  const number = (text: string): number | undefined => {
    try {
      return parseSignal(text);
    } catch {
      return undefined;
    }
  };
  for (const text of [...spellings, ...numbers, "", " 9", "9 ", "KILL "]) {
    const expected = number(text);
    const result = played(["--root", root, "kill", "--", "one", text]);
    expect({ text, result }).toEqual({
      text,
      result: expected === undefined ? undefined : `kill ${expected}`,
    });
  }
});

test("what is played of a random command line is what the engine understands", async () => {
  const ROUNDS = Number(process.env.TSRUN_FUZZ_ROUNDS ?? 1500);
  const env = { XDG_RUNTIME_DIR: runtimeDirectory };
  let seed = Number(process.env.TSRUN_FUZZ_SEED ?? 20261128);
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  const pick = <T>(list: readonly T[]): T => list[random(list.length)]!;
  const globals = [["--root", root], ["-root", "root"], [`--root=${root}`], ["--log=log"], ["-log-format", "json"]];
  globals.push(
    ["--systemd-cgroup"],
    ["--debug=false"],
    ["--rootless", "true"],
    ["-rootless=auto"],
    ["--log-level=error"],
  );
  globals.push(["--"], ["--root"], ["--log-format", "none"], ["--debug"], ["--rootless", "false"], ["text"]);
  const rest = [
    ...ids,
    "--force",
    "-f",
    "-force=false",
    "--all=0",
    "-a",
    "9",
    "kill",
    "sigterm",
    "rtmin+2",
    "--",
    "--log",
  ];
  const words = <T>(pool: readonly T[], most: number): T[] => Array.from({ length: random(most) }, () => pick(pool));
  let count = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const call = [...words(globals, 4).flat(), pick(Object.keys(PROGRAM_FILES)), "one", ...words(rest, 3)];
    const result = played(call, env);
    if (result === undefined) continue;
    count++;
    expect<unknown>({ call, result }).toEqual({ call, result: await understood(call, env) });
  }
  expect(count).toBeGreaterThan(ROUNDS / 50);
}, 600_000);
