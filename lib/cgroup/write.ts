import { closeSync, constants, openSync, writeSync } from "node:fs";
import { Failure } from "../failure.ts";

/** One value for one file of a cgroup. */
export interface Setting {
  /** The entry of config.json that asks for it. */
  readonly pointer: string;
  /** The file's name: `memory.limit_in_bytes`. */
  readonly file: string;
  readonly value: string;
  /** Where the kernel does not have the file, the value is what would be anyway. */
  readonly optional?: boolean;
}

/**
 * Write a value to a file of a cgroup.
 *
 * @param directory the cgroup's
 * @throws Failure that names the entry, the file and the errno
 */
export function writeSetting(directory: string, { pointer, file, value, optional }: Setting): void {
  const path = `${directory}/${file}`;
  try {
    writeCgroupFile(path, value);
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" && optional) return;
    const reason = code === "ENOENT" ? "the kernel or its configuration does not have this limit" : String(code);
    throw new Failure(`${pointer}: write(${JSON.stringify(path)}, ${JSON.stringify(value)}): ${reason}`, {
      code: "cgroup.failed",
      pointer,
      call: `write(${JSON.stringify(path)})`,
      errno: Math.abs(errno ?? 0),
      cause: error,
    });
  }
}

/** Write without making the file or following a link: a cgroup's files are there already. */
export function writeCgroupFile(path: string, value: string): void {
  const fd = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW);
  try {
    writeSync(fd, value);
  } finally {
    closeSync(fd);
  }
}
