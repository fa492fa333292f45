import type { ErrorPolicy, ProgramBuilder } from "../program/builder.ts";
import {
  AT_FDCWD,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
  O_WRONLY,
  PROC_SUPER_MAGIC,
  RESOLVE_BENEATH,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_XDEV,
} from "../program/constants.ts";
import { EINVAL } from "../program/errno.ts";
import type { Register } from "../program/instruction.ts";
import { openHow } from "./root_fd.ts";

/** Let the program fail with this sentence unless what is open is on a proc file system. */
export function requireProc(p: ProgramBuilder, fd: Register, otherwise: string): void {
  const STATFS_SIZE = 120;
  const real = p.label();
  p.withRegister((type) => {
    const statfs = p.space(STATFS_SIZE);
    p.call("fstatfs", [fd, statfs]);
    p.load(type, statfs, 8);
    p.branch(type, "Equal", PROC_SUPER_MAGIC, real);
    p.fail(EINVAL, otherwise);
  });
  p.place(real);
}

/**
 * A proc file system that no container has touched, as a descriptor in the program: the host's own /proc, opened before
 * the root is changed, its type checked. Every write to /proc goes through it.
 *
 * @see CVE-2019-16884, CVE-2025-52881
 */
export class ProcFd {
  readonly #p: ProgramBuilder;
  readonly fd: Register;

  private constructor(p: ProgramBuilder, fd: Register) {
    this.#p = p;
    this.fd = fd;
  }

  static open(p: ProgramBuilder): ProcFd {
    return p.at("default/proc handle", () => {
      const flags = O_PATH | O_CLOEXEC | O_DIRECTORY[p.architecture];
      const fd = p.open("openat", [AT_FDCWD, p.text("/proc"), flags, 0]);
      requireProc(p, fd, "the host's /proc is not a proc file system");
      return new ProcFd(p, fd);
    });
  }

  /** Write a text to a file of proc; nothing mounted over a part of proc is passed through. */
  write(path: string, text: string, policy?: ErrorPolicy): void {
    const p = this.#p;
    // "self" is a symbolic link of proc itself, so symbolic links are followed as long as they stay beneath.
    const how = openHow(p, O_WRONLY | O_CLOEXEC, RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_XDEV);
    const file = p.open("openat2", [this.fd, p.text(path), how, 24], policy);
    p.call("write", [file, p.text(text), Buffer.byteLength(text)], policy);
    p.close(file);
  }

  /** The directory of the process that plays this, as O_PATH. */
  openSelf(): Register {
    const p = this.#p;
    return p.open("openat", [this.fd, p.text("self"), O_PATH | O_CLOEXEC | O_DIRECTORY[p.architecture], 0]);
  }

  close(): void {
    this.#p.close(this.fd);
  }
}
