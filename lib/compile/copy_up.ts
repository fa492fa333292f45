import type { ProgramBuilder } from "../program/builder.ts";
import {
  AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_NONBLOCK,
  O_RDONLY,
  O_WRONLY,
  S_IFDIR,
  S_IFLNK,
  S_IFMT,
  S_IFREG,
  STATX_BASIC_STATS,
  STATX_SIZE,
  STX_ATIME,
  STX_GID,
  STX_MODE,
  STX_MTIME,
  STX_RDEV_MAJOR,
  STX_RDEV_MINOR,
  STX_UID,
} from "../program/constants.ts";
import { ELOOP } from "../program/errno.ts";
import type { Data, Label, Operand, Register } from "../program/instruction.ts";

/** How deep folders may be nested: each level keeps two descriptors open. */
const MAX_DEPTH = 200;
const LEVEL_SIZE = 8;

/** `struct linux_dirent64`: offsets, and a size at which one entry with the longest name fits. */
const D_OFF = 8;
const D_NAME = 19;
const DIRENT_SIZE = 280;

const PATH_MAX = 4096;
/** The most that sendfile(2) copies at once. */
const MAX_AT_ONCE = 0x7fff_f000;
const SEEK_SET = 0;
/** struct timespec[2] */
const TIMES_SIZE = 32;
const TIMESPEC_SIZE = 16;

/**
 * Copy what a folder holds into another: folders, files, links and nodes, with owners, modes and times. No link is
 * followed. The folders themselves stay as they are.
 *
 * The program has no calls, so that the way back up is kept in memory.
 *
 * @see config.md, tmpcopyup
 */
export function copyFolder(p: ProgramBuilder, from: Register, to: Register): void {
  new FolderCopy(p).copy(from, to);
}

class FolderCopy {
  readonly #p: ProgramBuilder;
  readonly #entry: Data;
  readonly #name: Data;
  readonly #status: Data;
  readonly #times: Data;
  readonly #source: Register;
  readonly #target: Register;
  readonly #mode: Register;

  constructor(p: ProgramBuilder) {
    this.#p = p;
    this.#entry = p.space(DIRENT_SIZE);
    this.#name = p.within(this.#entry, D_NAME);
    this.#status = p.space(STATX_SIZE);
    this.#times = p.space(TIMES_SIZE);
    this.#source = p.register();
    this.#target = p.register();
    this.#mode = p.register();
  }

  copy(from: Register, to: Register): void {
    const p = this.#p;
    const done = p.label();
    const up = p.label();
    const folder = p.label();
    const level = p.register();
    const levels = p.space(MAX_DEPTH * LEVEL_SIZE);
    p.move(level, levels);
    this.#openFolder(this.#source, from, p.text("."));
    this.#openFolder(this.#target, to, p.text("."));
    const next = p.here();
    this.#readEntry(next, up);
    this.#copyEntry(next, folder);

    p.place(folder);
    this.#enter(level, { data: levels.data + MAX_DEPTH * LEVEL_SIZE });
    p.jump(next);

    p.place(up);
    p.branch(level, "Equal", levels, done);
    this.#leave(level);
    p.jump(next);

    p.place(done);
    p.close(this.#source);
    p.close(this.#target);
    p.release(level, this.#mode);
  }

  /** Read the next entry that is not the folder itself or the one above; go to `end` after the last. */
  #readEntry(next: Label, end: Label): void {
    const p = this.#p;
    const DOT = 0x2e;
    const DOT_DOT = 0x2e2e;
    const named = p.label();
    p.withRegister((value) => {
      p.callTo(value, "getdents64", [this.#source, this.#entry, DIRENT_SIZE]);
      p.branch(value, "Equal", 0, end);
      // The other entries in the buffer are read again: it is needed for those of other folders meanwhile.
      p.load(value, p.within(this.#entry, D_OFF), 8);
      p.call("lseek", [this.#source, value, SEEK_SET]);
      p.load(value, this.#name, 2);
      p.branch(value, "Equal", DOT, next);
      p.branch(value, "NotEqual", DOT_DOT, named);
      p.load(value, p.within(this.#name, 2), 1);
      p.branch(value, "Equal", 0, next);
    });
    p.place(named);
  }

  /** Copy the entry and go on, unless it is a folder. */
  #copyEntry(next: Label, folder: Label): void {
    const p = this.#p;
    const link = p.label();
    const file = p.label();
    const attributes = p.label();
    this.#stat(this.#source, this.#name, AT_SYMLINK_NOFOLLOW);
    p.withRegister((type) => {
      p.compute(type, this.#mode, "And", S_IFMT);
      p.branch(type, "Equal", S_IFDIR, folder);
      p.branch(type, "Equal", S_IFLNK, link);
      p.branch(type, "Equal", S_IFREG, file);
    });
    this.#makeNode();
    p.jump(attributes);

    p.place(file);
    this.#copyFile();
    p.place(attributes);
    this.#setOwner(this.#target, this.#name, AT_SYMLINK_NOFOLLOW);
    this.#setMode(this.#target, this.#name);
    p.call("utimensat", [this.#target, this.#name, this.#times, AT_SYMLINK_NOFOLLOW]);
    p.jump(next);

    p.place(link);
    this.#copyLink();
    this.#setOwner(this.#target, this.#name, AT_SYMLINK_NOFOLLOW);
    p.call("utimensat", [this.#target, this.#name, this.#times, AT_SYMLINK_NOFOLLOW]);
    p.jump(next);
  }

  #makeNode(): void {
    const p = this.#p;
    p.withRegister((device) =>
      p.withRegister((part) => {
        p.load(device, p.within(this.#status, STX_RDEV_MAJOR), 4);
        p.compute(device, device, "ShiftLeft", 8);
        p.load(part, p.within(this.#status, STX_RDEV_MINOR), 4);
        p.compute(part, part, "And", 0xff);
        p.compute(device, device, "Or", part);
        p.load(part, p.within(this.#status, STX_RDEV_MINOR), 4);
        p.compute(part, part, "And", ~0xff);
        p.compute(part, part, "ShiftLeft", 12);
        p.compute(device, device, "Or", part);
        p.call("mknodat", [this.#target, this.#name, this.#mode, device]);
      }),
    );
  }

  #copyFile(): void {
    const p = this.#p;
    const noFollow = O_NOFOLLOW[p.architecture];
    // Not to wait if a pipe has taken the file's place.
    const source = p.open("openat", [this.#source, this.#name, O_RDONLY | O_NONBLOCK | O_CLOEXEC | noFollow, 0]);
    const target = p.open("openat", [this.#target, this.#name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600]);
    p.withRegister((copied) => {
      const more = p.here();
      p.callTo(copied, "sendfile", [target, source, 0, MAX_AT_ONCE]);
      p.branch(copied, "Greater", 0, more);
    });
    p.close(source);
    p.close(target);
  }

  #copyLink(): void {
    const p = this.#p;
    const path = p.space(PATH_MAX + 1);
    p.withRegister((end) => {
      p.callTo(end, "readlinkat", [this.#source, this.#name, path, PATH_MAX]);
      p.withRegister((start) => {
        p.move(start, path);
        p.compute(end, start, "Add", end);
      });
      p.store(end, 0, 1);
    });
    p.call("symlinkat", [path, this.#target, this.#name]);
  }

  /** Make the folder, and go on with what it holds. */
  #enter(level: Register, end: Data): void {
    const p = this.#p;
    const deep = p.label();
    p.branch(level, "NotEqual", end, deep);
    p.fail(ELOOP, `tmpcopyup copies folders that are nested ${MAX_DEPTH} deep, and no deeper`);
    p.place(deep);
    p.call("mkdirat", [this.#target, this.#name, 0o700]);
    p.store(level, this.#source, 4);
    p.compute(level, level, "Add", 4);
    p.store(level, this.#target, 4);
    p.compute(level, level, "Add", 4);
    this.#openFolder(this.#source, this.#source, this.#name);
    this.#openFolder(this.#target, this.#target, this.#name);
  }

  /** Give the folder the attributes of its original, and go on with the rest of the one above. */
  #leave(level: Register): void {
    const p = this.#p;
    const self = p.text("");
    this.#stat(this.#source, self, AT_EMPTY_PATH);
    this.#setOwner(this.#target, self, AT_EMPTY_PATH);
    this.#setMode(this.#target, p.text("."));
    p.call("utimensat", [this.#target, 0, this.#times, 0]);
    p.call("close", [this.#source]);
    p.call("close", [this.#target]);
    p.compute(level, level, "Subtract", 4);
    p.load(this.#target, level, 4);
    p.compute(level, level, "Subtract", 4);
    p.load(this.#source, level, 4);
  }

  #openFolder(destination: Register, parent: Register, name: Data): void {
    const p = this.#p;
    const flags = O_RDONLY | O_CLOEXEC | O_DIRECTORY[p.architecture] | O_NOFOLLOW[p.architecture];
    p.callTo(destination, "openat", [parent, name, flags, 0]);
  }

  /** Note mode, owner and times. */
  #stat(folder: Register, name: Data, flags: number): void {
    const p = this.#p;
    p.call("statx", [folder, name, flags, STATX_BASIC_STATS, this.#status]);
    p.load(this.#mode, p.within(this.#status, STX_MODE), 2);
    // The parts of a statx_timestamp lie where those of a timespec do, with zeros behind.
    p.withRegister((value) => {
      for (const [offset, at] of [STX_ATIME, STX_MTIME].entries()) {
        for (const part of [0, 8]) {
          p.load(value, p.within(this.#status, at + part), 8);
          p.store(p.within(this.#times, offset * TIMESPEC_SIZE + part), value, 8);
        }
      }
    });
  }

  #setOwner(folder: Register, name: Data, flags: Operand): void {
    const p = this.#p;
    p.withRegister((uid) =>
      p.withRegister((gid) => {
        p.load(uid, p.within(this.#status, STX_UID), 4);
        p.load(gid, p.within(this.#status, STX_GID), 4);
        p.call("fchownat", [folder, name, uid, gid, flags]);
      }),
    );
  }

  #setMode(folder: Register, name: Data): void {
    const p = this.#p;
    p.withRegister((bits) => {
      p.compute(bits, this.#mode, "And", 0o7777);
      p.call("fchmodat", [folder, name, bits]);
    });
  }
}
