/**
 * Constants of the kernel's interface, by their headers' names. They are the same on every architecture that tsrun
 * supports, except where a table by architecture says otherwise.
 */

// linux/fcntl.h, asm-generic/fcntl.h
export const AT_FDCWD = -100;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_EACCESS = 0x200;
export const AT_REMOVEDIR = 0x200;
export const AT_EMPTY_PATH = 0x1000;
export const AT_RECURSIVE = 0x8000;
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_EXCL = 0o200;
export const O_NOCTTY = 0o400;
export const O_NONBLOCK = 0o4000;
export const O_CLOEXEC = 0o2000000;
export const O_PATH = 0o10000000;
/** asm/fcntl.h: these two differ by architecture. */
export const O_DIRECTORY = { x86_64: 0o200000, arm64: 0o40000 } as const;
export const O_NOFOLLOW = { x86_64: 0o400000, arm64: 0o100000 } as const;
export const F_SETFD = 2;
export const F_SETFL = 4;
export const FD_CLOEXEC = 1;

// linux/openat2.h
export const RESOLVE_NO_XDEV = 0x01;
export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_NO_SYMLINKS = 0x04;
export const RESOLVE_BENEATH = 0x08;
export const RESOLVE_IN_ROOT = 0x10;

// linux/stat.h
export const S_IFMT = 0o170000;
export const S_IFIFO = 0o010000;
export const S_IFCHR = 0o020000;
export const S_IFDIR = 0o040000;
export const S_IFBLK = 0o060000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;
export const STATX_BASIC_STATS = 0x7ff;
export const STATX_MNT_ID = 0x1000;
export const STATX_ATTR_MOUNT_ROOT = 0x2000;
export const STATX_SIZE = 256;
/** Offsets in struct statx. */
export const STX_ATTRIBUTES = 8;
export const STX_NLINK = 16;
export const STX_UID = 20;
export const STX_GID = 24;
export const STX_MODE = 28;
export const STX_ATIME = 64;
export const STX_MTIME = 112;
export const STX_INO = 32;
export const STX_SIZE = 40;
export const STX_RDEV_MAJOR = 128;
export const STX_RDEV_MINOR = 132;
export const STX_DEV_MAJOR = 136;
export const STX_DEV_MINOR = 140;
export const STX_MNT_ID = 144;

// linux/mount.h
export const MS_RDONLY = 1;
export const MS_MOVE = 8192;
export const MS_REC = 16384;
export const MS_UNBINDABLE = 1 << 17;
export const MS_PRIVATE = 1 << 18;
export const MS_SLAVE = 1 << 19;
export const MS_SHARED = 1 << 20;
export const MNT_DETACH = 2;
export const UMOUNT_NOFOLLOW = 8;
export const OPEN_TREE_CLONE = 1;
export const OPEN_TREE_CLOEXEC = O_CLOEXEC;
export const MOVE_MOUNT_F_EMPTY_PATH = 0x04;
export const MOVE_MOUNT_T_EMPTY_PATH = 0x40;
export const FSOPEN_CLOEXEC = 1;
export const FSMOUNT_CLOEXEC = 1;
export const FSPICK_CLOEXEC = 1;
export const FSPICK_EMPTY_PATH = 8;
export const FSCONFIG_SET_FLAG = 0;
export const FSCONFIG_SET_STRING = 1;
export const FSCONFIG_CMD_CREATE = 6;
export const FSCONFIG_CMD_RECONFIGURE = 7;
export const MOUNT_ATTR_RDONLY = 0x01;
export const MOUNT_ATTR_NOSUID = 0x02;
export const MOUNT_ATTR_NODEV = 0x04;
export const MOUNT_ATTR_NOEXEC = 0x08;
export const MOUNT_ATTR__ATIME = 0x70;
export const MOUNT_ATTR_RELATIME = 0x00;
export const MOUNT_ATTR_NOATIME = 0x10;
export const MOUNT_ATTR_STRICTATIME = 0x20;
export const MOUNT_ATTR_NODIRATIME = 0x80;
export const MOUNT_ATTR_IDMAP = 0x100000;
export const MOUNT_ATTR_NOSYMFOLLOW = 0x200000;
export const MOUNT_ATTR_SIZE_VER0 = 32;

// linux/magic.h
export const DEVPTS_SUPER_MAGIC = 0x1cd1;
export const PROC_SUPER_MAGIC = 0x9fa0;

// linux/sched.h
export const CLONE_FILES = 0x400;
export const CLONE_PIDFD = 0x1000;
export const CLONE_PARENT = 0x8000;
export const CLONE_NEWTIME = 0x80;
export const CLONE_NEWNS = 0x20000;
export const CLONE_NEWCGROUP = 0x2000000;
export const CLONE_NEWUTS = 0x4000000;
export const CLONE_NEWIPC = 0x8000000;
export const CLONE_NEWUSER = 0x10000000;
export const CLONE_NEWPID = 0x20000000;
export const CLONE_NEWNET = 0x40000000;
/** sizeof(struct clone_args) with every field up to `cgroup`. */
export const CLONE_ARGS_SIZE_VER2 = 88;
/** Where `pidfd` and `cgroup` lie in it. */
export const CLONE_ARGS_PIDFD = 8;
export const CLONE_ARGS_CGROUP = 80;
export const CLONE_INTO_CGROUP = 0x2_0000_0000;

// linux/prctl.h
export const PR_SET_DUMPABLE = 4;
export const PR_SET_KEEPCAPS = 8;
export const PR_SET_NAME = 15;
export const PR_CAPBSET_DROP = 24;
export const PR_SET_CHILD_SUBREAPER = 36;
export const PR_SET_NO_NEW_PRIVS = 38;
export const PR_CAP_AMBIENT = 47;
export const PR_CAP_AMBIENT_RAISE = 2;
export const PR_CAP_AMBIENT_CLEAR_ALL = 4;

// linux/capability.h
export const _LINUX_CAPABILITY_VERSION_3 = 0x20080522;

// linux/keyctl.h
export const KEYCTL_JOIN_SESSION_KEYRING = 1;
export const KEYCTL_SETPERM = 5;

// linux/socket.h, linux/un.h, linux/sockios.h, linux/if.h
export const AF_UNIX = 1;
export const AF_INET = 2;
export const SOCK_DGRAM = 2;
export const SOCK_SEQPACKET = 5;
export const SOCK_CLOEXEC = O_CLOEXEC;
export const SIOCSIFFLAGS = 0x8914;
export const IFF_UP = 0x1;

// linux/close_range.h
export const CLOSE_RANGE_CLOEXEC = 4;
export const LAST_DESCRIPTOR = 0xffffffff;

// asm-generic/fcntl.h, linux/unistd: faccessat2
export const X_OK = 1;

// asm-generic/signal-defs.h
export const SIG_SETMASK = 2;
export const SIGNAL_COUNT = 64;
/** sizeof(sigset_t) as the kernel sees it. */
export const SIGSET_SIZE = 8;

// linux/memfd.h, linux/eventfd.h, asm-generic/poll.h, asm-generic/signal.h
export const MFD_CLOEXEC = 1;
export const EFD_CLOEXEC = 0o2000000;
export const POLLIN = 1;
export const POLLOUT = 4;
export const SIGKILL = 9;
export const SIGCHLD = 17;

// asm-generic/ioctls.h, asm-generic/termbits.h
export const TCGETS = 0x5401;
export const TCSETS = 0x5402;
export const TIOCSCTTY = 0x540e;
export const TIOCGWINSZ = 0x5413;
export const TIOCSWINSZ = 0x5414;
export const TIOCSPTLCK = 0x40045431;
export const TIOCGPTPEER = 0x5441;

// asm-generic/socket.h, linux/socket.h
export const SOL_SOCKET = 1;
export const SCM_RIGHTS = 1;
export const MSG_CMSG_CLOEXEC = 0x40000000;

// linux/seccomp.h
export const SECCOMP_SET_MODE_FILTER = 1;
