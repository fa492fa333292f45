/** The executor as the installed `tsrun`: it starts the engine beside it. */

import { afterAll, describe, expect, test } from "bun:test";
import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { closeSync, copyFileSync, mkdirSync, mkdtempSync, openSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const launcher = resolve(import.meta.dirname, "../../build/executor/native");
const folder = mkdtempSync(join(tmpdir(), "tsrun-launcher-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Install the launcher with this tool in the engine's place. */
function install(name: string, tool: string | undefined): string {
  const prefix = join(folder, name);
  for (const path of ["bin", "lib/tsrun"]) mkdirSync(join(prefix, path), { recursive: true });
  copyFileSync(launcher, join(prefix, "bin/tsrun"));
  const path = tool === undefined ? undefined : Bun.which(tool);
  if (path === null) throw new Error(`there is no ${tool}`);
  if (path !== undefined) copyFileSync(path, join(prefix, "lib/tsrun/engine"));
  return join(prefix, "bin/tsrun");
}

interface Options {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly descriptors?: readonly number[];
}

function launch(command: string, options: Options = {}): SpawnSyncReturns<string> {
  const { args = [], env = {}, name, descriptors = [] } = options;
  return spawnSync(command, [...args], {
    env: { ...env },
    ...(name !== undefined && { argv0: name }),
    stdio: ["ignore", "pipe", "pipe", ...descriptors],
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
}

const told = "TSRUN_INHERITED_DESCRIPTORS=";
const added = /^(|TSRUN_INHERITED_DESCRIPTORS=.*|BUN_JSC_useWarmUpMarkedBlocks=0)$/;
const environment = ({ stdout }: SpawnSyncReturns<string>): string[] =>
  stdout.split("\n").filter((line) => !added.test(line));

describe("the engine", () => {
  const withEnv = install("env", "env");
  const withCat = install("cat", "cat");

  test("gets the arguments as they are, the name included", () => {
    const { stdout } = launch(withCat, { name: "a name", args: ["/proc/self/cmdline", "/dev/null"] });
    expect(stdout).toBe("a name\0/proc/self/cmdline\0/dev/null\0");
  });

  test("gets ordinary variables, in their order", () => {
    const env = {
      PATH: "/bin",
      HOME: "/root",
      XDG_RUNTIME_DIR: "/run/user/0",
      NOTIFY_SOCKET: "/run/notify",
      LISTEN_FDS: "2",
      DBUS_SESSION_BUS_ADDRESS: "unix:path=/run/bus",
      TERM: "xterm",
      DEBUG: "tsrun*",
      EMPTY: "",
      BUNDLE: "not BUN_",
      NODE: "not NODE_",
      GLIB: "not GLIBC",
      XBUN_OPTIONS: "in the middle of a name",
    };
    expect(environment(launch(withEnv, { env }))).toEqual(
      Object.entries(env).map(([name, value]) => `${name}=${value}`),
    );
  });

  const steering = [
    "BUN_BE_BUN",
    "BUN_OPTIONS",
    "BUN_INSPECT",
    "BUN_JSC_useJIT",
    "NODE_OPTIONS",
    "NODE_CHANNEL_FD",
    "NODE_EXTRA_CA_CERTS",
    "JSC_dumpOptions",
    "WTF_numberOfProcessorCores",
    "WebKitMallocForceEnabled",
    "MIMALLOC_VERBOSE",
    "mimalloc_verbose",
    "MallocScribble",
    "MALLOC_CHECK_",
    "MALLOC_ARENA_MAX",
    "ICU_DATA",
    "SIMDUTF_FORCE_IMPLEMENTATION",
    "UV_THREADPOOL_SIZE",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "GLIBC_TUNABLES",
    "GLIBCXX_TUNABLES",
  ];
  for (const name of steering) {
    test(`does not get ${name}`, () => {
      // Nothing but the launcher may see it here: the test's own tools would be steered as well.
      const env = { BEFORE: "1", [name]: "0", AFTER: "1" };
      expect(environment(launch(withEnv, { env }))).toEqual(["BEFORE=1", "AFTER=1"]);
    });
  }

  test("gets a large environment whole", () => {
    const env = Object.fromEntries(Array.from({ length: 15_000 }, (_, i) => [`VARIABLE_${i}`, "x".repeat(40)]));
    expect(environment(launch(withEnv, { env })).length).toBe(15_000);
  });

  test("is told how many descriptors the caller passes on, and gets them", () => {
    const descriptors = ["/dev/null", "/dev/zero"].map((path) => openSync(path, "r"));
    try {
      expect(launch(withEnv, { env: { [told.slice(0, -1)]: "7" }, descriptors }).stdout).toStartWith(`${told}2\n`);
      const { stdout } = launch(install("readlink", "readlink"), { args: ["/proc/self/fd/4"], descriptors });
      expect(stdout).toBe("/dev/zero\n");
    } finally {
      for (const fd of descriptors) closeSync(fd);
    }
    expect(launch(withEnv).stdout).toStartWith(`${told}0\n`);
  });

  test("is found after both are moved, and through a link", () => {
    install("here", "echo");
    renameSync(join(folder, "here"), join(folder, "there"));
    const link = join(folder, "link");
    symlinkSync("there/bin/tsrun", link);
    for (const command of [join(folder, "there/bin/tsrun"), link]) {
      expect(launch(command, { args: ["found"] }).stdout).toBe("found\n");
    }
  });

  test("is missed in one sentence", () => {
    const { status, stdout, stderr } = launch(install("alone", undefined), { args: ["--version"] });
    const engine = join(folder, "alone/lib/tsrun/engine");
    expect([status, stdout, stderr]).toEqual([
      1,
      "",
      `tsrun: cannot start the engine ${engine}: is tsrun installed whole?\n`,
    ]);
  });

  test("is started for anything that is not exactly a player's command line", () => {
    const command = install("player", "echo");
    for (const args of [[], ["3"], ["3", "4", "5"]]) {
      expect(launch(command, { name: "tsrun-init", args }).stdout).toBe(`${args.join(" ")}\n`);
    }
    expect(launch(command, { name: "tsrun-init2", args: ["3", "4"] }).stdout).toBe("3 4\n");
  });
});
