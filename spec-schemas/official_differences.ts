/** Where our judgement of a config differs from the official schemas', and why. In `at`, `*` is any key or index, `**` whatever follows. */

/** What the official schemas accept and we do not: where, and why. */
export const stricter: readonly { readonly at: readonly string[]; readonly says: RegExp; readonly why: string }[] = [
  {
    at: ["/ociVersion"],
    says: /version 1\.x\.y/,
    why: "config.md: SemVer 2.0.0; versions other than 1.x are not known",
  },
  { at: ["/root"], says: /required on Linux/, why: "config.md: root is required on all platforms but Windows" },
  { at: ["/root/path"], says: /expected a directory/, why: "an empty path is no directory" },
  { at: ["/process/args"], says: /command to run/, why: "config.md: at least one entry is required on POSIX" },
  { at: ["/process/cwd"], says: /absolute path/, why: "config.md: cwd must be an absolute path" },
  {
    at: ["/process/env/*", "/hooks/*/*/env/*"],
    says: /NAME=value/,
    why: "config.md: as the environ of IEEE Std 1003.1-2008",
  },
  { at: ["/process/rlimits/*/type"], says: /one of|twice/, why: "config.md: unknown and duplicate types are errors" },
  { at: ["/process/rlimits/*/soft"], says: /above the hard/, why: "setrlimit(2) refuses it" },
  { at: ["/process/oomScoreAdj"], says: /-1000 to 1000/, why: "proc(5): the kernel refuses others" },
  { at: ["/process/consoleSize/*"], says: /at most 65535/, why: "struct winsize has 16 bits" },
  {
    at: ["/hostname", "/domainname"],
    says: /uts namespace|64 bytes/,
    why: "config.md: of the container's UTS namespace",
  },
  { at: ["/mounts/*/destination"], says: /expected a path/, why: "an empty path is no place" },
  { at: ["/mounts/*/source"], says: /bind mount/, why: "a bind mount without a source shows nothing" },
  { at: ["/mounts/*/[ug]idMappings"], says: /need [ug]idMappings/, why: "config.md: both or none" },
  { at: ["/mounts/*/[ug]idMappings/*", "/linux/[ug]idMappings/*"], says: /overlap|32 bits/, why: "user_namespaces(7)" },
  { at: ["/hooks/*/*/path"], says: /absolute path/, why: "config.md: path must be absolute" },
  { at: ["/annotations/*"], says: /empty|string/, why: "config.md: keys must not be empty, values are strings" },
  {
    at: ["/linux/sysctl/*", "/linux/resources/unified/*"],
    says: /string/,
    why: "the official schema does not look at empty keys",
  },
  { at: ["/linux/namespaces/*/type"], says: /twice/, why: "config-linux.md: duplicate namespaces are an error" },
  { at: ["/linux/namespaces/*/path"], says: /absolute path/, why: "config-linux.md: path must be absolute" },
  { at: ["/linux/[ug]idMappings"], says: /user namespace/, why: "mappings without a user namespace mean nothing" },
  {
    at: ["/process/user/[ug]id", "/mounts/*/options/*"],
    says: /not among the ids/,
    why: "user_namespaces(7): an id that is not mapped is none",
  },
  { at: ["/linux/timeOffsets"], says: /time namespace/, why: "offsets without a new time namespace mean nothing" },
  { at: ["/linux/timeOffsets/*"], says: /no offset of the clock/, why: "time_namespaces(7): no other clock has one" },
  { at: ["/linux/*Paths"], says: /mount namespace/, why: "the host's own paths would be hidden (runc refuses it)" },
  {
    at: ["/mounts", "/root/readonly", "/linux/devices", "/linux/rootfsPropagation"],
    says: /mount namespace/,
    why: "mount_namespaces(7): the host's mounts are not a user namespace's to change",
  },
  { at: ["/linux/*Paths/*"], says: /absolute path/, why: "config-linux.md: the values must be absolute paths" },
  {
    at: ["/linux/sysctl/*"],
    says: /namespace|kernel parameter|hostname/,
    why: "config-linux.md: only the container's own",
  },
  {
    at: ["/linux/devices/*/path"],
    says: /absolute path|another device/,
    why: "config-linux.md: the full path, one device there",
  },
  {
    at: ["/linux/devices/*/m*"],
    says: /device number/,
    why: "config-linux.md: required unless a fifo; dev_t has 12 and 20 bits",
  },
  {
    at: ["/linux/netDevices**"],
    says: /a name of|network namespace|called/,
    why: "config-linux.md: names as the kernel has them",
  },
  { at: ["/linux/resources/devices/*/type"], says: /a, b, c/, why: "config-linux.md: a, b or c" },
  { at: ["/linux/resources/devices/*/access"], says: /r, w, m/, why: "config-linux.md: composed of r, w, m" },
  { at: ["/linux/resources/devices/*/m*"], says: /device number/, why: "device numbers have 32 bits" },
  { at: ["/linux/resources/memory/swap"], says: /memory/, why: "the kernel refuses swap below or without limit" },
  { at: ["/linux/resources/memory/swappiness"], says: /0 to 100/, why: "config-linux.md: 0 to 100" },
  { at: ["/linux/resources/cpu/idle"], says: /0 or 1/, why: "config-linux.md: 0 or 1" },
  {
    at: ["/linux/resources/blockIO/weightDevice/*", "/linux/resources/rdma/*"],
    says: /or both/,
    why: "config-linux.md: at least one must be specified in a given entry",
  },
  { at: ["/linux/resources/cpu/cpus", "/linux/resources/cpu/mems"], says: /a list/, why: "cpuset(7): list format" },
  { at: ["/linux/resources/blockIO/**"], says: /10 to 1000/, why: "config-linux.md: 10 to 1000" },
  { at: ["/linux/resources/unified/*"], says: /a file of a cgroup/, why: "GHSA-5g49-rx9x-qfc6: keys are file names" },
  {
    at: ["/linux/seccomp/defaultErrnoRet", "/linux/seccomp/syscalls/*/errnoRet"],
    says: /errno|at most/,
    why: "config-linux.md: an error where the action takes none",
  },
  { at: ["/linux/seccomp/syscalls/*/args/*/index"], says: /0 to 5/, why: "system calls have six arguments" },
  {
    at: ["/linux/seccomp/**"],
    says: /SCMP_ACT_NOTIFY|listener/,
    why: "config-linux.md on listenerPath; runc on notify",
  },
  { at: ["/**"], says: /NUL/, why: "the kernel would cut the string there" },
  { at: ["/process/scheduler/*"], says: /-20 to 19| only, /, why: "sched_setattr(2) refuses it" },
  { at: ["/process/ioPriority/priority"], says: /0 to 7/, why: "ioprio_set(2): 0 to 7" },
  { at: ["/mounts/*/options"], says: /id-mapped/, why: "config.md: there is nothing to map with" },
  {
    at: ["/mounts/*/[ug]idMappings/*/size", "/linux/[ug]idMappings/*/size"],
    says: /at least 1/,
    why: "user_namespaces(7)",
  },
  { at: ["/mounts/*/[ug]idMappings", "/linux/[ug]idMappings"], says: /at most 340/, why: "user_namespaces(7)" },
  { at: ["/linux/timeOffsets/*/nanosecs"], says: /999999999/, why: "time_namespaces(7)" },
  {
    at: ["/linux/intelRdt/schemata/*"],
    says: /one line/,
    why: "config-linux.md: each element is one line of the file",
  },
  { at: ["/linux/intelRdt/closID"], says: /directory/, why: "config-linux.md: the name of one directory" },
  { at: ["/linux/memoryPolicy/*"], says: /./, why: "config-linux.md: mode is required; set_mempolicy(2)" },
  { at: ["/linux/personality/domain"], says: /required/, why: "config-linux.md: domain is required" },
  { at: ["/linux/personality/flags/*"], says: /no personality flag/, why: "config-linux.md: no flag is supported yet" },
];

/** What we accept and the official schemas do not: how their error reads, and why. */
export const looser: readonly {
  readonly at: string;
  readonly keyword: string;
  readonly value?: RegExp;
  readonly why: string;
}[] = [
  {
    at: "/linux/rootfsPropagation",
    keyword: "enum",
    value: /^r(shared|slave|private|unbindable)$/,
    why: "Docker writes rslave and rshared; runc and crun take them",
  },
  {
    at: "/linux/devices/*/fileMode",
    keyword: "maximum",
    why: "runc takes any mode, bits of the file's type included",
  },
];
