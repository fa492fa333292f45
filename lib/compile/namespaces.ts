import type { ProgramBuilder } from "../program/builder.ts";
import {
  AT_FDCWD,
  CLONE_ARGS_CGROUP,
  CLONE_ARGS_PIDFD,
  CLONE_ARGS_SIZE_VER2,
  CLONE_FILES,
  CLONE_INTO_CGROUP,
  CLONE_NEWCGROUP,
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWTIME,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  CLONE_PARENT,
  CLONE_PIDFD,
  O_CLOEXEC,
  O_RDONLY,
} from "../program/constants.ts";
import { EINVAL, EPERM } from "../program/errno.ts";
import { type Label, type Register, Report } from "../program/instruction.ts";
import type { Namespace, NamespaceType, TimeOffsets } from "../spec/types.ts";
import type { ProcFd } from "./proc_fd.ts";

/** A namespace that is joined, with its place in config.json. */
export interface JoinedNamespace {
  readonly type: NamespaceType;
  readonly path: string;
  readonly pointer: string;
}

/** The flag of each kind of namespace. @see namespaces(7) */
export const NAMESPACE_FLAG: Readonly<Record<NamespaceType, number>> = {
  user: CLONE_NEWUSER,
  pid: CLONE_NEWPID,
  network: CLONE_NEWNET,
  mount: CLONE_NEWNS,
  ipc: CLONE_NEWIPC,
  uts: CLONE_NEWUTS,
  cgroup: CLONE_NEWCGROUP,
  time: CLONE_NEWTIME,
};

/** The namespaces of a container, apart by how the process gets into them. */
export class Namespaces {
  readonly #all: readonly Namespace[];

  constructor(all: readonly Namespace[]) {
    this.#all = all;
  }

  /** Whether the container has one of this kind that is not the host's: new or joined. */
  has(type: NamespaceType): boolean {
    return this.#all.some((namespace) => namespace.type === type);
  }

  joins(type: NamespaceType): boolean {
    return this.#all.some((namespace) => namespace.type === type && Boolean(namespace.path));
  }

  isNew(type: NamespaceType): boolean {
    return this.#all.some((namespace) => namespace.type === type && !namespace.path);
  }

  /**
   * Whether the IPC namespace is made by the user namespace's root: the root of /dev/mqueue belongs to whoever makes it.
   */
  get makesIpcLater(): boolean {
    return this.has("user") && this.isNew("ipc");
  }

  /** The flags of the new ones, for clone. A cgroup namespace is made later, once the process is in its cgroup. */
  get cloneFlags(): number {
    let flags = 0;
    for (const { type, path } of this.#all) {
      const later = type === "cgroup" || type === "time" || (type === "ipc" && this.makesIpcLater);
      if (!path && !later) flags += NAMESPACE_FLAG[type];
    }
    return flags;
  }

  /** The flags of all of them, for joining those of a running container. The cgroup namespace is joined later here too. */
  get joinFlags(): number {
    return this.#all.reduce((flags, { type }) => (type === "cgroup" ? flags : flags | NAMESPACE_FLAG[type]), 0);
  }

  /** Those with a path, with their place in config.json. */
  get joined(): JoinedNamespace[] {
    const joined: JoinedNamespace[] = [];
    for (const [i, { type, path }] of this.#all.entries()) {
      if (path) joined.push({ type, path, pointer: `/linux/namespaces/${i}/path` });
    }
    return joined;
  }
}

/**
 * Make the time namespace for the processes that this one makes. Its clocks can be set only as long as it is empty.
 *
 * @see config-linux.md, "Offset for Time Namespace"; time_namespaces(7)
 */
export function makeTimeNamespace(p: ProgramBuilder, proc: ProcFd, offsets: TimeOffsets): void {
  p.at("/linux/namespaces", () => p.call("unshare", [CLONE_NEWTIME]));
  for (const clock of ["monotonic", "boottime"] as const) {
    const { secs = 0, nanosecs = 0 } = offsets[clock] ?? {};
    if (offsets[clock] === undefined) continue;
    p.at(`/linux/timeOffsets/${clock}`, () => proc.write("self/timens_offsets", `${clock} ${secs} ${nanosecs}`));
  }
}

/**
 * Join the namespaces of a process.
 *
 * @param process its descriptor
 * @param flags which of them, as CLONE_NEW*
 * @see setns(2) with a process descriptor (Linux 5.8)
 */
export function enterProcess(p: ProgramBuilder, process: number, flags: number, privileged: boolean): void {
  if (privileged) {
    p.call("setns", [process, flags]);
    return;
  }
  const refused = p.label();
  const joined = p.label();
  p.call("setns", [process, flags], { on: [[EPERM, refused]] });
  p.jump(joined);
  p.place(refused);
  p.fail(EPERM, "the kernel lets nobody but root enter a container that is not started yet, or another user's");
  p.place(joined);
}

/**
 * Join the namespaces that are given by path. A file of another kind of namespace is refused.
 *
 * With privileges the user namespace comes last, since it takes them away; without, it comes first, since only inside it
 * others may be joined.
 *
 * @see setns(2)
 */
export function joinNamespaces(p: ProgramBuilder, namespaces: Namespaces, privileged: boolean): void {
  const rank = (type: NamespaceType): number => (type === "user" ? (privileged ? 1 : -1) : 0);
  const joined = namespaces.joined.toSorted((a, b) => rank(a.type) - rank(b.type));
  // All are opened first: the paths may lead through directories that the user namespace does not reach.
  const files = joined.map(({ path, pointer }) =>
    p.at(pointer, () => p.open("openat", [AT_FDCWD, p.text(path), O_RDONLY | O_CLOEXEC, 0])),
  );
  for (const [i, { type, path, pointer }] of joined.entries()) {
    p.at(pointer, () => {
      const wrong = p.label();
      const done = p.label();
      p.call("setns", [files[i]!, NAMESPACE_FLAG[type]], { on: [[EINVAL, wrong]] });
      p.jump(done);
      p.place(wrong);
      p.fail(EINVAL, `${path} is not a ${type} namespace that can be joined`);
      p.place(done);
      p.close(files[i]!);
    });
  }
}

/**
 * Make the container's first process in its new namespaces, as a sibling of this one, so that whoever started this
 * process is its parent; tell its id, and end. The program goes on in the new process.
 *
 * @param prepareChild what this process still does for the new one
 * @param accompany see cloneSibling
 * @see clone(2), clone3, CLONE_PARENT
 */
export function cloneFirstProcess(
  p: ProgramBuilder,
  namespaces: Namespaces,
  cgroup: Register | undefined,
  prepareChild: (pid: Register) => void,
  accompany: ((child: Register) => void) | undefined,
): void {
  cloneSibling(p, namespaces.cloneFlags, [{ cgroup }], prepareChild, accompany);
}

/** A v2 cgroup into which a process is born, if the kernel has not refused the one before with one of these errnos. */
export interface CloneInto {
  /** Undefined for the cgroup of the process that makes the new one. */
  readonly cgroup: Register | undefined;
  readonly after?: readonly number[];
  /** What the process does first if it is born there. */
  readonly first?: () => void;
}

/**
 * Make a process with these new namespaces, as a sibling of this one; tell its id, and end. The new one goes on.
 *
 * @param cgroups the v2 cgroup into which it is born (CLONE_INTO_CGROUP, Linux 5.7), and others to try then
 * @param accompany what this process does before it ends, if the two are to have the same descriptors (CLONE_FILES) until
 *   then; it gets the new one's process descriptor
 */
export function cloneSibling(
  p: ProgramBuilder,
  flags: number,
  cgroups: readonly CloneInto[],
  prepareChild: (pid: Register) => void,
  accompany?: (child: Register) => void,
): void {
  const args = p.space(CLONE_ARGS_SIZE_VER2);
  const shared = accompany && { accompany, descriptor: p.space(4) };
  if (shared) p.store(p.within(args, CLONE_ARGS_PIDFD), shared.descriptor, 8);
  const sharing = shared ? CLONE_FILES + CLONE_PIDFD : 0;
  const child = p.label();
  const cloned = p.label();
  const attempts = cgroups.map(() => p.label());
  p.withRegister((pid) => {
    for (const [i, { cgroup, first }] of cgroups.entries()) {
      p.place(attempts[i]!);
      p.store(args, flags + sharing + CLONE_PARENT + (cgroup === undefined ? 0 : CLONE_INTO_CGROUP), 8);
      if (cgroup !== undefined) p.store(p.within(args, CLONE_ARGS_CGROUP), cgroup, 8);
      const on: [number, Label][] = [];
      for (let later = i + 1; later < cgroups.length; later++) {
        for (const errno of cgroups[later]!.after ?? []) on.push([errno, attempts[later]!]);
      }
      p.callTo(pid, "clone3", [args, CLONE_ARGS_SIZE_VER2], on.length > 0 ? { on } : undefined);
      if (first !== undefined) {
        p.branch(pid, "NotEqual", 0, cloned);
        first();
        p.jump(child);
        continue;
      }
      p.branch(pid, "Equal", 0, child);
      if (i + 1 < cgroups.length) p.jump(cloned);
    }
    p.place(cloned);
    prepareChild(pid);
    p.tell(Report.Process, pid);
    if (shared) {
      p.withRegister((fd) => {
        p.load(fd, shared.descriptor, 4);
        shared.accompany(fd);
      });
    }
    p.exit(0);
  });
  p.place(child);
}
