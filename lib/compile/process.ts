import { Failure } from "../failure.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import {
  AT_EMPTY_PATH,
  AT_FDCWD,
  KEYCTL_JOIN_SESSION_KEYRING,
  KEYCTL_SETPERM,
  PR_SET_KEEPCAPS,
  SIG_SETMASK,
  SIGNAL_COUNT,
  SIGSET_SIZE,
  STATX_BASIC_STATS,
  STATX_SIZE,
  STX_RDEV_MAJOR,
  STX_RDEV_MINOR,
} from "../program/constants.ts";
import { EACCES, EDQUOT, EEXIST, EINVAL, ENOENT, ENOSYS, EPERM, EROFS } from "../program/errno.ts";
import type { Operand } from "../program/instruction.ts";
import type { Config, IdMapping, Process, Rlimit, Uint64 } from "../spec/types.ts";
import { pathComponents } from "./root_fd.ts";

/** The user of a process, in numbers. */
export interface UserIds {
  readonly uid: number;
  readonly gid: number;
  readonly additionalGids: readonly number[];
  readonly umask: number;
}

/** What `process.user` says; without it the user is root, and without a umask it is 0022, as in every peer. */
export function userIds({ user }: Process): UserIds {
  return {
    uid: user?.uid ?? 0,
    gid: user?.gid ?? 0,
    additionalGids: user?.additionalGids ?? [],
    umask: user?.umask ?? 0o022,
  };
}

/** Default dispositions and an empty mask: what started tsrun may have ignored or blocked signals. */
export function resetSignals(p: ProgramBuilder): void {
  const defaultAction = p.space(32);
  const emptySet = p.space(SIGSET_SIZE);
  p.withRegister((signal) => {
    p.move(signal, 1);
    const next = p.here();
    // EINVAL: SIGKILL and SIGSTOP.
    p.call("rt_sigaction", [signal, defaultAction, 0, SIGSET_SIZE], { ignore: [EINVAL] });
    p.compute(signal, signal, "Add", 1);
    p.branch(signal, "LessEqual", SIGNAL_COUNT, next);
  });
  p.call("rt_sigprocmask", [SIG_SETMASK, emptySet, 0, SIGSET_SIZE]);
}

/** What a new session keyring allows, and search besides: by its user, so that `su` inside finds its keys... */
const KEYRING_PERMISSIONS = 0x3f1b0000;
/** ...or by others in a user namespace, where another user may have made it. */
const KEYRING_PERMISSIONS_IN_USER_NAMESPACE = 0x3f130008;

/** A session keyring of the container's own, so that it does not share the caller's. @see keyctl(2), session-keyring(7) */
export function joinSessionKeyring(p: ProgramBuilder, id: string, inUserNamespace: boolean): void {
  const permissions = inUserNamespace ? KEYRING_PERMISSIONS_IN_USER_NAMESPACE : KEYRING_PERMISSIONS;
  const none = p.label();
  const full = p.label();
  p.withRegister((keyring) => {
    p.callTo(keyring, "keyctl", [KEYCTL_JOIN_SESSION_KEYRING, p.text(`_ses.${id}`), 0, 0, 0], {
      on: [
        [ENOSYS, none],
        [EDQUOT, full],
      ],
    });
    p.call("keyctl", [KEYCTL_SETPERM, keyring, permissions, 0, 0], { ignore: [EACCES] });
  });
  p.jump(none);
  p.place(full);
  p.fail(EDQUOT, "the user's keyring quota is used up (kernel.keys.maxkeys); --no-new-keyring does without one");
  p.place(none);
}

/** In the order of their numbers. @see asm-generic/resource.h */
const RLIMITS: readonly string[] = [
  "RLIMIT_CPU",
  "RLIMIT_FSIZE",
  "RLIMIT_DATA",
  "RLIMIT_STACK",
  "RLIMIT_CORE",
  "RLIMIT_RSS",
  "RLIMIT_NPROC",
  "RLIMIT_NOFILE",
  "RLIMIT_MEMLOCK",
  "RLIMIT_AS",
  "RLIMIT_LOCKS",
  "RLIMIT_SIGPENDING",
  "RLIMIT_MSGQUEUE",
  "RLIMIT_NICE",
  "RLIMIT_RTPRIO",
  "RLIMIT_RTTIME",
];

/** The process that makes the call. @see prlimit(2) */
export const SELF = 0;

/** @see config.md, "POSIX process", rlimits; prlimit(2) */
export function setRlimits(p: ProgramBuilder, rlimits: readonly Rlimit[], pid: Operand): void {
  for (const [i, { type, soft, hard }] of rlimits.entries()) {
    p.at(`/process/rlimits/${i}`, () => {
      const resource = RLIMITS.indexOf(type);
      if (resource < 0) {
        throw new Failure(`/process/rlimits/${i}/type: unknown resource "${type}"`, {
          code: "config.invalid",
          pointer: `/process/rlimits/${i}/type`,
        });
      }
      p.call("prlimit64", [pid, resource, p.longs([soft, hard].map(wholeLimit)), 0]);
    });
  }
}

/** JSON numbers near 2^64 lose their last digits in a double; what was meant is RLIM_INFINITY. */
function wholeLimit(value: Uint64): bigint {
  const RLIM_INFINITY = 0xffff_ffff_ffff_ffffn;
  return value < 0 || value >= 2 ** 64 ? RLIM_INFINITY : BigInt(value);
}

/**
 * Whether setgroups(2) works. Where a user namespace forbids it, groups that are asked for are an error for an ordinary
 * user ("denied"), and left out for its root ("dropped"): that is what runc and crun do, and what Podman counts on.
 *
 * @see user_namespaces(7), /proc/pid/setgroups
 */
export type Setgroups = "allowed" | "denied" | "dropped";

/**
 * Become the container's user: groups first, the user last.
 *
 * The permitted capabilities survive it, until they are set.
 *
 * @param setgroups whether groups can be set at all
 *
 * @see config.md, "User"; setgroups(2), setgid(2), setuid(2)
 */
export function becomeUser(p: ProgramBuilder, user: UserIds, setgroups: Setgroups): void {
  p.call("prctl", [PR_SET_KEEPCAPS, 1, 0, 0, 0]);
  p.at("/process/user/additionalGids", () => {
    if (setgroups === "dropped" || (setgroups === "denied" && user.additionalGids.length === 0)) return;
    p.call("setgroups", [user.additionalGids.length, p.words(user.additionalGids)]);
  });
  p.at("/process/user/gid", () => p.call("setgid", [user.gid]));
  p.at("/process/user/uid", () => p.call("setuid", [user.uid]));
}

/**
 * Become root of the user namespace, or the container's user where root is not mapped: until then the process has an id
 * that does not exist inside, and what it makes would belong to nobody.
 *
 * @see user_namespaces(7)
 */
export function becomeNamespaceRoot(p: ProgramBuilder, { linux, process }: Config): void {
  const mapped = (mappings: readonly IdMapping[] | undefined): boolean =>
    mappings === undefined || mappings.length === 0 || mappings.some(({ containerID }) => containerID === 0);
  const user = process === undefined ? undefined : userIds(process);
  const gid = mapped(linux?.gidMappings) ? 0 : (user?.gid ?? 0);
  const uid = mapped(linux?.uidMappings) ? 0 : (user?.uid ?? 0);
  p.call("setresgid", [gid, gid, gid]);
  p.call("setresuid", [uid, uid, uid]);
}

/** Give the standard streams to the container's user, so that it can open /dev/stdout again; not /dev/null. */
export function giveStandardStreams(p: ProgramBuilder, { uid }: UserIds): void {
  const MEM_MAJOR = 1;
  const NULL_MINOR = 3;
  const status = p.space(STATX_SIZE);
  const KEEP = -1;
  p.withRegister((value) => {
    for (const stream of [0, 1, 2]) {
      const own = p.label();
      const next = p.label();
      p.callTo(value, "statx", [stream, p.text(""), AT_EMPTY_PATH, STATX_BASIC_STATS, status], { on: [[0, next]] });
      p.load(value, p.within(status, STX_RDEV_MAJOR), 4);
      p.branch(value, "NotEqual", MEM_MAJOR, own);
      p.load(value, p.within(status, STX_RDEV_MINOR), 4);
      p.branch(value, "Equal", NULL_MINOR, next);
      p.place(own);
      p.call("fchown", [stream, uid, KEEP], { ignore: [EINVAL, EPERM, EROFS] });
      p.place(next);
    }
  });
}

/**
 * Enter the working directory. The user's own rights may be needed to enter it, or those it has lost: both are tried.
 *
 * @param make whether it is made if missing: by runc's example for the container's process, not for one that joins it
 * @returns to be called once the process is the container's user
 */
export function enterDirectory(p: ProgramBuilder, cwd: string, make: boolean): () => void {
  const missing = p.label();
  const done = p.label();
  const denied = p.register();
  p.callTo(denied, "chdir", [p.text(cwd)], {
    on: [...(make ? [[ENOENT, missing] as const] : []), [EACCES, done], [EPERM, done]],
  });
  if (make) {
    p.jump(done);
    p.place(missing);
    const components = pathComponents(cwd);
    for (let i = 1; i <= components.length; i++) {
      p.call("mkdirat", [AT_FDCWD, p.text(`/${components.slice(0, i).join("/")}`), 0o755], { ignore: [EEXIST] });
    }
    p.callTo(denied, "chdir", [p.text(cwd)]);
  }
  p.place(done);
  return () => {
    const entered = p.label();
    p.branch(denied, "Equal", 0, entered);
    p.call("chdir", [p.text(cwd)]);
    p.place(entered);
    p.release(denied);
    checkInsideRoot(p);
  };
}

/** @see CVE-2024-21626: a working directory outside the root is told by the kernel as "(unreachable)" */
function checkInsideRoot(p: ProgramBuilder): void {
  const PATH_MAX = 4096;
  const inside = p.label();
  const path = p.space(PATH_MAX);
  p.call("getcwd", [path, PATH_MAX]);
  p.withRegister((first) => {
    p.load(first, path, 1);
    p.branch(first, "Equal", "/".charCodeAt(0), inside);
  });
  p.fail(ENOENT, "the working directory is outside of the container's root");
  p.place(inside);
}
