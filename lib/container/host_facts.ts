import { homeDirectory, needsHome } from "../compile/environment.ts";
import { userIds } from "../compile/process.ts";
import { pathComponents } from "../compile/root_fd.ts";
import { closeSync, fstatSync, readFileSync } from "../libc/files.ts";
import { cString, trySystemCall } from "../libc/system_call.ts";
import {
  AT_FDCWD,
  O_CLOEXEC,
  O_NONBLOCK,
  O_PATH,
  O_RDONLY,
  RESOLVE_IN_ROOT,
  RESOLVE_NO_MAGICLINKS,
} from "../program/constants.ts";
import type { Config, Mount } from "../spec/types.ts";

/** The bounding set of this process: more than that cannot be granted to a container. */
export function boundingSet(): bigint {
  const status = readFileSync("/proc/self/status", "latin1");
  const at = status.indexOf("CapBnd:\t");
  return BigInt(`0x${status.slice(at + 8, status.indexOf("\n", at))}`);
}

/** Whether this process is root, and not only root of a user namespace. */
export function isPrivileged(): boolean {
  return (
    process.geteuid?.() === 0 && readFileSync("/proc/self/uid_map", "latin1").trim().split(/\s+/)[2] === "4294967295"
  );
}

/** Mount points of the host's proc and sysfs. */
export function kernelMounts(): string[] {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => / - (proc|sysfs) /.test(line))
    .map((line) => line.split(" ")[4]!)
    .sort((a, b) => b.length - a.length);
}

/**
 * The home directory that the container's user database gives its user; `/` if HOME is not to be filled in.
 *
 * @param rootfs the root file system's path on the host; a link in it is followed inside it
 */
export function homeOf(config: Config, rootfs: string): string {
  const process = config.process;
  if (process === undefined || !needsHome(process.env ?? [])) return "/";
  const passwd = readPasswd(config.mounts ?? [], rootfs);
  return passwd === undefined ? "/" : homeDirectory(passwd, userIds(process).uid);
}

/** The container's /etc/passwd: an engine may bind one of its own there, or a whole /etc. */
function readPasswd(mounts: readonly Mount[], rootfs: string): string | undefined {
  const path = ["etc", "passwd"];
  for (const { destination, source, type, options = [] } of mounts.toReversed()) {
    const components = pathComponents(destination);
    if (!components.every((component, i) => component === path[i])) continue;
    const bound = type === "bind" || options.includes("bind") || options.includes("rbind");
    if (!bound || source === undefined) return undefined;
    const rest = path.slice(components.length);
    return rest.length === 0 ? readInRoot("/", source) : readInRoot(source, rest.join("/"));
  }
  return readInRoot(rootfs, path.join("/"));
}

/** What is larger is no user database; a hostile image shall not fill the memory. */
const LARGEST_FILE = 16 * 1024 * 1024;

/**
 * Read a file of a root file system, resolved inside it; undefined if it is not there, or is no regular file of at most
 * 16 MiB. The image chose what it is: a FIFO must not stop us.
 */
export function readInRoot(root: string, path: string): string | undefined {
  const directory = trySystemCall("openat", AT_FDCWD, cString(root), O_PATH | O_CLOEXEC, 0);
  if (directory < 0) return undefined;
  const how = new BigUint64Array(
    [O_RDONLY | O_NONBLOCK | O_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS].map(BigInt),
  );
  const file = trySystemCall("openat2", directory, cString(path.replace(/^\/+/, "")), how, how.byteLength);
  closeSync(directory);
  if (file < 0) return undefined;
  try {
    const stats = fstatSync(file);
    return stats.isFile() && stats.size <= LARGEST_FILE ? readFileSync(file, "utf8") : undefined;
  } finally {
    closeSync(file);
  }
}
