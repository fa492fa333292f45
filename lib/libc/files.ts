/**
 * Files, by the names that node:fs has for them, in the part that the commands of a container's life need. Loading node:fs
 * takes 1.3 ms, which is a third of what the engine needs to start; a system call takes none.
 *
 * A call that fails throws a {@link FileError}, which has what an error of node:fs has.
 */

import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  AT_REMOVEDIR,
  AT_SYMLINK_NOFOLLOW,
  O_APPEND,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_PATH,
  O_RDONLY,
  O_TRUNC,
  O_WRONLY,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  STATX_BASIC_STATS,
  STATX_SIZE,
  STX_INO,
  STX_MODE,
  STX_SIZE,
  STX_UID,
} from "../program/constants.ts";
import { EEXIST, EINTR, EINVAL, EISDIR, ENOENT, errnoName, errnoSentence } from "../program/errno.ts";
import { ARCHITECTURE, type CallArgument, cString, trySystemCall } from "./system_call.ts";

const ROOM = 65536;
/** What all files are read into: to touch new memory for each costs more than to copy what is kept. */
const room = Buffer.allocUnsafeSlow(ROOM);
const DEFAULT_FILE_MODE = 0o666;
const DEFAULT_DIRECTORY_MODE = 0o777;
const F_OK = 0;
const DT_DIR = 4;
/** Offsets in struct linux_dirent64. */
const D_RECLEN = 16;
const D_TYPE = 18;
const D_NAME = 19;

/** A call on a file failed. */
export class FileError extends Error {
  /** `ENOENT` */
  readonly code: string;
  /** Negative, as libuv has it. */
  readonly errno: number;
  readonly syscall: string;
  readonly path: string | undefined;

  constructor(syscall: string, errno: number, path: string | undefined) {
    const code = errnoName(errno);
    super(`${code}: ${errnoSentence(errno)}, ${syscall}${path === undefined ? "" : ` '${path}'`}`);
    this.code = code;
    this.errno = -errno;
    this.syscall = syscall;
    this.path = path;
  }
}

/** What statx(2) tells of a file. */
export interface FileStatus {
  readonly mode: number;
  readonly uid: number;
  readonly ino: bigint;
  /** In bytes. */
  readonly size: number;
  isFile(): boolean;
  isDirectory(): boolean;
  isSymbolicLink(): boolean;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly isDirectory: boolean;
}

function checked(result: number, syscall: string, path: string | undefined): number {
  if (result < 0) throw new FileError(syscall, -result, path);
  return result;
}

function pathArgument(path: string, syscall: string): Buffer {
  if (path.includes("\0")) throw new FileError(syscall, EINVAL, path);
  return cString(path);
}

/** A call whose first argument is a path below the working directory. */
function callOn(syscall: string, path: string, ...rest: readonly CallArgument[]): number {
  return trySystemCall(syscall, AT_FDCWD, pathArgument(path, syscall), ...rest);
}

const FLAGS = { r: O_RDONLY, w: O_WRONLY | O_CREAT | O_TRUNC, a: O_WRONLY | O_CREAT | O_APPEND };

/** The descriptor is close-on-exec. @param flags as fopen(3) has them, or of open(2) */
export function openSync(path: string, flags: keyof typeof FLAGS | number = "r", mode = DEFAULT_FILE_MODE): number {
  const bits = typeof flags === "number" ? flags : FLAGS[flags];
  return checked(callOn("openat", path, bits | O_CLOEXEC, mode), "open", path);
}

export function closeSync(fd: number): void {
  trySystemCall("close", fd);
}

/** @param position in the file; where it stands if left out. @returns how many bytes were read, 0 at the end */
export function readSync(fd: number, bytes: Uint8Array, offset = 0, length = bytes.length, position?: number): number {
  const part = bytes.subarray(offset, offset + length);
  if (part.length === 0) return 0;
  while (true) {
    const count =
      position === undefined
        ? trySystemCall("read", fd, part, part.length)
        : trySystemCall("pread64", fd, part, part.length, position);
    if (count !== -EINTR) return checked(count, "read", undefined);
  }
}

/** @returns how many bytes were written */
export function writeSync(fd: number, content: string | Uint8Array, offset = 0): number {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const part = bytes.subarray(offset);
  if (part.length === 0) return 0;
  while (true) {
    const count = trySystemCall("write", fd, part, part.length);
    if (count !== -EINTR) return checked(count, "write", undefined);
  }
}

/** The whole file, by its path or descriptor. */
export function readFileSync(file: string | number): Buffer;
export function readFileSync(file: string | number, encoding: "utf8" | "latin1"): string;
export function readFileSync(file: string | number, encoding?: "utf8" | "latin1"): Buffer | string {
  const fd = typeof file === "number" ? file : openSync(file);
  try {
    const parts: Buffer[] = [];
    let end = 0;
    while (true) {
      const count = readSync(fd, room, end);
      end += count;
      if (count > 0 && end < ROOM) continue;
      if (count === 0 && parts.length === 0) {
        return encoding === undefined ? Buffer.from(room.subarray(0, end)) : room.toString(encoding, 0, end);
      }
      parts.push(Buffer.from(room.subarray(0, end)));
      end = 0;
      if (count > 0) continue;
      const whole = Buffer.concat(parts);
      return encoding === undefined ? whole : whole.toString(encoding);
    }
  } finally {
    if (typeof file !== "number") closeSync(fd);
  }
}

/** Write a file as a whole; it is made if missing. */
export function writeFileSync(path: string, content: string | Uint8Array, { mode }: { mode?: number } = {}): void {
  const bytes = typeof content === "string" ? Buffer.from(content) : content;
  const fd = openSync(path, "w", mode);
  try {
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
  } finally {
    closeSync(fd);
  }
}

export function existsSync(path: string): boolean {
  return !path.includes("\0") && callOn("faccessat", path, F_OK) === 0;
}

export function statSync(path: string): FileStatus;
export function statSync(path: string, options: { throwIfNoEntry: false }): FileStatus | undefined;
export function statSync(path: string, options?: { throwIfNoEntry: false }): FileStatus | undefined {
  return status(AT_FDCWD, path, 0, options === undefined);
}

/** The same of a link itself. */
export function lstatSync(path: string): FileStatus;
export function lstatSync(path: string, options: { throwIfNoEntry: false }): FileStatus | undefined;
export function lstatSync(path: string, options?: { throwIfNoEntry: false }): FileStatus | undefined {
  return status(AT_FDCWD, path, AT_SYMLINK_NOFOLLOW, options === undefined);
}

export function fstatSync(fd: number): FileStatus {
  return status(fd, "", AT_EMPTY_PATH, true)!;
}

function status(directory: number, path: string, flags: number, throwIfNoEntry: boolean): FileStatus | undefined {
  const view = new DataView(new ArrayBuffer(STATX_SIZE));
  const buffer = new Uint8Array(view.buffer);
  const argument = pathArgument(path, "statx");
  const result = trySystemCall("statx", directory, argument, flags, STATX_BASIC_STATS, buffer);
  if (result === -ENOENT && !throwIfNoEntry) return undefined;
  checked(result, "statx", path);
  const mode = view.getUint16(STX_MODE, true);
  return {
    mode,
    uid: view.getUint32(STX_UID, true),
    ino: view.getBigUint64(STX_INO, true),
    size: Number(view.getBigUint64(STX_SIZE, true)),
    isFile: () => (mode & S_IFMT) === S_IFREG,
    isDirectory: () => (mode & S_IFMT) === S_IFDIR,
    isSymbolicLink: () => (mode & S_IFMT) === S_IFLNK,
  };
}

/** Where a link leads; undefined if it is no link, or nothing is there. */
export function linkTarget(path: string): string | undefined {
  const length = callOn("readlinkat", path, room, ROOM);
  return length < 0 ? undefined : room.toString("utf8", 0, length);
}

/** An absolute path without links to what is there. */
export function realpathSync(path: string): string {
  const fd = openSync(path, O_PATH);
  try {
    return linkTarget(`/proc/self/fd/${fd}`) ?? path;
  } finally {
    closeSync(fd);
  }
}

/** @param options recursive: what is missing above it is made too, and it may be there already */
export function mkdirSync(path: string, { recursive = false, mode = DEFAULT_DIRECTORY_MODE } = {}): void {
  const result = callOn("mkdirat", path, mode);
  if (recursive && result === -EEXIST && statSync(path).isDirectory()) return;
  const above = path.slice(0, Math.max(path.lastIndexOf("/"), 0));
  if (recursive && result === -ENOENT && above !== "") {
    mkdirSync(above, { recursive, mode });
    mkdirSync(path, { recursive, mode });
    return;
  }
  checked(result, "mkdir", path);
}

export function rmdirSync(path: string): void {
  checked(callOn("unlinkat", path, AT_REMOVEDIR), "rmdir", path);
}

/** @param options recursive: with all that is in it; force: it need not be there */
export function rmSync(path: string, { recursive = false, force = false } = {}): void {
  const result = callOn("unlinkat", path, 0);
  if (result === -ENOENT && force) return;
  if (result !== -EISDIR || !recursive) return void checked(result, "unlink", path);
  for (const { name } of directoryEntries(path)) rmSync(`${path}/${name}`, { recursive, force: true });
  rmdirSync(path);
}

export function renameSync(from: string, to: string): void {
  checked(
    trySystemCall("renameat2", AT_FDCWD, pathArgument(from, "rename"), AT_FDCWD, pathArgument(to, "rename"), 0),
    "rename",
    from,
  );
}

export function chmodSync(path: string, mode: number): void {
  checked(callOn("fchmodat", path, mode), "chmod", path);
}

/** What lies in a directory, in no order. @see getdents(2) */
export function directoryEntries(path: string): DirectoryEntry[] {
  const fd = openSync(path, O_RDONLY | O_DIRECTORY[ARCHITECTURE]);
  const entries: DirectoryEntry[] = [];
  try {
    while (true) {
      const length = checked(trySystemCall("getdents64", fd, room, ROOM), "getdents64", path);
      if (length === 0) return entries;
      for (let at = 0; at < length; at += room.readUInt16LE(at + D_RECLEN)) {
        const name = room.toString("utf8", at + D_NAME, room.indexOf(0, at + D_NAME));
        if (name !== "." && name !== "..") entries.push({ name, isDirectory: room[at + D_TYPE] === DT_DIR });
      }
    }
  } finally {
    closeSync(fd);
  }
}
