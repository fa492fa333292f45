import { Failure } from "../failure.ts";
import { existsSync, FileError, renameSync, rmSync, writeFileSync } from "../libc/files.ts";
import { basename, dirname } from "../libc/paths.ts";

/**
 * Write a process id, without a newline: callers parse the file's bytes as they are. A reader sees all of it or nothing.
 *
 * @throws Failure when it cannot be written; nothing of it is left then.
 */
export function writePidFile(path: string, pid: number): void {
  const temporary = `${dirname(path)}/.${basename(path)}.${process.pid}`;
  try {
    writeFileSync(temporary, String(pid));
    renameSync(temporary, path);
  } catch (cause) {
    if (!(cause instanceof FileError)) throw cause;
    if (existsSync(temporary)) rmSync(temporary);
    throw new Failure(`--pid-file ${path}: ${cause.message}`, { errno: -cause.errno, call: cause.syscall, cause });
  }
}
