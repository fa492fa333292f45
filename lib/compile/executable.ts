import type { ProgramBuilder } from "../program/builder.ts";
import {
  AT_EACCESS,
  AT_FDCWD,
  S_IFDIR,
  S_IFMT,
  STATX_BASIC_STATS,
  STATX_SIZE,
  STX_MODE,
  X_OK,
} from "../program/constants.ts";
import { EACCES, EISDIR, ENOENT, ENOTDIR } from "../program/errno.ts";
import type { Data, Register } from "../program/instruction.ts";
import { lastValue } from "./environment.ts";

/**
 * Find the file to execute, in the container, as its user: a name with a slash stands for itself, any other is looked
 * up in PATH. Found when the container is created, so that a missing command is told then.
 *
 * The sentences are those that engines match to choose exit status 126 or 127. Of a directory both halves are needed:
 * runc says the first since Go 1.20 and said the second before, which is all that Docker 20.10 knows.
 *
 * @returns the register that holds the address of the path
 */
export function findExecutable(p: ProgramBuilder, command: string, env: readonly string[]): Register {
  const quoted = JSON.stringify(command);
  const found = p.label();
  const path = p.register();
  const status = p.space(STATX_SIZE);
  if (command.includes("/")) {
    candidate(p, p.text(command), path, status, found, {
      missing: `exec: ${quoted}: stat ${command}: no such file or directory`,
      notDirectory: `exec: ${quoted}: stat ${command}: not a directory`,
      directory: `exec: ${quoted}: is a directory: permission denied`,
      denied: `exec: ${quoted}: permission denied`,
    });
  } else {
    const directories = lastValue(env, "PATH") ?? "";
    const files = directories.split(":").map((directory) => p.text(`${directory === "" ? "." : directory}/${command}`));
    p.forEach(files, (file) => candidate(p, file, path, status, found));
    p.fail(ENOENT, `exec: ${quoted}: executable file not found in $PATH`);
  }
  p.place(found);
  return path;
}

interface Sentences {
  readonly missing: string;
  readonly notDirectory: string;
  readonly directory: string;
  readonly denied: string;
}

/** Try one path: go to `found` with it, or, without sentences, on to what follows. */
function candidate(
  p: ProgramBuilder,
  file: Data | Register,
  path: Register,
  status: Data,
  found: ReturnType<ProgramBuilder["label"]>,
  sentences?: Sentences,
): void {
  const next = p.label();
  const missing = p.label();
  const notDirectory = p.label();
  const denied = p.label();
  const directory = p.label();
  const known = sentences !== undefined;
  p.call("statx", [AT_FDCWD, file, 0, STATX_BASIC_STATS, status], {
    on: known
      ? [
          [ENOENT, missing],
          [ENOTDIR, notDirectory],
          [EACCES, denied],
        ]
      : [[0, next]],
  });
  p.withRegister((mode) => {
    p.load(mode, p.within(status, STX_MODE), 2);
    p.compute(mode, mode, "And", S_IFMT);
    p.branch(mode, "Equal", S_IFDIR, known ? directory : next);
  });
  p.call("faccessat2", [AT_FDCWD, file, X_OK, AT_EACCESS], { on: [[known ? EACCES : 0, known ? denied : next]] });
  p.move(path, file);
  p.jump(found);
  if (sentences !== undefined) {
    p.place(missing);
    p.fail(ENOENT, sentences.missing);
    p.place(notDirectory);
    p.fail(ENOTDIR, sentences.notDirectory);
    p.place(directory);
    p.fail(EISDIR, sentences.directory);
    p.place(denied);
    p.fail(EACCES, sentences.denied);
  }
  p.place(next);
}
