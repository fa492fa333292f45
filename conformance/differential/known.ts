/** Differences that are as they should be, and why: from runc 1.1.5 and crun 1.8.1, as Debian 12 has them. */

import type { TestConfig } from "../harness/base_configs.ts";
import type { Deviation } from "./differential.ts";

interface Known {
  readonly peer: RegExp;
  readonly path: RegExp;
  readonly ours?: RegExp;
  readonly theirs?: RegExp;
  /** What those who refused said. */
  readonly message?: RegExp;
  readonly when?: (config: TestConfig) => boolean;
  readonly reason: string;
}

const both = /^(runc|crun)$/;
const runc = /^runc$/;
const crun = /^crun$/;
const outcome = /^\/(outcome|status)$/;
const refused = /refused"/;

const mountsCgroups = ({ mounts }: TestConfig): boolean => mounts.some(({ type }) => type === "cgroup");
const newerOptions = /^(r(ro|nosuid|nodev|noexec|noatime|relatime|strictatime|nosymfollow)|nosymfollow|symfollow)$/;
const hasNewerOptions = ({ mounts }: TestConfig): boolean =>
  mounts.some(({ options }) => options?.some((word) => newerOptions.test(word)));
const inUserNamespace = ({ linux }: TestConfig): boolean => linux.namespaces.some(({ type }) => type === "user");

/** What the peers' versions do not know yet, or not fully. */
const newer: readonly Known[] = [
  {
    peer: both,
    path: /^\/seen\/scheduler\//,
    when: ({ process }) => process.scheduler !== undefined || process.ioPriority !== undefined,
    reason: "process.scheduler and process.ioPriority are newer",
  },
  {
    peer: both,
    path: outcome,
    message: /sched_setattr|ioprio_set/,
    reason: "process.scheduler and process.ioPriority are newer; here the kernel refuses them",
  },
  { peer: both, path: /^\/seen\/domainname$/, ours: /example.org/, reason: "domainname is newer" },
  {
    peer: runc,
    path: /^\/seen\/(personality|machine)$/,
    when: ({ linux }) => linux.personality !== undefined,
    reason: "runc has linux.personality since 1.2",
  },
  {
    peer: both,
    path: outcome,
    theirs: refused,
    when: ({ linux }) => linux.namespaces.some(({ type }) => type === "time"),
    reason: "time namespaces are newer",
  },
  {
    peer: both,
    path: /^\/seen\/(mounts|paths)\/.*\/(options|filesystem_flags|write_errno)$/,
    when: hasNewerOptions,
    reason: "nosymfollow is newer; recursive options have an effect on new file systems too",
  },
  {
    peer: both,
    path: /^\/cgroup\/cpu cpu\.(idle|shares|cfs_burst_us)$/,
    when: ({ linux }) => linux.resources.cpu?.idle !== undefined || linux.resources.cpu?.burst !== undefined,
    reason: "runc has cpu.idle and cpu.burst since 1.2, crun has the latter since 1.9",
  },
  {
    peer: both,
    path: /^\/cgroup\/pids pids\.max$/,
    ours: /^"1\\n"$/,
    when: ({ linux }) => linux.resources.pids?.limit === 0,
    reason: "a pids limit of 0 is one since version 1.3 of the specification",
  },
];

/** Deliberate: what is safer, or what the specification says. */
const deliberate: readonly Known[] = [
  {
    peer: both,
    path: /^\/seen\/(mounts|paths)\/.*\/(super_options|filesystem_size)$/,
    ours: /^("(gid=\d+,)?nr_inodes=1,ro,size=4k(,uid=\d+)?"|4096)$/,
    reason: "the tmpfs that hides a folder can hold nothing, as in runc since 1.4.3",
  },
  {
    peer: runc,
    path: /^\/seen\/(mounts|paths)\/~1sys~1fs~1cgroup( \(\d\))?\/(mode|write_errno|filesystem_flags|options)$/,
    when: mountsCgroups,
    reason:
      "the tmpfs of the v1 hierarchies obeys the config's ro; runc forgets it, and takes the mode of what it covers",
  },
  {
    peer: runc,
    path: /^\/seen\/(mounts|paths)\/.*\/(mode|write_errno|filesystem_flags|options)$/,
    when: ({ mounts }) => mounts.some(({ type, destination }) => type === "cgroup" && destination !== "/sys/fs/cgroup"),
    reason: "runc gives mounts of cgroups nosuid, nodev and noexec, whatever the config says",
  },
  {
    peer: runc,
    path: /^\/seen\/mounts\/.*\/propagation/,
    when: ({ linux }) => /^r?(shared|slave|unbindable)$/.test(linux.rootfsPropagation ?? ""),
    reason:
      "where the root's parent mount is not shared, runc leaves the root private: rootfsPropagation has no effect",
  },
  {
    peer: both,
    path: /^\/seen\/(devices|paths)\/.*\/mode$/,
    when: ({ linux }) => linux.devices?.some(({ fileMode = 0 }) => fileMode > 0o777) ?? false,
    reason: "fileMode may have the bits above 0777",
  },
  {
    peer: runc,
    path: outcome,
    theirs: refused,
    message: /remounting|operation not permitted/,
    when: inUserNamespace,
    reason: "bind mounts get their attributes before the user namespace locks them",
  },
  {
    peer: runc,
    path: outcome,
    theirs: refused,
    message: /seccomp flags are not yet supported/,
    reason: "runc has flags of seccomp since 1.2",
  },
  {
    peer: both,
    path: outcome,
    theirs: refused,
    when: ({ linux }) => linux.seccomp !== undefined,
    message: /safe|function not implemented|getcwd|seccomp/,
    reason: "what the filter forbids does not hinder tsrun itself",
  },
  {
    peer: both,
    path: /^\/seen\/env\//,
    ours: /HOME=/,
    reason:
      "a user without a line of its own in /etc/passwd is at home in /; runc takes a line without fields for root's",
  },
  {
    peer: runc,
    path: /^\/seen\/paths\/.*\/(mode|write_errno|entries)$/,
    when: ({ mounts }) =>
      mounts.some(({ type, options }) => type === "tmpfs" && options?.some((word) => /(^|,)mode=/.test(word))),
    reason: "runc 1.1 gives a tmpfs the mode of the folder that it covers, even where the config says another",
  },
  {
    peer: both,
    path: /^\/cgroup\/devices devices\.list$/,
    theirs: /^"a \*:\* rwm"$/,
    when: ({ linux }) =>
      linux.resources.devices?.some(({ type = "a", major }) => type === "a" && major !== undefined) ?? false,
    reason: "a rule for all types but with numbers is for these numbers; the kernel of v1 takes it for everything",
  },
  {
    peer: both,
    path: outcome,
    ours: refused,
    message: /leads into \/proc/,
    reason: "nothing is mounted over a procfs, wherever that is",
  },
  {
    peer: runc,
    path: outcome,
    theirs: refused,
    message: /mount \/\/tmp/,
    reason: "runc 1.1 does not find unclean destinations again when it makes them read-only",
  },
  {
    peer: runc,
    path: outcome,
    theirs: refused,
    message: /(minimum|maximum) allowed cpu-shares/,
    reason: "shares below 2 or above 262144 are the kernel's to round",
  },
  {
    peer: runc,
    path: /^\/cgroup\/memory memory\.kmem/,
    reason: "runc 1.1 ignores limits of kernel memory",
  },
  {
    peer: runc,
    path: /^\/seen\/(mounts|paths)\/.*\/(options|write_errno|filesystem_flags)$/,
    when: ({ mounts }) =>
      mounts.some(
        ({ type, options, destination }) =>
          type === "tmpfs" &&
          options?.includes("ro") &&
          mounts.filter((other) => other.destination === destination).length > 1,
      ),
    reason: "runc makes what covers a tmpfs read-only in its place: it looks for it by its path at the end",
  },
  {
    peer: both,
    path: /^\/seen\/(devices|paths)\/.*\/[ug]id$/,
    ours: /^65534$/,
    when: inUserNamespace,
    reason: "the host's null device belongs to the last user of a container to whom crun gave it",
  },
  {
    peer: runc,
    path: outcome,
    theirs: refused,
    message: /flags: 0x5000: invalid argument/,
    when: ({ linux }) => /unbindable$/.test(linux.rootfsPropagation ?? ""),
    reason: "runc cannot make the root unbindable: it binds it afterwards",
  },
  {
    peer: both,
    path: outcome,
    ours: refused,
    message: /is another file than the device asked for/,
    reason: "what is mounted in the place of a default device is no device, as runc sees it since 1.4",
  },
  {
    peer: runc,
    path: outcome,
    theirs: refused,
    message: /device access at \d+ field cannot be empty/,
    reason: "a device rule without access is for every access",
  },
  {
    peer: runc,
    path: /^\/seen\/groups\//,
    when: ({ process: { user } }) => new Set(user.additionalGids).size !== user.additionalGids?.length,
    reason: "runc leaves out a group that is given twice",
  },
  {
    peer: runc,
    path: /^\/seen\/(devices\/mqueue|paths\/.*mqueue)\/gid$/,
    ours: /^0$/,
    when: inUserNamespace,
    reason: "the message queues are the container's root's, its group included",
  },
  {
    peer: both,
    path: outcome,
    ours: refused,
    message: /tsrun: create: (config\.json|.*this machine does not mount the|.*cannot be)/,
    reason: "what the specification forbids, or this machine cannot do, is refused and not ignored",
  },
];

/** Ways of crun 1.8.1. */
const crunsWays: readonly Known[] = [
  { peer: crun, path: /^\/cgroup\/unified/, reason: "crun is shown no unified hierarchy, which it would refuse" },
  {
    peer: crun,
    path: /^\/seen\/cgroups\//,
    ours: /^"0::/,
    reason: "crun is shown no unified hierarchy, which it would refuse",
  },
  {
    peer: crun,
    path: /^\/state\/(rootfs|systemd-scope)$/,
    reason: "crun's state has other fields beyond the specification's",
  },
  { peer: crun, path: /^\/cgroup\/devices devices\.list$/, reason: "crun's list of default devices is another" },
  {
    peer: crun,
    path: /^\/seen\/session_keyring$/,
    reason: "crun names its keyring otherwise, with the kernel's permissions",
  },
  {
    peer: crun,
    path: /^\/seen\/devices\/core$/,
    reason: "crun makes /dev/core always, runc and tsrun where the host has /proc/kcore",
  },
  {
    peer: crun,
    path: /^\/seen\/devices\/\w+\/[ug]id$/,
    reason: "crun gives the standard streams to the user, /dev/null too",
  },
  {
    peer: crun,
    path: /^\/seen\/(mounts|paths)\//,
    when: mountsCgroups,
    reason: "crun's mounts of the v1 hierarchies have other sources, options and entries",
  },
  {
    peer: crun,
    path: /^\/seen\/(mounts|paths)\/.*\/(options|super_options|filesystem_flags|filesystem_size|type|source|root|device|entries|write_errno|mode|uid|gid|over)$/,
    when: ({ linux }) => (linux.maskedPaths?.length ?? 0) + (linux.readonlyPaths?.length ?? 0) > 0,
    reason:
      "crun hides files behind the host's null device and folders behind an ordinary tmpfs; what it makes read-only loses its other attributes",
  },
  {
    peer: crun,
    path: /^\/seen\/mounts\/.*\/(super_options|options)$/,
    reason: "crun makes read-only the mount alone; bound devices get nosuid and noexec",
  },
  { peer: crun, path: /^\/left$/, ours: /^nothing$/, reason: "crun leaves cgroups behind when it refuses a config" },
  { peer: crun, path: /^\/status$/, ours: /^1$/, theirs: /^255$/, reason: "crun's exit status is 255 for some errors" },
  {
    peer: crun,
    path: outcome,
    theirs: refused,
    message: /pids\.max|cfs_quota_us|blkio|net_cls|net_prio|OOM|cpu\.shares|rdma|hugetlb/,
    reason: "crun writes values that the kernel does not take: -1 for no limit, weights for which there is no file",
  },
  {
    peer: crun,
    path: outcome,
    theirs: refused,
    message: /mount `.*` to `.*`: Invalid argument/,
    reason: "crun hands options that it does not know to the file system: symfollow, loud, atime",
  },
  {
    peer: crun,
    path: outcome,
    theirs: refused,
    message: /openat2? `|open mount target|Not a directory/,
    reason: "crun makes nothing behind links that lead nowhere, and mounts no file where a folder was mounted",
  },
  {
    peer: crun,
    path: /^\/seen\/paths\//,
    when: ({ mounts }) => mounts.some(({ destination }) => destination.includes("//")),
    reason: "crun makes every folder that an unclean destination names",
  },
  {
    peer: crun,
    path: outcome,
    theirs: refused,
    message: /mount_setattr `.*`: Invalid argument/,
    reason: "crun sets access times without clearing what was",
  },
  {
    peer: crun,
    path: outcome,
    theirs: refused,
    message: /it must be mounted at the root/,
    reason: "crun mounts proc and sysfs at /proc and /sys only",
  },
  {
    peer: crun,
    path: /^\/seen\/mounts\/.*\/propagation/,
    reason: "crun forgets unbindable, and rootfsPropagation where the parent is private",
  },
  {
    peer: crun,
    path: /^\/seen\/(devices\/.*\/mode|paths\/~1new.*\/mode|paths\/.*\/(mode|write_errno|filesystem_flags))$/,
    when: ({ mounts }) =>
      mounts.some(({ type, destination }) => /^(cgroup|sysfs|tmpfs)$/.test(type ?? "") || /^\/new/.test(destination)),
    reason: "crun gives folders that it makes other modes, and its tmpfs and sysfs other flags",
  },
  {
    peer: crun,
    path: outcome,
    ours: refused,
    message: /EROFS/,
    reason: "crun makes what is read-only so at the end, bind mounts too",
  },
  {
    peer: crun,
    path: outcome,
    ours: refused,
    message: /quota|sysctl|swap|device|nothing is unified/,
    reason: "crun does not tell of what the kernel refuses or this machine does not have",
  },
  {
    peer: crun,
    path: outcome,
    theirs: refused,
    message: /devices\.allow/,
    reason: "crun hands -1 for any number to the kernel of v1",
  },
  {
    peer: crun,
    path: /^\/seen\/(mounts|paths)\/.*\/(options|filesystem_flags)$/,
    when: ({ mounts }) =>
      mounts.some(({ options }) => options?.some((word) => /^no(strict|rel)?atime$|^strictatime$/.test(word))),
    reason: "crun adds up options of access times that take one another back",
  },
];

const known: readonly Known[] = [...newer, ...deliberate, ...crunsWays];

/** @param message what those who refused said */
export function reasonFor(deviation: Deviation, config: TestConfig, message: string): string | undefined {
  return known.find(
    (entry) =>
      entry.peer.test(deviation.peer) &&
      entry.path.test(deviation.path) &&
      (entry.ours?.test(deviation.ours) ?? true) &&
      (entry.theirs?.test(deviation.theirs) ?? true) &&
      (entry.message?.test(message) ?? true) &&
      holds(entry, config),
  )?.reason;
}

/** Of a spoilt config, which may have anything anywhere, nothing holds that cannot be found out. */
function holds({ when }: Known, config: TestConfig): boolean {
  try {
    return when?.(config) ?? true;
  } catch {
    return false;
  }
}
