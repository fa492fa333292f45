import type { CgroupView, HierarchyView } from "../cgroup/view.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import { MOUNT_ATTR_RDONLY } from "../program/constants.ts";
import { EEXIST } from "../program/errno.ts";
import type { Mount } from "../spec/types.ts";
import { attachMount, cloneHostMount, detachedFileSystem, setMountAttributes } from "./mount_calls.ts";
import type { MountOptions } from "./mount_options.ts";
import { propagate, type SpecialMount } from "./mounts.ts";
import type { Namespaces } from "./namespaces.ts";
import { RootFd } from "./root_fd.ts";

/**
 * Mounts of type cgroup: on v2 the unified hierarchy, on v1 a tmpfs with a mount for each hierarchy. Without a cgroup
 * namespace the container's own cgroup is bound there, so that it does not see the others.
 *
 * @see config-linux.md, "Default Filesystems"; peers mount the same
 */
export function cgroupMount(p: ProgramBuilder, root: RootFd, namespaces: Namespaces, view: CgroupView): SpecialMount {
  return (mount, options, path) => {
    if (view.version === 2) mountUnified(p, root, namespaces, view.directory, mount, options, path);
    else mountHierarchies(p, root, namespaces, view.hierarchies, options, path);
  };
}

function mountUnified(
  p: ProgramBuilder,
  root: RootFd,
  namespaces: Namespaces,
  directory: string,
  mount: Mount,
  options: MountOptions,
  path: string,
): void {
  const target = root.openDirectory(path);
  root.refuseProc(target, path);
  const attributes = options.attributes;
  const cgroups = namespaces.has("cgroup")
    ? detachedFileSystem(p, "cgroup2", mount.source ?? "cgroup", options.data, attributes.set)
    : cloneHostMount(p, directory, "one");
  if (!namespaces.has("cgroup")) setMountAttributes(p, cgroups, attributes, "one");
  setMountAttributes(p, cgroups, options.recursive, "tree");
  attachMount(p, cgroups, target);
  propagate(p, cgroups, options);
  p.close(cgroups);
  p.close(target);
}

function mountHierarchies(
  p: ProgramBuilder,
  root: RootFd,
  namespaces: Namespaces,
  hierarchies: readonly HierarchyView[],
  options: MountOptions,
  path: string,
): void {
  const { attributes } = options;
  const target = root.openDirectory(path);
  root.refuseProc(target, path);
  const writable = attributes.set & ~MOUNT_ATTR_RDONLY;
  const directory = detachedFileSystem(p, "tmpfs", "tmpfs", ["mode=755"], writable);
  attachMount(p, directory, target);
  p.close(target);
  const inside = new RootFd(p, directory);
  for (const hierarchy of hierarchies) {
    const place = inside.openDirectory(hierarchy.name);
    const cgroups = namespaces.has("cgroup")
      ? detachedFileSystem(p, "cgroup", "cgroup", hierarchy.options.split(","), attributes.set)
      : cloneHostMount(p, hierarchy.directory, "one");
    if (!namespaces.has("cgroup")) setMountAttributes(p, cgroups, attributes, "one");
    attachMount(p, cgroups, place);
    p.close(cgroups);
    p.close(place);
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
