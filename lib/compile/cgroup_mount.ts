import type { CgroupView, HierarchyView } from "../cgroup/view.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import { MOUNT_ATTR_RDONLY, MOVE_MOUNT_F_EMPTY_PATH } from "../program/constants.ts";
import { EEXIST } from "../program/errno.ts";
import type { Register } from "../program/instruction.ts";
import type { Mount } from "../spec/types.ts";
import { labelParameters } from "./lsm.ts";
import { attachMount, cloneHostMount, detachedFileSystem, madeOrInstead, setMountAttributes } from "./mount_calls.ts";
import type { MountAttributes, MountOptions } from "./mount_options.ts";
import { propagate, type SpecialMount } from "./mounts.ts";
import type { Namespaces } from "./namespaces.ts";
import type { RootFd } from "./root_fd.ts";

/**
 * Mounts of type cgroup: on v2 the unified hierarchy, as far as the cgroup namespace shows it; on v1 a tmpfs with a mount
 * for each hierarchy, which without a cgroup namespace is the container's own cgroup alone.
 *
 * @param label the SELinux label of new file systems; those of cgroups have their own
 * @see config-linux.md, "Default Filesystems"
 */
export function cgroupMount(
  p: ProgramBuilder,
  root: RootFd,
  namespaces: Namespaces,
  view: CgroupView,
  label: string | undefined,
): SpecialMount {
  return (mount, options, path) => {
    if (view.version === 2) mountUnified(p, root, namespaces, view, mount, options, path);
    else mountHierarchies(p, root, namespaces, view.hierarchies, options, path, label);
  };
}

function mountUnified(
  p: ProgramBuilder,
  root: RootFd,
  namespaces: Namespaces,
  view: CgroupView & { version: 2 },
  mount: Mount,
  options: MountOptions,
  path: string,
): void {
  const { attributes } = options;
  const target = root.openDirectory(path);
  root.refuseProc(target, path);
  const cgroups = namespaces.has("cgroup")
    ? ownHierarchy(p, view, mount, options)
    : namespaces.has("user")
      ? ownCgroup(p, view, attributes)
      : // To mount it again from the first cgroup namespace would set its options anew, for the whole machine.
        boundCgroup(p, view.mountPoint, attributes);
  setMountAttributes(p, cgroups, options.recursive, "tree");
  attachMount(p, cgroups, target);
  propagate(p, cgroups, options);
  p.close(cgroups);
  p.close(target);
}

/** The hierarchy from the cgroup namespace's root on. Where that is not allowed, the container's own cgroup. */
function ownHierarchy(
  p: ProgramBuilder,
  view: CgroupView & { version: 2 },
  mount: Mount,
  { attributes, data }: MountOptions,
): Register {
  return madeOrInstead(
    p,
    (refused) => detachedFileSystem(p, "cgroup2", mount.source ?? "cgroup", data, attributes.set, refused),
    () => ownCgroup(p, view, attributes),
  );
}

/**
 * What stands for the hierarchy in a user namespace that may not mount it: the container's own cgroup; or nothing, if it
 * has none, so that those of the host cannot be changed.
 *
 * @see CVE-2023-25809
 */
function ownCgroup(
  p: ProgramBuilder,
  { directory }: CgroupView & { version: 2 },
  attributes: MountAttributes,
): Register {
  if (directory !== "") return boundCgroup(p, directory, attributes);
  return detachedFileSystem(p, "tmpfs", "tmpfs", ["ro", "nr_inodes=1"], attributes.set | MOUNT_ATTR_RDONLY);
}

function boundCgroup(p: ProgramBuilder, directory: string, attributes: MountAttributes): Register {
  const cgroup = cloneHostMount(p, directory, "one");
  setMountAttributes(p, cgroup, attributes, "one");
  return cgroup;
}

function mountHierarchies(
  p: ProgramBuilder,
  root: RootFd,
  namespaces: Namespaces,
  hierarchies: readonly HierarchyView[],
  options: MountOptions,
  path: string,
  label: string | undefined,
): void {
  const { attributes } = options;
  const target = root.openDirectory(path);
  root.refuseProc(target, path);
  const writable = attributes.set & ~MOUNT_ATTR_RDONLY;
  const directory = detachedFileSystem(p, "tmpfs", "tmpfs", ["mode=755", ...labelParameters(label)], writable);
  attachMount(p, directory, target);
  p.close(target);
  for (const hierarchy of hierarchies) {
    const cgroups = namespaces.has("cgroup")
      ? detachedFileSystem(
          p,
          "cgroup",
          hierarchy.name === "systemd" ? "systemd" : "cgroup",
          hierarchy.options.split(","),
          attributes.set,
        )
      : boundCgroup(p, hierarchy.directory, attributes);
    // the directory is new and nobody else's: no link leads elsewhere
    const name = p.text(hierarchy.name);
    p.call("mkdirat", [directory, name, 0o755]);
    p.call("move_mount", [cgroups, p.text(""), directory, name, MOVE_MOUNT_F_EMPTY_PATH]);
    p.close(cgroups);
    for (const alias of hierarchy.aliases) {
      p.call("symlinkat", [p.text(hierarchy.name), directory, p.text(alias)], { ignore: [EEXIST] });
    }
  }
  if (attributes.set & MOUNT_ATTR_RDONLY) {
    setMountAttributes(p, directory, { set: MOUNT_ATTR_RDONLY, clear: 0 }, "one");
  }
  setMountAttributes(p, directory, options.recursive, "tree");
  propagate(p, directory, options);
  p.close(directory);
}
