/** The start image: commands that begin by it do the same as those whose engine is started, and only where it fits. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import {
  chmodSync,
  closeSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import {
  CPU_WORDS,
  HEADER_WORDS,
  IMAGE_ENGINE_OFFSET,
  IMAGE_PAGES_OFFSET,
  IMAGE_VDSO_OFFSET,
} from "../../lib/start_image/layout.ts";
import { cleanEnvironment, type Result, runCommand, succeeded } from "../harness/command.ts";
import { NO_ENGINE } from "../harness/life_cycle.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { timeFactor } from "../harness/time_limit.ts";

const WORD = 8;
/** Of a process that has not begun to do anything. */
const SIGTERM_STATUS = 128 + constants.signals.SIGTERM;
const fitting = selectedRuntime().kind === "tsrun" && process.arch === "x64";

/** An installation of its own, whose image is taken on this machine. */
const prefix = mkdtempSync(join(tmpdir(), "ct-start-image-"));
const engine = join(prefix, "lib/tsrun/engine");
const image = `${engine}.image`;
const command = join(prefix, "bin/tsrun");

const call = (args: readonly string[], options: Parameters<typeof runCommand>[1] = {}): Promise<Result> =>
  runCommand([command, ...args], options);
const without = { env: { ...cleanEnvironment, TSRUN_IMAGE: "0" } };

/** Once in a thousand times a process has something at the addresses of the image. */
const TRIALS = 3;

/**
 * Do what starts one command while the engine of the installation cannot be started: if it can do without, it has gone on
 * from the image.
 */
async function withoutStarting(work: () => Promise<Result>, path = engine): Promise<Result> {
  chmodSync(path, 0o644);
  try {
    let result = await work();
    for (let i = 1; i < TRIALS && result.stderr.includes(NO_ENGINE); i++) result = await work();
    return result;
  } finally {
    chmodSync(path, 0o755);
  }
}

/** Ask a process to end, if it has not. */
function kill(pid: number): void {
  try {
    process.kill(pid, "SIGTERM");
  } catch {
    // It was quicker.
  }
}

/** Where a member of the header lies, in bytes. */
function offsetOf(name: (typeof HEADER_WORDS)[number][0]): number {
  let words = 0;
  for (const [member, count] of HEADER_WORDS) {
    if (member === name) return words * WORD;
    words += count;
  }
  throw new RangeError(name);
}

/** Change one byte of a file for as long as the work takes. */
async function withChanged<T>(path: string, offset: number, work: () => Promise<T>): Promise<T> {
  const file = openSync(path, "r+");
  const before = readFileSync(path).subarray(offset, offset + 1);
  writeSync(file, Uint8Array.of(before[0]! ^ 1), 0, 1, offset);
  try {
    return await work();
  } finally {
    writeSync(file, before, 0, 1, offset);
    closeSync(file);
  }
}

describe.skipIf(!fitting)("the start image", () => {
  beforeAll(async () => {
    const built = join(selectedRuntime().path, "../..");
    for (const folder of ["bin", "lib/tsrun"]) mkdirSync(join(prefix, folder), { recursive: true });
    copyFileSync(join(built, "bin/tsrun"), command);
    copyFileSync(join(built, "lib/tsrun/engine"), engine);
    succeeded(await call(["start-image"], { timeout: 120_000 }));
  }, 1_300_000);
  afterAll(() => rmSync(prefix, { recursive: true }));

  /** A command succeeds by the image, or does not and still succeeds by starting the engine. */
  const isUsed = async (options?: Parameters<typeof runCommand>[1]): Promise<boolean> => {
    const result = await withoutStarting(() => call(["--version"], options));
    if (result.status !== 0) expect(result.stderr).toContain(NO_ENGINE);
    expect(succeeded(await call(["--version"], options)).stdout).toStartWith("runc version ");
    return result.status === 0;
  };

  test("is used, and nothing but it lies beside the engine", async () => {
    expect(await isUsed()).toBe(true);
    expect(readdirSync(join(prefix, "lib/tsrun")).sort()).toEqual(["engine", "engine.image"]);
  });

  test("is used from another place", async () => {
    const moved = mkdtempSync(join(tmpdir(), "ct-start-image-"));
    try {
      succeeded(await runCommand(["cp", "-r", `${prefix}/.`, moved]));
      const version = (): Promise<Result> => runCommand([join(moved, "bin/tsrun"), "--version"]);
      succeeded(await withoutStarting(version, join(moved, "lib/tsrun/engine")));
    } finally {
      rmSync(moved, { recursive: true });
    }
  });

  test("is not used with TSRUN_IMAGE=0", async () => {
    expect(await isUsed(without)).toBe(false);
  });

  test("is not used when it is not there, or not whole", async () => {
    const whole = readFileSync(image);
    try {
      for (const length of [whole.length - 1, IMAGE_PAGES_OFFSET, IMAGE_VDSO_OFFSET, 100, 0]) {
        truncateSync(image, length);
        expect([length, await isUsed()]).toEqual([length, false]);
      }
      rmSync(image);
      expect(await isUsed()).toBe(false);
    } finally {
      writeFileSync(image, whole);
    }
  });

  test("is not used by another build, with another engine, libc or kernel, on another processor", async () => {
    const offsets = {
      magic: offsetOf("magic"),
      build: offsetOf("build_id"),
      "libc's path": offsetOf("libc_path"),
      "libc's size": offsetOf("libc_size"),
      "when libc was changed": offsetOf("libc_modified"),
      ...Object.fromEntries(
        // The second word is always 0, and compared like the others.
        Array.from({ length: CPU_WORDS }, (_, i) => [`processor ${i}`, offsetOf("cpu") + i * WORD]),
      ),
      "the engine's first page": IMAGE_ENGINE_OFFSET + 0x260,
      "the kernel's functions": IMAGE_VDSO_OFFSET + 0x400,
    };
    for (const [what, offset] of Object.entries(offsets)) {
      const used = await withChanged(image, offset, isUsed);
      expect([what, used]).toEqual([what, false]);
    }
    expect(await isUsed()).toBe(true);
  });

  test("is not used when its descriptors are the caller's, or a standard stream is closed", async () => {
    const shell = (line: string): Promise<Result> => runCommand(["bash", "-c", line, "bash", command]);
    const header = readFileSync(image);
    const descriptors = (["epoll", "eventfd"] as const).map((name) => header.readBigUInt64LE(offsetOf(name)));
    const closed = ["<&-", ">&-", "2>&-"];
    for (const redirection of [...closed, ...descriptors.map((descriptor) => `${descriptor}</dev/null`)]) {
      const line = `"$1" --version ${redirection}`;
      expect([redirection, (await withoutStarting(() => shell(line))).status]).toEqual([redirection, 1]);
      if (redirection !== ">&-") succeeded(await shell(line));
    }
  });

  test("is not used where the working directory is gone", async () => {
    const line = 'cd "$2" && rmdir "$2" && "$1" --version';
    const gone = async (): Promise<Result> => {
      const directory = mkdtempSync(join(tmpdir(), "ct-start-image-"));
      return runCommand(["sh", "-c", line, "sh", command, directory]);
    };
    expect((await withoutStarting(gone)).stderr).toContain(NO_ENGINE);
    expect((await gone()).stderr).toContain("The current working directory was deleted");
  });

  test("what is taken over of the caller is the same", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ct-start-image-"));
    try {
      const env = { ...cleanEnvironment, XDG_RUNTIME_DIR: `${folder}/é run`, EMPTY: "", "=odd": "x", TWICE: "a=b" };
      for (const args of [
        ["list"],
        ["no such command"],
        ["state", "ключ"],
        ["--root", "relative/ü", "list"],
        ["validate", "--bundle", "nowhere"],
      ]) {
        const options = { cwd: folder, env };
        const started = await call(args, { ...options, env: { ...env, TSRUN_IMAGE: "0" } });
        const went = await withoutStarting(() => call(args, options));
        expect(went).toEqual(started);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("writes into the directory that it is called in", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ct-start-image-"));
    try {
      succeeded(await withoutStarting(() => call(["spec"], { cwd: folder })));
      succeeded(await withoutStarting(() => call(["validate"], { cwd: folder })));
      expect(readdirSync(folder)).toEqual(["config.json"]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test("one that is interrupted leaves nothing but the old one", async () => {
    const folder = mkdtempSync(join(tmpdir(), "ct-start-image-"));
    const env = { ...cleanEnvironment, TMPDIR: folder };
    try {
      for (const milliseconds of [100, 200, 300, 400]) {
        const onStart = (pid: number): void => {
          setTimeout(() => kill(pid), milliseconds * timeFactor);
        };
        const { status, stderr } = await call(["start-image"], { env, onStart, timeout: 120_000 });
        if (status === 0) break; // it was done before
        if (status !== SIGTERM_STATUS) expect(stderr).toBe("tsrun: start-image: interrupted\n");
        expect(readdirSync(folder)).toEqual([]);
        expect(readdirSync(join(prefix, "lib/tsrun")).sort()).toEqual(["engine", "engine.image"]);
        const cgroups = await runCommand(["find", "/sys/fs/cgroup", "-name", "tsrun-image-*"]);
        expect(cgroups.stdout).toBe("");
      }
      expect(await isUsed()).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 600_000);

  // Root may write everywhere.
  test.skipIf(process.geteuid?.() === 0)("one that cannot be written leaves the old one as it is", async () => {
    const before = statSync(image);
    const directory = join(prefix, "lib/tsrun");
    chmodSync(directory, 0o555);
    try {
      const { status, stderr } = await call(["start-image"], { timeout: 120_000 });
      expect([status, stderr]).toEqual([1, expect.stringContaining("cannot take the image")]);
    } finally {
      chmodSync(directory, 0o755);
    }
    expect(statSync(image).ino).toBe(before.ino);
  });
});
