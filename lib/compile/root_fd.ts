import type { ErrorPolicy, ProgramBuilder } from "../program/builder.ts";
import {
  AT_EMPTY_PATH,
  O_CLOEXEC,
  O_CREAT,
  O_DIRECTORY,
  O_EXCL,
  O_NOFOLLOW,
  O_PATH,
  O_RDONLY,
  PROC_SUPER_MAGIC,
  RESOLVE_BENEATH,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS,
  RESOLVE_NO_XDEV,
  S_IFDIR,
  S_IFMT,
  STATX_BASIC_STATS,
  STATX_SIZE,
  STX_MODE,
} from "../program/constants.ts";
import { EAGAIN, EEXIST, ENOENT, EPERM, EXDEV } from "../program/errno.ts";
import type { Data, Label, Operand, Register } from "../program/instruction.ts";
import { ImagePlaces, type ImageView, UNSEEN } from "./image_places.ts";

/** Path components below the root, without empty ones and dots. `..` stays: the kernel resolves it inside the root. */
export function pathComponents(path: string): string[] {
  return path.split("/").filter((component) => component !== "" && component !== ".");
}

/** A path as the kernel resolves it below the root. */
function relativePath(path: string): string {
  const relative = pathComponents(path).join("/");
  return relative === "" ? "." : relative;
}

/** `struct open_how`. @see openat2(2) */
export function openHow(p: ProgramBuilder, flags: number, resolve: number, mode = 0): Data {
  return p.longs([flags, mode, resolve]);
}

const OPEN_HOW_SIZE = 24;

export interface OpenOptions {
  /** Beside O_PATH and O_CLOEXEC. */
  readonly directory?: boolean;
  /** Refuse every symbolic link on the way; without it they are followed inside the root. */
  readonly noSymlinks?: boolean;
  /** The last component is not followed. */
  readonly noFollow?: boolean;
  readonly policy?: ErrorPolicy;
}

/**
 * The container's root file system, as a descriptor in the program. Every path of the container is opened through it,
 * resolved by the kernel inside the root, and used by descriptor from then on: an image is hostile, and may change
 * while it is set up.
 *
 * @see openat2(2), RESOLVE_IN_ROOT (Linux 5.6); CVE-2021-30465
 */
export class RootFd {
  readonly fd: Register;
  readonly #p: ProgramBuilder;
  /** What is there, so that nothing has to be made, and where links lead. */
  readonly places: ImagePlaces;
  readonly #hows = new Map<string, Data>();
  #status: Data | undefined;

  constructor(p: ProgramBuilder, fd: Register, image: ImageView = UNSEEN) {
    this.#p = p;
    this.fd = fd;
    this.places = new ImagePlaces(image);
  }

  /** The text of a path, for a register to hold its address. */
  pathText(path: string): Data {
    return this.#p.text(relativePath(path));
  }

  /** Open a path of the container, or the one whose text is in a register, as O_PATH, into a register of its own. */
  open(path: string | Register, options: OpenOptions = {}): Register {
    return this.openTo(this.#p.register(), path, options);
  }

  /** As `open`, into this register. */
  openTo(destination: Register, path: string | Register, options: OpenOptions = {}): Register {
    const architecture = this.#p.architecture;
    const flags =
      O_PATH |
      O_CLOEXEC |
      (options.directory ? O_DIRECTORY[architecture] : 0) |
      (options.noFollow ? O_NOFOLLOW[architecture] : 0);
    const resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | (options.noSymlinks ? RESOLVE_NO_SYMLINKS : 0);
    return this.#openat2(destination, path, flags, resolve, 0, options.policy);
  }

  /** Open a path of the container for reading. */
  openForReading(path: string, policy?: ErrorPolicy): Register {
    const resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return this.#openat2(this.#p.register(), path, O_RDONLY | O_CLOEXEC, resolve, 0, policy);
  }

  /** Open a device of the container for use, refusing every link on the way. */
  openDevice(path: string, flags: number, policy?: ErrorPolicy): Register {
    const resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS;
    return this.#openat2(this.#p.register(), path, flags | O_CLOEXEC, resolve, 0, policy);
  }

  /** Open a directory of the container; what is missing of it is made, mode 0755. */
  openDirectory(path: string, options: OpenOptions = {}): Register {
    return this.#openOrMake(path, { ...options, directory: true }, (parent, name) =>
      this.#p.call("mkdirat", [parent, name, 0o755], { ignore: [EEXIST] }),
    );
  }

  /**
   * Open the place where `source` is to be attached. If it is missing, it is made: a directory (0755) for a directory,
   * an empty file (0644) for anything else; so are missing parents.
   */
  openTargetFor(source: Register, path: string, options: OpenOptions = {}): Register {
    return this.#openOrMake(path, options, (parent, name) => {
      const p = this.#p;
      const file = p.label();
      const made = p.label();
      this.ifNotDirectory(source, file);
      p.call("mkdirat", [parent, name, 0o755], { ignore: [EEXIST] });
      p.jump(made);
      p.place(file);
      const how = openHow(p, O_CREAT | O_EXCL | O_CLOEXEC, RESOLVE_BENEATH, 0o644);
      p.withRegister((fd) => {
        p.callTo(fd, "openat2", [parent, name, how, OPEN_HOW_SIZE], { on: [[EEXIST, made]] });
        p.call("close", [fd]);
      });
      p.place(made);
    });
  }

  /** Open the directory that holds `path`, made if missing, and give the last component's name. */
  openParent(path: string): { parent: Register; name: string } {
    const components = pathComponents(path);
    const name = components.pop() ?? ".";
    return { parent: this.openDirectory(components.join("/")), name };
  }

  /** Go to `target` unless the descriptor is a directory's. */
  ifNotDirectory(fd: Register, target: Label): void {
    const p = this.#p;
    const status = this.statxOf(fd);
    p.withRegister((mode) => {
      p.load(mode, p.within(status, STX_MODE), 2);
      p.compute(mode, mode, "And", S_IFMT);
      p.branch(mode, "NotEqual", S_IFDIR, target);
    });
  }

  /** Fill a `struct statx` of the descriptor; it holds until the next call of this method. */
  statxOf(fd: Register): Data {
    const p = this.#p;
    this.#status ??= p.space(STATX_SIZE);
    p.call("statx", [fd, p.text(""), AT_EMPTY_PATH, STATX_BASIC_STATS, this.#status]);
    return this.#status;
  }

  /**
   * Stop if the descriptor leads into a proc file system: an image may have put a link to /proc where a mount goes.
   *
   * @see CVE-2019-16884, CVE-2019-19921
   */
  refuseProc(fd: Register, path: string): void {
    const p = this.#p;
    const outside = p.label();
    const STATFS_SIZE = 120;
    p.withRegister((type) => {
      const statfs = p.space(STATFS_SIZE);
      p.call("fstatfs", [fd, statfs]);
      p.load(type, statfs, 8);
      p.branch(type, "NotEqual", PROC_SUPER_MAGIC, outside);
      p.fail(EPERM, `${path} leads into /proc, where nothing may be mounted`);
    });
    p.place(outside);
  }

  /**
   * Stop if something is mounted on the root itself, where nobody would see it who is inside already: a link that was
   * not there when the image was looked at may lead there. Before Linux 5.8 the kernel does not tell.
   */
  refuseCovered(): void {
    const p = this.#p;
    const covered = p.label();
    const free = p.label();
    // What is mounted on a root is found by the way up from it.
    const resolve = RESOLVE_IN_ROOT | RESOLVE_NO_XDEV;
    const top = this.#openat2(p.register(), "..", O_PATH | O_CLOEXEC, resolve, 0, { on: [[EXDEV, covered]] });
    p.close(top);
    p.jump(free);
    p.place(covered);
    p.fail(EXDEV, "a link led one of the mounts to the root itself, where it would not be seen");
    p.place(free);
  }

  #openOrMake(path: string, options: OpenOptions, makeLast: (parent: Register, name: Data) => void): Register {
    if (this.places.has(path)) return this.open(path, options);
    const p = this.#p;
    const missing = p.label();
    const opened = p.label();
    const fd = this.openTo(p.register(), path, {
      ...options,
      policy: { ...options.policy, on: [[ENOENT, missing], ...(options.policy?.on ?? [])] },
    });
    p.jump(opened);
    p.place(missing);
    const components = pathComponents(this.places.followLinks(path));
    let parent = this.fd;
    for (const [i, component] of components.entries()) {
      const place = components.slice(0, i + 1).join("/");
      const name = p.text(component);
      if (i === components.length - 1) {
        makeLast(parent, name);
        this.openTo(fd, place, options);
      } else {
        p.call("mkdirat", [parent, name, 0o755], { ignore: [EEXIST] });
        if (i > 0) p.call("close", [parent]);
        else parent = p.register();
        this.openTo(parent, place, { directory: true });
      }
    }
    if (parent !== this.fd) p.close(parent);
    p.place(opened);
    return fd;
  }

  #openat2(
    destination: Register,
    path: string | Register,
    flags: number,
    resolve: number,
    mode: number,
    policy: ErrorPolicy = {},
  ): Register {
    const p = this.#p;
    const key = `${flags} ${resolve}`;
    let how = this.#hows.get(key);
    if (how === undefined) {
      how = openHow(p, flags, resolve, mode);
      this.#hows.set(key, how);
    }
    const place = typeof path === "string" ? this.pathText(path) : path;
    const args: Operand[] = [this.fd, place, how, OPEN_HOW_SIZE];
    // EAGAIN: something was renamed meanwhile, so that the kernel cannot tell whether the path left the root.
    return p.callTo(destination, "openat2", args, { ...policy, on: [[EAGAIN, p.here()], ...(policy.on ?? [])] });
  }
}
