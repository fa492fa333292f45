import * as k from "./constants.ts";
import type { Operand } from "./instruction.ts";
import { type Form, flags, formatOperand, hexadecimal, octal, oneOf, struct, textArray } from "./print_operands.ts";

const plain: Form = formatOperand;
const directory = oneOf({ AT_FDCWD: k.AT_FDCWD });

const openFlags: Form = (operand, data) => {
  if (typeof operand === "object") return formatOperand(operand);
  const access = Number(BigInt(operand) & 3n);
  const isPlace = (BigInt(operand) & BigInt(k.O_PATH)) !== 0n;
  const rest = flags({
    O_RDWR: k.O_RDWR,
    O_WRONLY: k.O_WRONLY,
    O_CREAT: k.O_CREAT,
    O_EXCL: k.O_EXCL,
    O_NOCTTY: k.O_NOCTTY,
    O_NONBLOCK: k.O_NONBLOCK,
    O_DIRECTORY: k.O_DIRECTORY[data.architecture],
    O_NOFOLLOW: k.O_NOFOLLOW[data.architecture],
    O_PATH: k.O_PATH,
    O_CLOEXEC: k.O_CLOEXEC,
  })(operand, data);
  if (access !== k.O_RDONLY || isPlace) return rest;
  return BigInt(operand) === 0n ? "O_RDONLY" : `O_RDONLY | ${rest}`;
};

const resolveFlags = flags({
  RESOLVE_NO_XDEV: k.RESOLVE_NO_XDEV,
  RESOLVE_NO_MAGICLINKS: k.RESOLVE_NO_MAGICLINKS,
  RESOLVE_NO_SYMLINKS: k.RESOLVE_NO_SYMLINKS,
  RESOLVE_BENEATH: k.RESOLVE_BENEATH,
  RESOLVE_IN_ROOT: k.RESOLVE_IN_ROOT,
});

const placeNames = {
  AT_EMPTY_PATH: k.AT_EMPTY_PATH,
  AT_SYMLINK_NOFOLLOW: k.AT_SYMLINK_NOFOLLOW,
  AT_RECURSIVE: k.AT_RECURSIVE,
};
const placeFlags = flags(placeNames);

const mountFlags = flags({
  MS_RDONLY: k.MS_RDONLY,
  MS_MOVE: k.MS_MOVE,
  MS_REC: k.MS_REC,
  MS_UNBINDABLE: k.MS_UNBINDABLE,
  MS_PRIVATE: k.MS_PRIVATE,
  MS_SLAVE: k.MS_SLAVE,
  MS_SHARED: k.MS_SHARED,
});

const mountAttributes = flags({
  MOUNT_ATTR_RDONLY: k.MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_NOSUID: k.MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NODEV: k.MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC: k.MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR__ATIME: k.MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME: k.MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_STRICTATIME: k.MOUNT_ATTR_STRICTATIME,
  MOUNT_ATTR_NODIRATIME: k.MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_IDMAP: k.MOUNT_ATTR_IDMAP,
  MOUNT_ATTR_NOSYMFOLLOW: k.MOUNT_ATTR_NOSYMFOLLOW,
});

const namespaceNames = {
  CLONE_FILES: k.CLONE_FILES,
  CLONE_PIDFD: k.CLONE_PIDFD,
  CLONE_PARENT: k.CLONE_PARENT,
  CLONE_NEWUSER: k.CLONE_NEWUSER,
  CLONE_NEWPID: k.CLONE_NEWPID,
  CLONE_NEWNET: k.CLONE_NEWNET,
  CLONE_NEWNS: k.CLONE_NEWNS,
  CLONE_NEWIPC: k.CLONE_NEWIPC,
  CLONE_NEWUTS: k.CLONE_NEWUTS,
  CLONE_NEWCGROUP: k.CLONE_NEWCGROUP,
  CLONE_NEWTIME: k.CLONE_NEWTIME,
};
const cloneFlags = flags(namespaceNames);
const signal = oneOf({ SIGKILL: k.SIGKILL, SIGCHLD: k.SIGCHLD });

const socketNames = { SOCK_CLOEXEC: k.SOCK_CLOEXEC, SOCK_SEQPACKET: k.SOCK_SEQPACKET, SOCK_DGRAM: k.SOCK_DGRAM };

const limit: Form = (operand, data) =>
  operand === 0xffff_ffff_ffff_ffffn ? "RLIM_INFINITY" : hexadecimal(operand, data);

/** `struct sockaddr_un` with a path. */
const unixAddress: Form = (operand, data) =>
  typeof operand === "object" && "data" in operand
    ? JSON.stringify(data.text(operand.data + 2))
    : formatOperand(operand);

const commands = {
  prctl: oneOf({
    PR_SET_DUMPABLE: k.PR_SET_DUMPABLE,
    PR_SET_KEEPCAPS: k.PR_SET_KEEPCAPS,
    PR_SET_NAME: k.PR_SET_NAME,
    PR_CAPBSET_DROP: k.PR_CAPBSET_DROP,
    PR_SET_CHILD_SUBREAPER: k.PR_SET_CHILD_SUBREAPER,
    PR_SET_NO_NEW_PRIVS: k.PR_SET_NO_NEW_PRIVS,
    PR_CAP_AMBIENT: k.PR_CAP_AMBIENT,
  }),
  ambient: oneOf({
    PR_CAP_AMBIENT_RAISE: k.PR_CAP_AMBIENT_RAISE,
    PR_CAP_AMBIENT_CLEAR_ALL: k.PR_CAP_AMBIENT_CLEAR_ALL,
  }),
  fsconfig: oneOf({
    FSCONFIG_SET_FLAG: k.FSCONFIG_SET_FLAG,
    FSCONFIG_SET_STRING: k.FSCONFIG_SET_STRING,
    FSCONFIG_CMD_CREATE: k.FSCONFIG_CMD_CREATE,
    FSCONFIG_CMD_RECONFIGURE: k.FSCONFIG_CMD_RECONFIGURE,
  }),
  keyctl: oneOf({
    KEYCTL_JOIN_SESSION_KEYRING: k.KEYCTL_JOIN_SESSION_KEYRING,
    KEYCTL_SETPERM: k.KEYCTL_SETPERM,
  }),
};

/** The forms of a call's arguments in their order; the rest is plain. */
const FORMS: Readonly<Record<string, readonly Form[]>> = {
  accept4: [plain, plain, plain, flags(socketNames)],
  bind: [plain, unixAddress],
  capset: [
    struct([
      ["version", 0, 4, hexadecimal],
      ["pid", 4, 4, plain],
    ]),
    // The upper half of each set follows the lower halves of all.
    struct([
      ["effective", 0, 4, hexadecimal],
      ["permitted", 4, 4, hexadecimal],
      ["inheritable", 8, 4, hexadecimal],
      ["effective >> 32", 12, 4, hexadecimal],
      ["permitted >> 32", 16, 4, hexadecimal],
      ["inheritable >> 32", 20, 4, hexadecimal],
    ]),
  ],
  clone: [flags({ ...namespaceNames, SIGCHLD: k.SIGCHLD })],
  clone3: [
    struct([
      ["flags", 0, 8, cloneFlags],
      ["exit_signal", 32, 8, signal],
      ["cgroup", 80, 8, plain],
    ]),
  ],
  close_range: [plain, plain, flags({ CLOSE_RANGE_CLOEXEC: k.CLOSE_RANGE_CLOEXEC })],
  connect: [plain, unixAddress],
  execve: [plain, textArray, textArray],
  faccessat2: [directory, plain, flags({ X_OK: k.X_OK }), flags({ AT_EACCESS: k.AT_EACCESS, ...placeNames })],
  fchmodat: [directory, plain, octal],
  fchownat: [directory, plain, plain, plain, placeFlags],
  fcntl: [plain, oneOf({ F_SETFD: k.F_SETFD }), flags({ FD_CLOEXEC: k.FD_CLOEXEC })],
  fsconfig: [plain, commands.fsconfig],
  fsmount: [plain, flags({ FSMOUNT_CLOEXEC: k.FSMOUNT_CLOEXEC }), mountAttributes],
  fsopen: [plain, flags({ FSOPEN_CLOEXEC: k.FSOPEN_CLOEXEC })],
  fspick: [directory, plain, flags({ FSPICK_CLOEXEC: k.FSPICK_CLOEXEC, FSPICK_EMPTY_PATH: k.FSPICK_EMPTY_PATH })],
  ioctl: [plain, oneOf({ SIOCSIFFLAGS: k.SIOCSIFFLAGS })],
  keyctl: [commands.keyctl],
  kill: [plain, signal],
  memfd_create: [plain, flags({ MFD_CLOEXEC: k.MFD_CLOEXEC })],
  mkdirat: [directory, plain, octal],
  mknodat: [directory, plain, octal, hexadecimal],
  mount: [plain, plain, plain, mountFlags],
  mount_setattr: [
    directory,
    plain,
    placeFlags,
    struct([
      ["attr_set", 0, 8, mountAttributes],
      ["attr_clr", 8, 8, mountAttributes],
      ["propagation", 16, 8, mountFlags],
      ["userns_fd", 24, 8, plain],
    ]),
  ],
  move_mount: [
    directory,
    plain,
    directory,
    plain,
    flags({
      MOVE_MOUNT_F_EMPTY_PATH: k.MOVE_MOUNT_F_EMPTY_PATH,
      MOVE_MOUNT_T_EMPTY_PATH: k.MOVE_MOUNT_T_EMPTY_PATH,
    }),
  ],
  open_tree: [
    directory,
    plain,
    flags({ OPEN_TREE_CLONE: k.OPEN_TREE_CLONE, ...placeNames, OPEN_TREE_CLOEXEC: k.OPEN_TREE_CLOEXEC }),
  ],
  openat: [directory, plain, openFlags, octal],
  openat2: [
    directory,
    plain,
    struct([
      ["flags", 0, 8, openFlags],
      ["mode", 8, 8, octal],
      ["resolve", 16, 8, resolveFlags],
    ]),
  ],
  prctl: [commands.prctl],
  prlimit64: [
    plain,
    plain,
    struct([
      ["rlim_cur", 0, 8, limit],
      ["rlim_max", 8, 8, limit],
    ]),
  ],
  rt_sigprocmask: [oneOf({ SIG_SETMASK: k.SIG_SETMASK })],
  seccomp: [oneOf({ SECCOMP_SET_MODE_FILTER: k.SECCOMP_SET_MODE_FILTER })],
  setns: [plain, cloneFlags],
  socket: [oneOf({ AF_UNIX: k.AF_UNIX, AF_INET: k.AF_INET }), flags(socketNames)],
  statx: [directory, plain, placeFlags, flags({ STATX_BASIC_STATS: k.STATX_BASIC_STATS })],
  symlinkat: [plain, directory, plain],
  umask: [octal],
  umount2: [plain, flags({ MNT_DETACH: k.MNT_DETACH })],
  unlinkat: [directory],
  unshare: [cloneFlags],
};

/** How the arguments of this call are written; beyond the end of the list, as they are. */
export function formsOf(call: string, args: readonly Operand[]): readonly Form[] {
  if (call === "prctl" && args[0] === k.PR_CAP_AMBIENT) return [commands.prctl, commands.ambient];
  return FORMS[call] ?? [];
}

/** The argument that says what the call is to do, of calls that do many things. */
const COMMANDS: Readonly<Record<string, readonly [argument: number, form: (operand: Operand) => string]>> = {
  prctl: [0, commands.prctl],
  fsconfig: [1, commands.fsconfig],
  keyctl: [0, commands.keyctl],
};

/** The name of what the call is to do, where one call does many things. */
export function commandOf(call: string, args: readonly Operand[]): string | undefined {
  const command = COMMANDS[call];
  return command === undefined ? undefined : command[1](args[command[0]] ?? 0);
}
