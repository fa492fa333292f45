import { cString, systemCall, trySystemCall } from "../libc/system_call.ts";
import {
  AT_FDCWD,
  AT_SYMLINK_NOFOLLOW,
  MNT_DETACH,
  STATX_ATTR_MOUNT_ROOT,
  STATX_BASIC_STATS,
  STATX_MNT_ID,
  STATX_SIZE,
  STX_ATTRIBUTES,
  STX_DEV_MAJOR,
  STX_DEV_MINOR,
  STX_INO,
  STX_MNT_ID,
  UMOUNT_NOFOLLOW,
} from "../program/constants.ts";
import { hasNamespace } from "../spec/namespaces.ts";
import type { Config } from "../spec/types.ts";

/**
 * What lies at the place of the root file system before a container without a mount namespace covers it, with mounts
 * of its own that nobody but tsrun takes away again.
 */
export interface CoveredRoot {
  /** The mount's id, from mountinfo. */
  readonly mount: string;
  /** `device:inode` of the directory, which is the same in the mount that covers it. */
  readonly directory: string;
}

/** Undefined for a container whose mounts go with its own mount namespace, or that has none. */
export function coveredRoot(config: Config, rootfs: string): CoveredRoot | undefined {
  if (hasNamespace(config, "mount") || hasNamespace(config, "user")) return undefined;
  return look(rootfs);
}

/** Take the container's mounts away, as far as they are there. */
export function uncoverRoot(rootfs: string, covered: CoveredRoot): void {
  // One with all that is mounted in it, and the one that carries it.
  for (let i = 0; i < 2; i++) {
    const found = look(rootfs);
    if (found === undefined || found.mount === covered.mount) return;
    if (!found.isMount || found.directory !== covered.directory) return;
    systemCall("umount2", cString(rootfs), MNT_DETACH | UMOUNT_NOFOLLOW);
  }
}

function look(path: string): (CoveredRoot & { isMount: boolean }) | undefined {
  const view = new DataView(new ArrayBuffer(STATX_SIZE));
  const mask = STATX_BASIC_STATS | STATX_MNT_ID;
  const buffer = new Uint8Array(view.buffer);
  if (trySystemCall("statx", AT_FDCWD, cString(path), AT_SYMLINK_NOFOLLOW, mask, buffer) < 0) return undefined;
  const device = [STX_DEV_MAJOR, STX_DEV_MINOR].map((offset) => view.getUint32(offset, true)).join(":");
  return {
    mount: String(view.getBigUint64(STX_MNT_ID, true)),
    directory: `${device}:${view.getBigUint64(STX_INO, true)}`,
    isMount: (view.getBigUint64(STX_ATTRIBUTES, true) & BigInt(STATX_ATTR_MOUNT_ROOT)) !== 0n,
  };
}
