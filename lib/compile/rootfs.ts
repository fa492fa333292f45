import { Failure } from "../failure.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import {
  AT_FDCWD,
  MNT_DETACH,
  MOUNT_ATTR_RDONLY,
  MOVE_MOUNT_F_EMPTY_PATH,
  MS_PRIVATE,
  MS_REC,
  MS_SHARED,
  MS_SLAVE,
  MS_UNBINDABLE,
  O_CLOEXEC,
  O_DIRECTORY,
  O_PATH,
} from "../program/constants.ts";
import { EINVAL, EPERM } from "../program/errno.ts";
import type { HostTrees } from "./host_trees.ts";
import { setMountAttributes } from "./mount_calls.ts";
import { RootFd } from "./root_fd.ts";

const PROPAGATION: Readonly<Record<string, number>> = {
  shared: MS_SHARED,
  rshared: MS_SHARED | MS_REC,
  slave: MS_SLAVE,
  rslave: MS_SLAVE | MS_REC,
  private: MS_PRIVATE,
  rprivate: MS_PRIVATE | MS_REC,
  unbindable: MS_UNBINDABLE,
  runbindable: MS_UNBINDABLE | MS_REC,
};

/**
 * Set how mounts propagate between the host and this mount namespace. Without `rootfsPropagation` the host's mounts
 * still arrive here, and none goes back.
 *
 * @see config-linux.md, "Rootfs Mount Propagation"
 */
export function setPropagation(p: ProgramBuilder, rootfsPropagation: string | undefined): void {
  const flags = rootfsPropagation ? PROPAGATION[rootfsPropagation] : MS_SLAVE | MS_REC;
  if (flags === undefined) {
    throw new Failure(`/linux/rootfsPropagation: unknown propagation "${rootfsPropagation}"`, {
      code: "config.invalid",
      pointer: "/linux/rootfsPropagation",
    });
  }
  p.call("mount", [0, p.text("/"), 0, flags, 0]);
}

/**
 * Make the root file system a mount of its own, over the host's root, where no path leads to it yet, and hand out its
 * descriptor. Its place on the host is not used again: the process may not be allowed to reach it.
 *
 * @param followLinks see RootFd
 * @param path the root file system's absolute path on the host
 */
export function mountRootfs(
  p: ProgramBuilder,
  trees: HostTrees,
  path: string,
  rootfsPropagation: string | undefined,
  followLinks: (path: string) => string,
): RootFd {
  const tree = trees.clone(path, "tree");
  // pivot_root refuses a new root whose parent mount is shared.
  if (rootfsPropagation?.endsWith("shared")) p.call("mount", [0, p.text("/"), 0, MS_PRIVATE, 0]);
  p.call("move_mount", [tree, p.text(""), AT_FDCWD, p.text("/"), MOVE_MOUNT_F_EMPTY_PATH]);
  return new RootFd(p, tree, followLinks);
}

/**
 * Make the root file system the root, and let go of the host's.
 *
 * @see pivot_root(2), "pivot_root(".", ".")"
 */
export function pivotRoot(p: ProgramBuilder, root: RootFd): void {
  const host = p.open("openat", [AT_FDCWD, p.text("/"), O_PATH | O_CLOEXEC | O_DIRECTORY[p.architecture], 0]);
  p.call("fchdir", [root.fd]);
  p.call("pivot_root", [p.text("."), p.text(".")]);
  p.call("fchdir", [host]);
  // Nothing that is unmounted here may be unmounted on the host.
  p.call("mount", [0, p.text("."), 0, MS_SLAVE | MS_REC, 0]);
  p.call("umount2", [p.text("."), MNT_DETACH]);
  p.close(host);
  p.call("chdir", [p.text("/")]);
}

/**
 * Without pivot_root, for a root on which it cannot work (a ramdisk): change into the mount that lies over the root.
 * The host's /proc and /sys are unmounted first, or covered where that is not allowed, since the process could reach
 * them below its root.
 */
export function changeRootInPlace(p: ProgramBuilder, root: RootFd, kernelMounts: readonly string[]): void {
  p.call("fchdir", [root.fd]);
  for (const mountPoint of kernelMounts) {
    const covered = p.label();
    const gone = p.label();
    p.call("umount2", [p.text(mountPoint), MNT_DETACH], {
      on: [
        [EINVAL, covered],
        [EPERM, covered],
      ],
    });
    p.jump(gone);
    p.place(covered);
    p.call("mount", [p.text("tmpfs"), p.text(mountPoint), p.text("tmpfs"), 0, 0]);
    p.place(gone);
  }
  // Its mount lies over the root already, where MS_MOVE would put it.
  p.call("chroot", [p.text(".")]);
  p.call("chdir", [p.text("/")]);
}

/** Make the root file system read-only: the mount itself, not those below it. */
export function sealRootfs(p: ProgramBuilder, root: RootFd): void {
  setMountAttributes(p, root.fd, { set: MOUNT_ATTR_RDONLY, clear: 0 }, "one");
}
