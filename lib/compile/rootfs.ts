import { Failure } from "../failure.ts";
import type { ErrorPolicy, ProgramBuilder } from "../program/builder.ts";
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
import { EACCES, EINVAL, ELOOP, EPERM } from "../program/errno.ts";
import type { Operand, Register } from "../program/instruction.ts";
import type { HostTrees } from "./host_trees.ts";
import type { ImageView } from "./image_places.ts";
import { attachMount, setMountAttributes, setPropagation } from "./mount_calls.ts";
import { RootFd } from "./root_fd.ts";

const PROPAGATION: Readonly<Record<string, number>> = {
  shared: MS_SHARED,
  slave: MS_SLAVE,
  private: MS_PRIVATE,
  unbindable: MS_UNBINDABLE,
};

/** What `rootfsPropagation` asks for: of the root file system, or (`rshared` and the like) of all mounts. */
export interface RootPropagation {
  /** MS_SHARED, MS_SLAVE, MS_PRIVATE or MS_UNBINDABLE. */
  readonly type: number;
  readonly recursive: boolean;
}

/**
 * Without `rootfsPropagation` the host's mounts arrive in the container, and none goes back.
 *
 * @throws Failure
 * @see config-linux.md, "Rootfs Mount Propagation"
 */
export function rootPropagation(option: string | undefined): RootPropagation {
  if (!option) return { type: MS_SLAVE, recursive: true };
  const direct = PROPAGATION[option];
  const type = direct ?? (option.startsWith("r") ? PROPAGATION[option.slice(1)] : undefined);
  if (type !== undefined) return { type, recursive: direct === undefined };
  throw new Failure(`/linux/rootfsPropagation: unknown propagation "${option}"`, {
    code: "config.invalid",
    pointer: "/linux/rootfsPropagation",
  });
}

/** Let nothing that is mounted here reach the host, whatever the container's own mounts are to be. */
export function receiveOnly(p: ProgramBuilder): void {
  p.call("mount", [0, p.text("/"), 0, MS_SLAVE | MS_REC, 0]);
}

/**
 * Make the root file system a mount of its own, and hand out its descriptor, by which alone it is used from then on: the
 * process may not be allowed to reach its place on the host.
 *
 * @param image what is known of it
 * @param path the root file system's absolute path on the host
 * @param forHooks it lies at its path, where hooks look for it and for the mounts in it, if the process can reach that;
 *   else, and otherwise, over the host's root, where no path leads to it
 */
export function mountRootfs(
  p: ProgramBuilder,
  trees: HostTrees,
  path: string,
  propagation: RootPropagation,
  image: ImageView,
  forHooks: boolean,
): RootFd {
  const tree = trees.clone({ origin: "/root/path", path, reach: "tree" });
  if (propagation.recursive && propagation.type !== MS_SLAVE) {
    setPropagation(p, tree, propagation.type, "tree");
    // pivot_root refuses a shared root, and what is unbindable cannot be copied for a read-only path.
    setPropagation(p, tree, propagation.type === MS_SHARED ? MS_SLAVE : MS_PRIVATE, "one");
  }
  const placed = p.label();
  if (forHooks) {
    const unreachable = p.label();
    moveMount(p, tree, path, { on: [[EACCES, unreachable]] });
    p.jump(placed);
    p.place(unreachable);
  }
  moveMount(p, tree, "/");
  p.place(placed);
  return new RootFd(p, tree, image);
}

function moveMount(p: ProgramBuilder, tree: Operand, path: string, policy?: ErrorPolicy): void {
  p.call("move_mount", [tree, p.text(""), AT_FDCWD, p.text(path), MOVE_MOUNT_F_EMPTY_PATH], policy);
}

/**
 * Without a mount namespace: make the root file system a mount of its own at its place on the host, with the container's
 * mounts below it. Whoever deletes the container takes it away.
 */
export function coverRootfs(p: ProgramBuilder, trees: HostTrees, path: string, image: ImageView): RootFd {
  const tree = trees.clone({ origin: "/root/path", path, reach: "tree" });
  // Where the place is shared, what is mounted on it appears elsewhere too, and stays if something is mounted in it. So
  // the tree goes on another mount, which is private by then.
  const cover = trees.clone({ origin: "/root/path", path, reach: "one" });
  moveMount(p, cover, path);
  setPropagation(p, cover, MS_PRIVATE, "one");
  setPropagation(p, tree, MS_PRIVATE, "tree");
  attachMount(p, tree, cover);
  p.close(cover);
  return new RootFd(p, tree, image);
}

/** Open a directory that is to become the root. */
export function openRoot(p: ProgramBuilder, path: string): Register {
  return p.open("openat", [AT_FDCWD, p.text(path), O_PATH | O_CLOEXEC | O_DIRECTORY[p.architecture], 0]);
}

/** Make an open directory the root, where the mount namespace is the host's. */
export function changeRootTo(p: ProgramBuilder, directory: Register): void {
  p.call("fchdir", [directory]);
  p.call("chroot", [p.text(".")]);
  p.call("chdir", [p.text("/")]);
}

/** Give the root its propagation, once nothing stands in the way. It is a slave of the host's until then. */
export function finishRootPropagation(p: ProgramBuilder, root: RootFd, { type }: RootPropagation): void {
  if (type !== MS_SLAVE) setPropagation(p, root.fd, type, "one");
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
export function changeRootInPlace(
  p: ProgramBuilder,
  root: RootFd,
  kernelMounts: readonly string[],
  forHooks: boolean,
): void {
  // Where hooks could not reach it, it lies there already.
  if (forHooks) moveMount(p, root.fd, "/", { ignore: [ELOOP] });
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
