/**
 * No path of the container is resolved as a plain text: an image is hostile, and may change while it is set up. Programs
 * are data, so this is looked up in what they do, whoever wrote it, and not in how the code looks.
 */

import { describe, expect, test } from "bun:test";
import { ProgramBuilder } from "../program/builder.ts";
import { AT_FDCWD, RESOLVE_BENEATH, RESOLVE_IN_ROOT, RESOLVE_NO_SYMLINKS } from "../program/constants.ts";
import type { Instruction, Operand, Program, Register } from "../program/instruction.ts";
import { testedPrograms } from "./tested_programs.ts";

/** Where calls take a directory and a path in it. */
const PATHS: Readonly<Record<string, readonly (readonly [directory: number, path: number])[]>> = {
  openat: [[0, 1]],
  openat2: [[0, 1]],
  mkdirat: [[0, 1]],
  mknodat: [[0, 1]],
  unlinkat: [[0, 1]],
  symlinkat: [[1, 2]],
  linkat: [
    [0, 1],
    [2, 3],
  ],
  renameat2: [
    [0, 1],
    [2, 3],
  ],
  fchownat: [[0, 1]],
  fchmodat: [[0, 1]],
  faccessat: [[0, 1]],
  readlinkat: [[0, 1]],
  statx: [[0, 1]],
  open_tree: [[0, 1]],
  mount_setattr: [[0, 1]],
  move_mount: [
    [0, 1],
    [2, 3],
  ],
};
/** These take a path where the process stands. */
const FROM_WORKING_DIRECTORY = ["chdir", "mount", "umount2", "chroot", "open", "creat", "mkdir", "symlink", "unlink"];

/** What a process of the container does as its user, in its own root, with its own paths. */
const AS_ITS_USER = ["/process/cwd", "/process/args", "/process/args/0"];

const textOf = (operand: Operand | undefined): string | undefined =>
  typeof operand === "object" && "text" in operand ? operand.text : undefined;

/** The flags of openat2(2) that its `struct open_how` has. */
function resolveFlags(program: Program, instruction: Instruction): number {
  const how = instruction.args[2];
  if (typeof how !== "object" || !("data" in how)) throw new Error("openat2 without a struct open_how");
  const view = new DataView(program.data.buffer, program.data.byteOffset);
  return Number(view.getBigUint64(how.data + 16, true));
}

/** Why a call may resolve a path as it does; undefined if it may not. */
function excuse(
  program: Program,
  instruction: Instruction,
  directory: Operand | undefined,
  path: string,
): string | undefined {
  const { name, origin } = instruction;
  if (AS_ITS_USER.includes(origin)) return "the user's own";
  if (path === "" || path === "." || path === "/") return "no path at all";
  if (name === "openat2") {
    const safe = RESOLVE_IN_ROOT | RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS;
    return directory !== AT_FDCWD && (resolveFlags(program, instruction) & safe) !== 0 ? "kept inside" : undefined;
  }
  if (name === "umount2" && /^fd\/\d+$/.test(path)) return "what is open, in a procfs of the host's";
  if (directory === AT_FDCWD) {
    const fromHost = name === "open_tree" && (origin === "/root/path" || /^\/mounts\/\d+/.test(origin));
    if (fromHost) return "a source on the host";
    // Only in the container's mount namespace, and no mount of the container's has been made yet.
    return name === "move_mount" && origin === "/root/path" ? "the root's place on the host" : undefined;
  }
  return path.includes("/") ? undefined : "an entry of a directory that is held";
}

/** From where on a process is in the container. */
function entered(program: Program): number {
  return program.instructions.findIndex(({ name }) => name === "clone3" || name === "setns");
}

/** The instructions that resolve a path of the container as a text, and how many paths there are at all. */
function judge(program: Program): { wrong: string[]; seen: number } {
  const from = entered(program);
  const wrong: string[] = [];
  let seen = 0;
  for (const instruction of program.instructions.slice(from + 1)) {
    for (const [directory, operand] of pathsOf(instruction)) {
      const path = textOf(operand);
      if (path === undefined) continue;
      seen++;
      if (excuse(program, instruction, directory, path) === undefined) {
        wrong.push(`${instruction.origin}: ${instruction.name} ${JSON.stringify(path)}`);
      }
    }
  }
  return { wrong, seen };
}

function pathsOf({ name = "", args }: Instruction): (readonly [Operand | undefined, Operand | undefined])[] {
  if (FROM_WORKING_DIRECTORY.includes(name)) return [[AT_FDCWD, args[name === "mount" ? 1 : 0]]];
  return (PATHS[name] ?? []).map(([directory, path]) => [args[directory], args[path]]);
}

describe("a container's paths", () => {
  const containers = Object.entries(testedPrograms).filter(([name]) => /^(docker|containerd|exec|mounts)/.test(name));
  for (const [name, compile] of containers)
    test(`are resolved by the kernel inside the root: ${name}`, () => {
      const { wrong, seen } = judge(compile("x86_64"));
      expect(wrong).toEqual([]);
      expect(seen).toBeGreaterThan(2);
    });

  test("would be found if they were not", () => {
    const wrongs: readonly ((p: ProgramBuilder, root: Register) => void)[] = [
      (p) => p.call("mkdirat", [AT_FDCWD, p.text("/bundle/rootfs/dev"), 0o755]),
      (p, root) => p.call("mkdirat", [root, p.text("dev/pts"), 0o755]),
      (p) => p.call("chdir", [p.text("/bundle/rootfs")]),
      (p) => p.call("mount", [0, p.text("/bundle/rootfs/proc"), p.text("proc"), 0, 0]),
      (p, root) => p.call("openat2", [root, p.text("etc/passwd"), p.longs([0, 0, 0]), 24]),
      (p) => p.call("openat2", [AT_FDCWD, p.text("/etc"), p.longs([0, 0, RESOLVE_IN_ROOT]), 24]),
    ];
    for (const doWrong of wrongs) {
      const p = new ProgramBuilder("x86_64");
      p.call("clone3", [0, 0]);
      doWrong(p, p.register());
      expect(judge(p.build()).wrong.length).toBe(1);
    }
  });
});
