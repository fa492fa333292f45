/** Sensible values by schema path, so that most generated configs make a container that runs. */

import type { Dice } from "../../spec-schemas/mutations.ts";

/** Values of a path; null: never there. `PATH/#` gives the key of an object's free member. */
export type Dictionary = Readonly<Record<string, ((dice: Dice) => unknown) | null>>;

export function pick<T>(from: readonly T[], dice: Dice): T {
  const chosen = from[dice(from.length)];
  if (chosen === undefined) throw new RangeError("nothing to pick from");
  return chosen;
}

/** Each of them with a chance of `share` in eight, in their order. */
export function some<T>(from: readonly T[], dice: Dice, share = 2): T[] {
  return from.filter(() => dice(8) < share);
}

const oneOf =
  <T>(...from: readonly T[]) =>
  (dice: Dice): T =>
    pick(from, dice);

const someOf =
  <T>(from: readonly T[], share = 2) =>
  (dice: Dice): T[] =>
    some(from, dice, share);

const capabilities = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_NET_RAW",
  "CAP_NET_ADMIN",
  "CAP_SYS_ADMIN",
  "CAP_SYS_PTRACE",
  "CAP_SYS_CHROOT",
  "CAP_MKNOD",
  "CAP_AUDIT_WRITE",
  "CAP_BPF",
];

const attributes = [
  "ro",
  "rw",
  "nosuid",
  "suid",
  "nodev",
  "dev",
  "noexec",
  "exec",
  "noatime",
  "atime",
  "nodiratime",
  "diratime",
  "relatime",
  "norelatime",
  "strictatime",
  "nostrictatime",
  "sync",
  "async",
  "dirsync",
  "mand",
  "nomand",
  "silent",
  "loud",
  "iversion",
  "noiversion",
  "nosymfollow",
  "symfollow",
];
const recursive = ["rro", "rnosuid", "rnodev", "rnoexec", "rnoatime", "rrelatime", "rstrictatime", "rnosymfollow"];
const propagation = ["private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable"];

/** Some of what one kind of mount may be given. */
function options(own: readonly string[], dice: Dice): string[] {
  const chosen = [...some(attributes, dice, 1), ...some(own, dice, 3)];
  if (dice(4) === 0) chosen.push(pick(propagation, dice));
  if (dice(8) === 0) chosen.push(pick(recursive, dice));
  return chosen;
}

/** Places for mounts: there, not there, in one another, links, unclean, in what another mount covers. */
const destinations = [
  "/mnt",
  "/mnt/a",
  "/mnt/a/b",
  "/tmp",
  "/tmp/",
  "/new",
  "/new/deep/er",
  "/link",
  "/link/below",
  "/upwards/x",
  "/dangling",
  "//tmp//a/../b",
  "/dev/extra",
  "/home",
  "/var/folder",
  "relative/place",
];

function mount(dice: Dice): unknown {
  const destination = pick(destinations, dice);
  switch (dice(8)) {
    case 0:
    case 1:
    case 2:
      return {
        destination,
        type: "tmpfs",
        source: pick(["tmpfs", "some-name"], dice),
        options: options(
          ["size=64k", "mode=0750", "mode=1777", "uid=7", "gid=8", "nr_inodes=10", "size=10%", "size=1m,mode=0711"],
          dice,
        ),
      };
    case 3:
    case 4:
      return {
        destination,
        ...(dice(2) === 1 && { type: pick(["bind", "none"], dice) }),
        source: "bind-folder",
        options: [pick(["bind", "rbind"], dice), ...options([], dice)],
      };
    case 5:
      return {
        destination: pick(
          [
            "/etc/hosts",
            "/new-file",
            "/etc/passwd",
            "/dev/file",
            "/link/file",
            "/proc/uptime",
            "/dev/null",
            "/dangling",
          ],
          dice,
        ),
        type: "bind",
        source: "bind-source",
        options: [pick(["bind", "rbind"], dice), ...options([], dice)],
      };
    case 6:
      return { destination, type: "proc", source: "proc", options: options([], dice) };
    default:
      return {
        destination,
        ...pick(
          [
            { type: "sysfs", source: "sysfs", options: some(["nosuid", "noexec", "nodev", "ro"], dice, 5) },
            { type: "mqueue", source: "mqueue", options: some(["nosuid", "noexec", "nodev"], dice, 5) },
            { type: "devpts", source: "devpts", options: ["newinstance", ...some(["mode=0600", "gid=5", "ro"], dice)] },
            {
              type: "cgroup",
              source: "cgroup",
              options: some(["nosuid", "noexec", "nodev", "relatime", "ro"], dice, 4),
            },
          ],
          dice,
        ),
      };
  }
}

/** Names whose lower limits nobody needs to run. */
const limits = ["CORE", "DATA", "FSIZE", "LOCKS", "MSGQUEUE", "NOFILE", "NPROC", "SIGPENDING", "STACK", "RTPRIO"];

function rlimits(dice: Dice): unknown {
  return some(limits, dice, 2).map((name) => {
    const hard = name === "DATA" || name === "STACK" ? 1 << 26 : pick([1024, 1000, 512], dice);
    return { type: `RLIMIT_${name}`, hard, soft: dice(3) === 0 ? hard / 2 : hard };
  });
}

const nodes = [
  { type: "c", path: "/dev/one", major: 1, minor: 3 },
  { type: "u", path: "/dev/two", major: 1, minor: 5 },
  { type: "b", path: "/dev/disk", major: 254, minor: 0 },
  { type: "p", path: "/dev/pipe" },
  { type: "c", path: "/dev/fuse", major: 10, minor: 229 },
  { type: "c", path: "/dev/net/tun", major: 10, minor: 200 },
  { type: "c", path: "/dev/null", major: 1, minor: 3 },
  { type: "c", path: "/tmp/elsewhere", major: 1, minor: 8 },
  { type: "c", path: "/new/folder/node", major: 1, minor: 9 },
];

const devices = (dice: Dice): unknown =>
  some(nodes, dice).map((node) => ({
    ...node,
    ...(dice(2) === 1 && { fileMode: pick([0o666, 0o600, 0o644, 0o4755], dice) }),
    ...(dice(2) === 1 && { uid: pick([0, 7, 1000], dice) }),
    ...(dice(2) === 1 && { gid: pick([0, 5, 1000], dice) }),
  }));

const deviceRules = (dice: Dice): unknown => [
  ...(dice(3) > 0 ? [{ allow: false, access: "rwm" }] : []),
  ...some(
    [
      { allow: true, type: "c", access: "m" },
      { allow: true, type: "b", access: "m" },
      { allow: true, type: "c", major: 1, minor: 3, access: "rwm" },
      { allow: true, type: "c", major: 136, access: "rw" },
      { allow: true, type: "c", major: -1, minor: 8, access: "r" },
      { allow: true, type: "b", major: 254, minor: 0, access: "r" },
      { allow: false, type: "c", major: 1, minor: 5, access: "w" },
      { allow: true, type: "a", access: "rwm" },
      { allow: true, type: "c", major: 10, minor: 229 },
    ],
    dice,
    3,
  ),
];

const syscalls = (dice: Dice): unknown =>
  some(
    [
      { names: ["getcwd", "no_such_call"], action: "SCMP_ACT_ERRNO", errnoRet: 38 },
      { names: ["personality"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 8, op: "SCMP_CMP_EQ" }] },
      { names: ["getgroups"], action: "SCMP_ACT_LOG" },
      {
        names: ["prlimit64"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 1,
        args: [{ index: 1, value: 7, op: "SCMP_CMP_EQ" }],
      },
      { names: ["uname"], action: "SCMP_ACT_TRACE", errnoRet: 7 },
      { names: ["statfs"], action: "SCMP_ACT_KILL_PROCESS" },
      {
        names: ["ioctl"],
        action: "SCMP_ACT_ERRNO",
        args: [{ index: 1, value: 255, valueTwo: 3, op: "SCMP_CMP_MASKED_EQ" }],
      },
      { names: ["openat"], action: "SCMP_ACT_ALLOW", args: [{ index: 2, value: 0, op: "SCMP_CMP_GE" }] },
      { names: ["lseek"], action: "SCMP_ACT_ERRNO", errnoRet: 5, args: [{ index: 0, value: 3, op: "SCMP_CMP_LT" }] },
    ],
    dice,
  );

export const dictionary: Dictionary = {
  "/hostname": oneOf("box", "a.long.name.example.org", "x".repeat(64), ""),
  "/domainname": oneOf("example.org", "(none)"),
  "/annotations": oneOf({ "org.example.key": "value" }, { "": "x" }, { a: "", "b.c": "ü" }),
  "/mounts/*": mount,
  "/process/cwd": oneOf("/", "/tmp", "/home", "/new-working/folder", "/link", "/tmp/../home"),
  "/process/env": oneOf(
    ["A=1", "A=2", "PATH=/bin"],
    ["HOME=/x"],
    [],
    ["EMPTY=", "UTF=ü", "EQ=a=b"],
    ["TERM=dumb", "NEWLINE=a\nb"],
  ),
  "/process/user/uid": oneOf(0, 0, 1000, 12345, 65534),
  "/process/user/gid": oneOf(0, 1000, 5, 65534),
  "/process/user/umask": oneOf(0, 0o22, 0o77, 0o27),
  "/process/user/additionalGids": oneOf([5], [5, 5, 7], [], [1000, 0, 65534]),
  "/process/user/username": null,
  "/process/capabilities": (dice) => {
    const bounding = some(capabilities, dice, 5);
    const permitted = some(bounding, dice, 6);
    const inheritable = dice(2) === 1 ? some(permitted, dice, 5) : [];
    return {
      bounding,
      permitted,
      effective: some(permitted, dice, 7),
      ...(dice(2) === 1 && { inheritable, ambient: some(inheritable, dice, 5) }),
    };
  },
  "/process/rlimits": rlimits,
  "/process/oomScoreAdj": oneOf(0, 1, 100, 1000),
  "/process/ioPriority/priority": oneOf(0, 4, 7),
  "/process/scheduler": oneOf(
    { policy: "SCHED_OTHER", nice: 5 },
    { policy: "SCHED_BATCH" },
    { policy: "SCHED_IDLE" },
    { policy: "SCHED_FIFO", priority: 3, flags: ["SCHED_FLAG_RESET_ON_FORK"] },
  ),
  "/linux/sysctl": someOf([
    ["net.ipv4.ip_forward", "1"],
    ["net.ipv4.ip_unprivileged_port_start", "80"],
    ["net/ipv4/ping_group_range", "0 7"],
    ["kernel.msgmax", "8192"],
    ["kernel.shm_rmid_forced", "1"],
    ["fs.mqueue.msg_max", "20"],
    ["net.core.somaxconn", "512"],
  ] as const),
  "/linux/devices": devices,
  "/linux/maskedPaths": someOf(
    [
      "/proc/kcore",
      "/proc/keys",
      "/sys/firmware",
      "/etc/hosts",
      "/tmp",
      "/nowhere",
      "/link",
      "/proc/acpi",
      "/etc/passwd/x",
    ],
    3,
  ),
  "/linux/readonlyPaths": someOf(
    ["/proc/sys", "/proc/bus", "/tmp", "/etc/passwd", "/nowhere", "/link", "/dev/shm", "/home"],
    3,
  ),
  "/linux/rootfsPropagation": oneOf("private", "slave", "shared", "rprivate", "rslave", "rshared", "unbindable"),
  "/linux/resources/devices": deviceRules,
  "/linux/resources/memory": oneOf<unknown>(
    { limit: 64 << 20 },
    { limit: 64 << 20, swap: 128 << 20 },
    { limit: 64 << 20, swap: 64 << 20, reservation: 32 << 20 },
    { limit: -1, swap: -1 },
    { limit: 64 << 20, swappiness: 10, disableOOMKiller: true },
    { swappiness: 60 },
    { swappiness: 0 },
    { reservation: 16 << 20 },
    { limit: 64 << 20, kernel: 32 << 20, kernelTCP: 16 << 20 },
    { disableOOMKiller: false, useHierarchy: true },
    { limit: 0 },
    { limit: 64 << 20, checkBeforeUpdate: true },
    { swap: 64 << 20 },
    { limit: 64 << 20, swap: 32 << 20 },
  ),
  "/linux/resources/cpu": oneOf<unknown>(
    { shares: 512 },
    { shares: 1 },
    { shares: 0 },
    { shares: 1 << 20 },
    { quota: 50_000, period: 100_000 },
    { quota: 50_000 },
    { quota: -1 },
    { period: 50_000 },
    { cpus: "0", mems: "0" },
    { cpus: "0-1" },
    { cpus: "" },
    { cpus: "0,1", shares: 100, quota: 20_000, period: 40_000 },
    { idle: 1 },
    { quota: 50_000, burst: 10_000 },
    { cpus: "77" },
    { quota: 5 },
  ),
  "/linux/resources/pids": oneOf({ limit: 10 }, { limit: -1 }, { limit: 0 }, { limit: 1 }, { limit: 100_000_000 }),
  "/linux/resources/blockIO": oneOf<unknown>(
    { weight: 100 },
    { weight: 5 },
    { throttleReadBpsDevice: [{ major: 254, minor: 0, rate: 100 << 20 }] },
    { throttleWriteIOPSDevice: [{ major: 254, minor: 0, rate: 10_000 }] },
    { throttleWriteBpsDevice: [{ major: 254, minor: 0, rate: 0 }] },
    { throttleReadIOPSDevice: [{ major: 99, minor: 0, rate: 10 }] },
  ),
  "/linux/resources/hugepageLimits": oneOf([{ pageSize: "2MB", limit: 4 << 20 }], [{ pageSize: "3MB", limit: 1 }]),
  "/linux/resources/network": oneOf<unknown>({}, { classID: 0 }, { priorities: [] }, {}),
  "/linux/resources/unified": oneOf<unknown>({}, { "memory.high": "64M" }),
  "/linux/resources/rdma/#": oneOf("mlx5_1"),
  "/linux/seccomp": (dice) => ({
    defaultAction: "SCMP_ACT_ALLOW",
    ...(dice(2) === 1 && { architectures: ["SCMP_ARCH_X86_64", ...some(["SCMP_ARCH_X86", "SCMP_ARCH_X32"], dice, 4)] }),
    ...(dice(3) === 0 && { flags: some(["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"], dice, 4) }),
    syscalls: syscalls(dice),
  }),
  "/linux/timeOffsets": oneOf<unknown>({ monotonic: { secs: 1000 } }, { boottime: { secs: 5, nanosecs: 7 } }),
  "/linux/personality": oneOf<unknown>({ domain: "LINUX" }, { domain: "LINUX32" }, { domain: "LINUX", flags: [] }),
  "/linux/memoryPolicy": oneOf<unknown>({ mode: "MPOL_DEFAULT" }, { mode: "MPOL_BIND", nodes: "0" }),
};
