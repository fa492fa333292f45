import { Failure } from "../failure.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import {
  AT_EMPTY_PATH,
  FSCONFIG_CMD_RECONFIGURE,
  FSPICK_CLOEXEC,
  FSPICK_EMPTY_PATH,
  MOUNT_ATTR_RDONLY,
  MS_PRIVATE,
  MS_REC,
  MS_SHARED,
  MS_UNBINDABLE,
  STX_GID,
  STX_MODE,
  STX_UID,
} from "../program/constants.ts";
import { ENOENT } from "../program/errno.ts";
import type { Register } from "../program/instruction.ts";
import type { Config, Mount } from "../spec/types.ts";
import { copyFolder } from "./copy_up.ts";
import { isBindMount } from "./devices.ts";
import { boundSource, type HostTrees, type PreparedTrees } from "./host_trees.ts";
import type { IdMap, IdMaps } from "./id_maps.ts";
import type { ImagePlaces } from "./image_places.ts";
import { labelMount, labelParameters } from "./lsm.ts";
import {
  attachMount,
  cloneHostMount,
  configure,
  detachedFileSystem,
  madeOrInstead,
  mapIds,
  setMountAttributes,
  setPropagation,
} from "./mount_calls.ts";
import { type MountOptions, parseMountOptions } from "./mount_options.ts";
import { requireProc } from "./proc_fd.ts";
import { pathComponents, type RootFd } from "./root_fd.ts";
import type { RootPropagation } from "./rootfs.ts";

/** Places below /proc that a mount may cover: what LXCFS and the like provide. The same list as runc's. */
const MOUNTABLE_IN_PROC = new Set([
  "proc/cpuinfo",
  "proc/diskstats",
  "proc/meminfo",
  "proc/stat",
  "proc/swaps",
  "proc/uptime",
  "proc/loadavg",
  "proc/slabinfo",
  "proc/sys/kernel/ns_last_pid",
  "proc/sys/crypto/fips_enabled",
]);

/** File systems in which no link leads a mount elsewhere: they are new, and their files the kernel's. */
const WITHOUT_LINKS = new Set(["tmpfs", "proc", "sysfs", "devpts", "mqueue", "cgroup", "cgroup2"]);

/** The mounts, with sources of bind mounts relative to the bundle made absolute, as runc does. */
export function absoluteMounts({ mounts = [] }: Config, bundle: string): Mount[] {
  return mounts.map((mount) =>
    mount.source !== undefined && !mount.source.startsWith("/") && isBindMount(mount)
      ? { ...mount, source: `${bundle}/${mount.source}` }
      : mount,
  );
}

/**
 * Where the entry goes, as runc has it: a relative destination counts from the root.
 *
 * @param binds whether it is a bind mount: of a proc file system, as is seen later, it may be on /proc
 * @param places what is known of the image
 */
export function checkDestination(mount: Mount, pointer: string, binds: boolean, places: ImagePlaces): string {
  const components = pathComponents(mount.destination);
  const path = components.join("/");
  const refuse = (why: string): never => {
    throw new Failure(`${pointer}: cannot mount on ${mount.destination}: ${why}`, {
      code: "config.invalid",
      pointer: `${pointer}/destination`,
    });
  };
  if (isRoot(components)) refuse("it is the root itself");
  if (places.leadToRoot(path)) refuse("a link there leads to the root itself");
  if (path === "proc" && mount.type !== "proc" && !binds) refuse("only a proc file system may be mounted there");
  if (path.startsWith("proc/") && !MOUNTABLE_IN_PROC.has(path)) refuse("it is inside /proc");
  return path;
}

/** Whether a path leads back to where it begins, or tries to lead above it. */
function isRoot(components: readonly string[]): boolean {
  let depth = 0;
  for (const component of components) depth = component === ".." ? Math.max(depth - 1, 0) : depth + 1;
  return depth === 0;
}

/** How a mount with special needs (cgroup) is made; the common ones are made here. */
export type SpecialMount = (mount: Mount, options: MountOptions, target: string) => void;

/** What mounts are made of and with. */
export interface MountSources {
  /** Where the sources of bind mounts come from. */
  readonly trees: HostTrees;
  /** The mappings of id-mapped mounts. */
  readonly idMaps: IdMaps;
  /** What counts for entries that have no such option of their own. */
  readonly propagation: RootPropagation;
  /** The SELinux label of new file systems. */
  readonly label: string | undefined;
  /** Whether the kernel may refuse a sysfs here, since it would show a network that is not the user namespace's. */
  readonly bindsSysfs: boolean;
  /** File system types that are made elsewhere. */
  readonly special: Readonly<Record<string, SpecialMount>>;
}

/**
 * Prepare the sources of the bind mounts that are to be shared with the host, before the host's mounts become slaves.
 *
 * @see config-linux.md, "Rootfs Mount Propagation": engines ask for `shared` there and in the mount's options
 */
export function prepareSharedMounts(trees: PreparedTrees, mounts: readonly Mount[], idMaps: IdMaps): void {
  for (const [i, mount] of mounts.entries()) {
    const { propagation } = parseMountOptions(mount.options ?? []);
    if (!propagation.some((flags) => flags & MS_SHARED)) continue;
    const source = boundSource(mount, i, idMaps);
    if (source !== undefined) trees.prepare(source, "peer");
  }
}

/**
 * Make the entries of `mounts` unbindable that have no propagation of their own. This comes last, since what is
 * unbindable cannot be copied for a read-only path.
 */
export function makeUnbindable(p: ProgramBuilder, root: RootFd, mounts: readonly Mount[]): void {
  for (const { destination, options = [] } of mounts) {
    const { remount, propagation } = parseMountOptions(options);
    if (remount || propagation.length > 0) continue;
    const mount = root.open(destination);
    setPropagation(p, mount, MS_UNBINDABLE, "tree");
    p.close(mount);
  }
}

/** Recursive forms of `rootfsPropagation` count for every mount; the host's mounts are slaves already. */
function inherited({ type, recursive }: RootPropagation): number[] {
  return recursive && (type === MS_SHARED || type === MS_PRIVATE) ? [type | MS_REC] : [];
}

/**
 * Make the entries of `mounts`, in their order, below the root.
 *
 * @returns what is to be done once nothing more is mounted inside: read-only mounts become so
 * @see config.md, "Mounts"
 */
export function mountAll(
  p: ProgramBuilder,
  root: RootFd,
  mounts: readonly Mount[],
  { trees, idMaps, propagation, label, bindsSysfs, special }: MountSources,
): () => void {
  const later: (() => void)[] = [];
  for (const [i, mount] of mounts.entries()) {
    const pointer = `/mounts/${i}`;
    p.at(pointer, () => {
      const source = boundSource(mount, i, idMaps);
      const path = checkDestination(mount, pointer, source !== undefined, root.places);
      const options = parseMountOptions(mount.options ?? []);
      if (options.propagation.length === 0 && !options.remount) options.propagation.push(...inherited(propagation));
      if (options.copyUp && (mount.type !== "tmpfs" || options.remount)) refuseCopyUp(pointer);
      const make = mount.type === undefined ? undefined : special[mount.type];
      const hasLinks = source !== undefined || options.copyUp || !WITHOUT_LINKS.has(mount.type ?? "none");
      if (options.remount) remount(p, root, path, options);
      else if (source !== undefined) bindMount(p, root, trees.clone(source), path, options, pointer);
      else if (make !== undefined) make(mount, options, path);
      else {
        const sealing = newFileSystem(p, root, mount, path, label, options, idMaps.of(mount), bindsSysfs);
        if (sealing !== undefined) later.push(() => p.at(pointer, sealing));
      }
      if (!options.remount) root.places.mounted(path, hasLinks);
    });
  }
  p.at("/mounts", () => root.refuseCovered());
  return () => {
    for (const seal of later) seal();
  };
}

function refuseCopyUp(pointer: string): never {
  throw new Failure(`${pointer}: tmpcopyup is for new file systems of type tmpfs`, {
    code: "config.invalid",
    pointer: `${pointer}/options`,
  });
}

function newFileSystem(
  p: ProgramBuilder,
  root: RootFd,
  { type = "none", source }: Mount,
  path: string,
  label: string | undefined,
  options: MountOptions,
  idMap: IdMap | undefined,
  bindsSysfs: boolean,
): (() => void) | undefined {
  // Below a new mount there is nothing yet: what holds for all below holds for it.
  let attributes = (options.attributes.set & ~options.recursive.clear) | options.recursive.set;
  const parameters = [...options.fileSystemFlags, ...options.data];
  // Later entries, devices and links still have to be made inside.
  const sealsLater = (attributes & MOUNT_ATTR_RDONLY) !== 0 && (type === "tmpfs" || path === "dev");
  if (sealsLater) attributes &= ~MOUNT_ATTR_RDONLY;
  else if (options.attributes.set & MOUNT_ATTR_RDONLY) parameters.unshift("ro");
  const isKernelView = type === "proc" || type === "sysfs";
  const mode = type === "tmpfs" && !options.data.some((item) => item.startsWith("mode=")) ? p.register() : undefined;
  const target =
    mode === undefined
      ? root.openDirectory(path, { noSymlinks: isKernelView })
      : openDirectoryWithMode(p, root, path, mode);
  if (!isKernelView) root.refuseProc(target, path);
  // proc and sysfs label their files themselves; the message queues are one file system for all mounts of them.
  const takesLabel = !isKernelView && type !== "mqueue";
  if (takesLabel && !parameters.some((item) => item.startsWith("context="))) parameters.push(...labelParameters(label));
  const mount =
    type === "sysfs" && bindsSysfs
      ? sysfsOrHosts(p, source, parameters, attributes)
      : detachedFileSystem(p, type, source ?? type, parameters, attributes);
  if (idMap !== undefined) mapIds(p, mount, idMap);
  if (type === "mqueue" && label !== undefined) labelMount(p, mount, label);
  if (mode !== undefined) {
    p.call("fchmodat", [mount, p.text("."), mode]);
    p.release(mode);
  }
  if (options.copyUp) {
    if (!options.data.some((item) => /^[ug]id=/.test(item))) takeOwner(p, root, target, mount);
    copyFolder(p, target, mount);
  }
  attachMount(p, mount, target);
  p.close(target);
  propagate(p, mount, options);
  if (!sealsLater) {
    p.close(mount);
    return undefined;
  }
  return () => {
    setMountAttributes(p, mount, { set: MOUNT_ATTR_RDONLY, clear: 0 }, "one");
    p.close(mount);
  };
}

/** A sysfs, or the host's with all that is mounted in it. */
function sysfsOrHosts(
  p: ProgramBuilder,
  source: string | undefined,
  parameters: readonly string[],
  attributes: number,
): Register {
  return madeOrInstead(
    p,
    (refused) => detachedFileSystem(p, "sysfs", source ?? "sysfs", parameters, attributes, refused),
    () => {
      const hosts = cloneHostMount(p, "/sys", "tree");
      setMountAttributes(p, hosts, { set: attributes, clear: 0 }, "tree");
      return hosts;
    },
  );
}

/** Give a mount the owner of the directory that it covers. */
function takeOwner(p: ProgramBuilder, root: RootFd, covered: Register, mount: Register): void {
  const status = root.statxOf(covered);
  p.withRegister((uid) =>
    p.withRegister((gid) => {
      p.load(uid, p.within(status, STX_UID), 4);
      p.load(gid, p.within(status, STX_GID), 4);
      p.call("fchownat", [mount, p.text(""), uid, gid, AT_EMPTY_PATH]);
    }),
  );
}

/** Open a directory and note its mode, which a tmpfs without a mode of its own takes over; 1777 if it has to be made. */
function openDirectoryWithMode(p: ProgramBuilder, root: RootFd, path: string, mode: Register): Register {
  const noteMode = (target: Register): void => {
    p.load(mode, p.within(root.statxOf(target), STX_MODE), 2);
    p.compute(mode, mode, "And", 0o7777);
  };
  if (root.places.has(path)) {
    const target = root.openDirectory(path);
    noteMode(target);
    return target;
  }
  const missing = p.label();
  const opened = p.label();
  const target = root.open(path, { directory: true, policy: { on: [[ENOENT, missing]] } });
  noteMode(target);
  p.jump(opened);
  p.place(missing);
  const made = root.openDirectory(path);
  p.move(target, made);
  p.release(made);
  p.move(mode, 0o1777);
  p.place(opened);
  return target;
}

function bindMount(
  p: ProgramBuilder,
  root: RootFd,
  tree: Register,
  path: string,
  options: MountOptions,
  pointer: string,
): void {
  if (options.data.length > 0) {
    throw new Failure(`${pointer}: a bind mount takes no file system options, but has ${options.data.join(",")}`, {
      code: "config.invalid",
      pointer: `${pointer}/options`,
    });
  }
  // Without a pid namespace of its own a user namespace cannot have a new one.
  if (path === "proc") requireProc(p, tree, "only a proc file system may be mounted there");
  const target = path === "proc" ? root.openDirectory(path, { noSymlinks: true }) : root.openTargetFor(tree, path);
  if (path !== "proc" && !MOUNTABLE_IN_PROC.has(path)) root.refuseProc(target, path);
  setMountAttributes(p, tree, options.attributes, "one");
  setMountAttributes(p, tree, options.recursive, "tree");
  attachMount(p, tree, target);
  propagate(p, tree, options);
  p.close(target);
  p.close(tree);
}

/** Set the propagation of an attached mount, in the order of its options: below a shared mount it was shared until now. */
export function propagate(p: ProgramBuilder, mount: Register, { propagation }: MountOptions): void {
  for (const flags of propagation) setPropagation(p, mount, flags & ~MS_REC, flags & MS_REC ? "tree" : "one");
}

function remount(p: ProgramBuilder, root: RootFd, path: string, options: MountOptions): void {
  const target = root.open(path);
  const parameters = [...options.fileSystemFlags, ...options.data];
  const { attributes, recursive, propagation } = options;
  const changes = attributes.set | attributes.clear | recursive.set | recursive.clear | propagation.length;
  // Picking the file system also refuses what is no mount point, as changing attributes does.
  if (options.bind === "no" && (parameters.length > 0 || changes === 0)) {
    const context = p.open("fspick", [target, p.text(""), FSPICK_CLOEXEC | FSPICK_EMPTY_PATH]);
    if (parameters.length > 0) {
      configure(p, context, parameters);
      p.call("fsconfig", [context, FSCONFIG_CMD_RECONFIGURE, 0, 0, 0]);
    }
    p.close(context);
  }
  setMountAttributes(p, target, attributes, "one");
  setMountAttributes(p, target, recursive, "tree");
  propagate(p, target, options);
  p.close(target);
}
