import { Failure } from "../failure.ts";
import { closeSync, openSync, readFileSync, writeSync } from "../libc/files.ts";
import { ARCHITECTURE } from "../libc/system_call.ts";
import { O_NOFOLLOW, O_WRONLY } from "../program/constants.ts";
import { describeErrno } from "../program/errno.ts";

/** Values for one file of a cgroup. */
export interface Setting {
  /** The entry of config.json that asks for it. */
  readonly pointer: string;
  /** The file's name: `memory.limit_in_bytes`. */
  readonly file: string;
  readonly value: string;
  /** Where the kernel does not have the file, the value is what would be anyway. */
  readonly optional?: boolean;
  /** What is written where the kernel does not have the file. */
  readonly otherwise?: { readonly file: string; readonly value: string };
}

/**
 * Write values to files of a cgroup. What the kernel finds invalid is tried again after the others, since it may be so
 * only beside an old value: memory without swap above memory with swap, a burst above the quota.
 *
 * @param directoryFor the cgroup of a setting, an absolute path
 * @throws Failure that names the entry, the file and the errno
 */
export function writeSettings(settings: readonly Setting[], directoryFor: (setting: Setting) => string): void {
  const again: Setting[] = [];
  for (const setting of settings) {
    try {
      writeSetting(directoryFor(setting), setting);
    } catch (failure) {
      if (!(failure instanceof Failure) || failure.errno !== EINVAL || settings.length === 1) throw failure;
      again.push(setting);
    }
  }
  for (const setting of again) writeSetting(directoryFor(setting), setting);
}

const EINVAL = 22;

function writeSetting(directory: string, { pointer, file, value, optional, otherwise }: Setting): void {
  // Names that a user wrote (`unified`) must not lead to another cgroup. @see GHSA-5g49-rx9x-qfc6
  if (file.includes("/")) {
    throw new Failure(`${pointer}: ${JSON.stringify(file)} is no file of a cgroup`, {
      code: "config.invalid",
      pointer,
    });
  }
  const path = `${directory}/${file}`;
  try {
    writeCgroupFile(path, value);
  } catch (error) {
    const { code, errno: negative = 0 } = error as NodeJS.ErrnoException;
    const errno = Math.abs(negative);
    if (code === "ENOENT" && otherwise !== undefined) {
      writeSetting(directory, { pointer, ...otherwise });
      return;
    }
    if (code === "ENOENT" && optional) return;
    const reason =
      code === "ENOENT" ? "the kernel or its configuration does not have this limit" : describeErrno(errno);
    throw new Failure(`${pointer}: write(${JSON.stringify(path)}, ${JSON.stringify(value)}): ${reason}`, {
      code: "cgroup.failed",
      pointer,
      call: `write(${JSON.stringify(path)})`,
      errno,
      ...hintFor(file, code),
      cause: error,
    });
  }
}

function hintFor(file: string, code: string | undefined): { hint: string } | undefined {
  const isMemoryLimit = file === "memory.limit_in_bytes" || file === "memory.memsw.limit_in_bytes";
  return isMemoryLimit && code === "EBUSY" ? { hint: "more memory than that is in use" } : undefined;
}

/** Write without making the file or following a link: a cgroup's files are there already. */
export function writeCgroupFile(path: string, value: string): void {
  const fd = openSync(path, O_WRONLY | O_NOFOLLOW[ARCHITECTURE]);
  try {
    writeSync(fd, value);
  } finally {
    closeSync(fd);
  }
}

/** A file of a cgroup without the line's end; undefined if the cgroup, or the kernel's support for the file, is not there. */
export function readCgroupFile(path: string | undefined): string | undefined {
  if (path === undefined) return undefined;
  try {
    return readFileSync(path, "latin1").trimEnd();
  } catch (error) {
    // ENODEV: the cgroup was removed while it was open. EOPNOTSUPP: the controller is switched off.
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENODEV" || code === "EOPNOTSUPP") return undefined;
    throw error;
  }
}
