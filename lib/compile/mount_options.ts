import {
  MOUNT_ATTR__ATIME,
  MOUNT_ATTR_NOATIME,
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NODIRATIME,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_NOSYMFOLLOW,
  MOUNT_ATTR_RDONLY,
  MOUNT_ATTR_RELATIME,
  MOUNT_ATTR_STRICTATIME,
  MS_PRIVATE,
  MS_REC,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
} from "../program/constants.ts";

/** Attributes of a mount to set and to clear, as mount_setattr(2) takes them. */
export interface MountAttributes {
  set: number;
  clear: number;
}

/** What the options of one entry of `mounts` ask for. */
export interface MountOptions {
  bind: "no" | "bind" | "rbind";
  remount: boolean;
  /** Of this mount alone. */
  attributes: MountAttributes;
  /** Of this mount and every mount below it (`rro` and the like). */
  recursive: MountAttributes;
  /** MS_SHARED and the like, with MS_REC where the whole tree is meant, in the order given. */
  propagation: number[];
  /** Flags of the file system itself, as fsconfig(2) names them. */
  fileSystemFlags: string[];
  /** What the file system understands: `mode=755`, `newinstance`. */
  data: string[];
  copyUp: boolean;
  idMap: "no" | "idmap" | "ridmap";
}

type Apply = (options: MountOptions) => void;

const nothing: Apply = () => {};
const attribute =
  (set: number, clear = 0): Apply =>
  ({ attributes }) =>
    change(attributes, set, clear);
const recursive =
  (set: number, clear = 0): Apply =>
  ({ recursive }) =>
    change(recursive, set, clear);
const propagation =
  (flags: number): Apply =>
  (options) => {
    options.propagation.push(flags);
  };
const fileSystem =
  (flag: string): Apply =>
  ({ fileSystemFlags }) => {
    fileSystemFlags.push(flag);
  };

/** The last of two options that contradict each other wins. */
function change(attributes: MountAttributes, set: number, clear: number): void {
  attributes.set = (attributes.set & ~clear) | set;
  attributes.clear = (attributes.clear & ~set) | clear;
}

/** The attributes that have a recursive twin: `noexec` and `rnoexec`. */
const ATTRIBUTES: Readonly<Record<string, readonly [set: number, clear: number]>> = {
  ro: [MOUNT_ATTR_RDONLY, 0],
  rw: [0, MOUNT_ATTR_RDONLY],
  nosuid: [MOUNT_ATTR_NOSUID, 0],
  suid: [0, MOUNT_ATTR_NOSUID],
  nodev: [MOUNT_ATTR_NODEV, 0],
  dev: [0, MOUNT_ATTR_NODEV],
  noexec: [MOUNT_ATTR_NOEXEC, 0],
  exec: [0, MOUNT_ATTR_NOEXEC],
  nodiratime: [MOUNT_ATTR_NODIRATIME, 0],
  diratime: [0, MOUNT_ATTR_NODIRATIME],
  // Not to ask for relatime, which is the kernel's default all the same.
  norelatime: [0, 0],
  nosymfollow: [MOUNT_ATTR_NOSYMFOLLOW, 0],
  symfollow: [0, MOUNT_ATTR_NOSYMFOLLOW],
};

/**
 * What the options about access times add to or take from what the others have asked for, as the flags of mount(2) do. Of
 * what comes together strictatime counts most, relatime least.
 */
const ACCESS_TIMES: Readonly<Record<string, readonly [set: number, unset: number]>> = {
  noatime: [MOUNT_ATTR_NOATIME, 0],
  atime: [0, MOUNT_ATTR_NOATIME],
  strictatime: [MOUNT_ATTR_STRICTATIME, 0],
  nostrictatime: [0, MOUNT_ATTR_STRICTATIME],
  relatime: [MOUNT_ATTR_RELATIME, 0],
};

function accessTime(attributes: MountAttributes, [set, unset]: readonly [number, number]): void {
  attributes.set = (attributes.set | set) & ~unset;
  attributes.clear |= MOUNT_ATTR__ATIME;
}

/** The kernel takes one way to keep access times. */
function decideAccessTime(attributes: MountAttributes): void {
  if (attributes.set & MOUNT_ATTR_STRICTATIME) attributes.set &= ~MOUNT_ATTR_NOATIME;
}

/** Every option of the specification; any other goes to the file system as data. */
export const MOUNT_OPTIONS: Record<string, Apply> = {
  defaults: nothing,
  bind: (options) => {
    options.bind = "bind";
  },
  rbind: (options) => {
    options.bind = "rbind";
  },
  remount: (options) => {
    options.remount = true;
  },
  private: propagation(MS_PRIVATE),
  rprivate: propagation(MS_PRIVATE | MS_REC),
  shared: propagation(MS_SHARED),
  rshared: propagation(MS_SHARED | MS_REC),
  slave: propagation(MS_SLAVE),
  rslave: propagation(MS_SLAVE | MS_REC),
  unbindable: propagation(MS_UNBINDABLE),
  runbindable: propagation(MS_UNBINDABLE | MS_REC),
  sync: fileSystem("sync"),
  async: fileSystem("async"),
  dirsync: fileSystem("dirsync"),
  lazytime: fileSystem("lazytime"),
  nolazytime: fileSystem("nolazytime"),
  mand: fileSystem("mand"),
  nomand: fileSystem("nomand"),
  // fsconfig(2) has no such flags: whether a mount is logged is up to the file system, and so is the inode version.
  iversion: nothing,
  noiversion: nothing,
  silent: nothing,
  loud: nothing,
  tmpcopyup: (options) => {
    options.copyUp = true;
  },
  idmap: (options) => {
    options.idMap = "idmap";
  },
  ridmap: (options) => {
    options.idMap = "ridmap";
  },
};
for (const [name, [set, clear]] of Object.entries(ATTRIBUTES)) {
  MOUNT_OPTIONS[name] = attribute(set, clear);
  MOUNT_OPTIONS[`r${name}`] = recursive(set, clear);
}
for (const [name, times] of Object.entries(ACCESS_TIMES)) {
  MOUNT_OPTIONS[name] = ({ attributes }) => accessTime(attributes, times);
  MOUNT_OPTIONS[`r${name}`] = ({ recursive }) => accessTime(recursive, times);
}

/**
 * Read the options of one entry of `mounts`.
 *
 * @see config.md, "Linux mount options"
 */
export function parseMountOptions(options: readonly string[]): MountOptions {
  const parsed: MountOptions = {
    bind: "no",
    remount: false,
    attributes: { set: 0, clear: 0 },
    recursive: { set: 0, clear: 0 },
    propagation: [],
    fileSystemFlags: [],
    data: [],
    copyUp: false,
    idMap: "no",
  };
  for (const option of options) {
    if (Object.hasOwn(MOUNT_OPTIONS, option)) MOUNT_OPTIONS[option]!(parsed);
    else if (option.includes(",") || option.includes('"')) parsed.data.push(...splitData(option));
    else if (option !== "") parsed.data.push(option);
  }
  decideAccessTime(parsed.attributes);
  decideAccessTime(parsed.recursive);
  return parsed;
}

/**
 * The entries of a text such as mount(2) takes: separated by commas, but for those in the quotes of an SELinux label, which
 * are taken off, and those that overlayfs is told to pass over by a backslash.
 */
function splitData(text: string): string[] {
  const entries = text.match(/(?:fs|def|root)?context="[^"]*"|(?:\\,|[^,])+/g) ?? [];
  return entries.map((entry) => entry.replace(/^(\w*context)="(.*)"$/, "$1=$2"));
}
