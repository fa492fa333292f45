import type { ProgramBuilder } from "../program/builder.ts";
import { MOUNT_ATTR_RDONLY, S_IFCHR, S_IFMT, STX_MODE, STX_RDEV_MAJOR, STX_RDEV_MINOR } from "../program/constants.ts";
import { EINVAL, ENOENT, ENOTDIR } from "../program/errno.ts";
import { ANY_ENTRY, type Register } from "../program/instruction.ts";
import { labelParameters } from "./lsm.ts";
import { attachMount, cloneMount, detachedFileSystem, setMountAttributes } from "./mount_calls.ts";
import type { RootFd } from "./root_fd.ts";

/**
 * Hide each path of `linux.maskedPaths` from the container: a file behind the null device, a directory behind one
 * shared, empty, read-only tmpfs. A path that does not exist is left alone.
 *
 * @param label the SELinux label of new file systems
 * @see config-linux.md, "Masked Paths"
 */
export function maskPaths(p: ProgramBuilder, root: RootFd, paths: readonly string[], label: string | undefined): void {
  if (paths.length === 0) return;
  const nullDevice = p.at("default/null for masked files", () => openNullDevice(p, root));
  const parameters = ["ro", "nr_blocks=1", "nr_inodes=1", ...labelParameters(label)];
  const emptyDirectory = p.at("default/tmpfs for masked directories", () =>
    detachedFileSystem(p, "tmpfs", "tmpfs", parameters, MOUNT_ATTR_RDONLY),
  );
  // Before Linux 6.15 only a mount that is attached can be copied: the first directory gets the original.
  const attached = p.register();
  p.move(attached, 0);
  const texts = paths.map((path) => root.pathText(path));
  p.at(`/linux/maskedPaths/${ANY_ENTRY}`, () =>
    p.forEach(texts, (path) => {
      const file = p.label();
      const mask = p.label();
      const done = p.label();
      const target = root.open(path, {
        directory: true,
        policy: {
          on: [
            [ENOTDIR, file],
            [ENOENT, done],
          ],
        },
      });
      const first = p.label();
      p.branch(attached, "Equal", 0, first);
      const cover = cloneMount(p, emptyDirectory, "one");
      p.jump(mask);
      p.place(first);
      p.move(attached, 1);
      attachMount(p, emptyDirectory, target);
      p.call("close", [target]);
      p.jump(done);
      p.place(file);
      root.openTo(target, path);
      const nullCover = cloneMount(p, nullDevice, "one");
      p.move(cover, nullCover);
      p.release(nullCover);
      p.place(mask);
      attachMount(p, cover, target);
      p.close(cover);
      p.close(target);
      p.place(done);
    }),
  );
  p.release(attached);
  p.close(emptyDirectory);
  p.close(nullDevice);
}

/**
 * The container's null device, checked to be that device: an image might have put a link there.
 *
 * @see CVE-2025-31133
 */
function openNullDevice(p: ProgramBuilder, root: RootFd): Register {
  const MEM_MAJOR = 1;
  const NULL_MINOR = 3;
  const fake = p.label();
  const real = p.label();
  const device = root.open("dev/null", { noFollow: true });
  const status = root.statxOf(device);
  p.withRegister((value) => {
    p.load(value, p.within(status, STX_MODE), 2);
    p.compute(value, value, "And", S_IFMT);
    p.branch(value, "NotEqual", S_IFCHR, fake);
    p.load(value, p.within(status, STX_RDEV_MAJOR), 4);
    p.branch(value, "NotEqual", MEM_MAJOR, fake);
    p.load(value, p.within(status, STX_RDEV_MINOR), 4);
    p.branch(value, "Equal", NULL_MINOR, real);
  });
  p.place(fake);
  p.fail(EINVAL, "/dev/null of the container is not the null device, so no file can be masked with it");
  p.place(real);
  return device;
}

/**
 * Make each path of `linux.readonlyPaths` read-only by a mount of its own. A path that does not exist is left alone.
 *
 * @see config-linux.md, "Readonly Paths"
 */
export function makePathsReadonly(p: ProgramBuilder, root: RootFd, paths: readonly string[]): void {
  const texts = paths.map((path) => root.pathText(path));
  p.at(`/linux/readonlyPaths/${ANY_ENTRY}`, () =>
    p.forEach(texts, (path) => {
      const done = p.label();
      const target = root.open(path, { policy: { on: [[ENOENT, done]] } });
      const tree = cloneMount(p, target, "tree");
      setMountAttributes(p, tree, { set: MOUNT_ATTR_RDONLY, clear: 0 }, "one");
      attachMount(p, tree, target);
      p.close(tree);
      p.close(target);
      p.place(done);
    }),
  );
}
