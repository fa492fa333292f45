import { renameSync, writeFileSync } from "../libc/files.ts";
import { basename, dirname } from "../libc/paths.ts";

/** Write a process id, without a newline: callers parse the file's bytes as they are. A reader sees all of it or nothing. */
export function writePidFile(path: string, pid: number): void {
  const temporary = `${dirname(path)}/.${basename(path)}.${process.pid}`;
  writeFileSync(temporary, String(pid));
  renameSync(temporary, path);
}
