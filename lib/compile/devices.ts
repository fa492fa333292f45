import type { ProgramBuilder } from "../program/builder.ts";
import {
  AT_SYMLINK_NOFOLLOW,
  O_RDWR,
  S_IFBLK,
  S_IFCHR,
  S_IFIFO,
  S_IFMT,
  STX_MODE,
  STX_RDEV_MAJOR,
  STX_RDEV_MINOR,
} from "../program/constants.ts";
import { EEXIST, ENOENT } from "../program/errno.ts";
import type { Register } from "../program/instruction.ts";
import type { Device, Mount } from "../spec/types.ts";
import type { HostTrees, PreparedTrees } from "./host_trees.ts";
import { attachMount } from "./mount_calls.ts";
import { pathComponents, type RootFd } from "./root_fd.ts";

const LAST_STANDARD_STREAM = 2;

/** The devices that every container has. @see config-linux.md, "Default Devices" */
export const DEFAULT_DEVICES: readonly Device[] = [
  { path: "/dev/null", type: "c", major: 1, minor: 3 },
  { path: "/dev/zero", type: "c", major: 1, minor: 5 },
  { path: "/dev/full", type: "c", major: 1, minor: 7 },
  { path: "/dev/random", type: "c", major: 1, minor: 8 },
  { path: "/dev/urandom", type: "c", major: 1, minor: 9 },
  { path: "/dev/tty", type: "c", major: 5, minor: 0 },
];

/** @see runtime-linux.md, "Dev symbolic links" */
const LINKS: readonly (readonly [name: string, target: string])[] = [
  ["fd", "/proc/self/fd"],
  ["stdin", "/proc/self/fd/0"],
  ["stdout", "/proc/self/fd/1"],
  ["stderr", "/proc/self/fd/2"],
];

/** What every peer adds where the host has it. */
const KCORE_LINK = ["core", "/proc/kcore"] as const;

const FILE_TYPE: Readonly<Record<string, number>> = { c: S_IFCHR, u: S_IFCHR, b: S_IFBLK, p: S_IFIFO };

export function isBindMount({ type, options = [] }: Mount): boolean {
  return type === "bind" || options.includes("bind") || options.includes("rbind");
}

/** Whether /dev is the container's own: the host's, bound there, must not be touched. */
export function ownsDev(mounts: readonly Mount[]): boolean {
  return !mounts.some((mount) => pathComponents(mount.destination).join("/") === "dev" && isBindMount(mount));
}

/** `dev_t` as mknod(2) takes it. */
export function deviceNumber(major: number, minor: number): number {
  return (minor & 0xff) + ((major & 0xfff) << 8) + (minor & ~0xff) * 0x1000;
}

/** Every device that the container gets: one of `linux.devices` takes the place of the default with the same path. */
function allDevices(devices: readonly Device[]): { device: Device; origin: string }[] {
  const given = new Set(devices.map(({ path }) => pathComponents(path).join("/")));
  return [
    ...DEFAULT_DEVICES.filter(({ path }) => !given.has(path.slice(1))).map((device) => ({
      device,
      origin: `default${device.path}`,
    })),
    ...devices.map((device, i) => ({ device, origin: `/linux/devices/${i}` })),
  ];
}

/** Copies of the host's devices, for a process that may not make any. */
export function prepareDevices(trees: PreparedTrees, devices: readonly Device[]): void {
  for (const { device, origin } of allDevices(devices)) {
    if (device.type !== "p") trees.prepare({ origin, path: device.path, reach: "one" });
  }
}

/**
 * Make the default devices, those of `linux.devices`, and the links of /dev.
 *
 * /dev is opened once, without following a link, and everything is made relative to it.
 *
 * @param hasKcore whether the host has /proc/kcore
 * @param bound where copies of the host's devices come from, in a user namespace
 * @see CVE-2026-41579: /dev may be a link in the image
 */
export function makeDevices(
  p: ProgramBuilder,
  root: RootFd,
  devices: readonly Device[],
  hasKcore: boolean,
  bound: HostTrees | undefined,
): void {
  const dev = p.at("default/dev", () => root.openDirectory("dev", { noSymlinks: true }));
  for (const { device, origin } of allDevices(devices)) {
    p.at(origin, () => {
      if (bound === undefined || device.type === "p") makeDevice(p, root, dev, device);
      else bindDevice(p, root, bound, device, origin);
    });
  }
  p.at("default/dev links", () => {
    const links = hasKcore ? [...LINKS, KCORE_LINK] : LINKS;
    for (const [name, target] of links) p.call("symlinkat", [p.text(target), dev, p.text(name)], { ignore: [EEXIST] });
    if (!devices.some(({ path }) => pathComponents(path).join("/") === "dev/ptmx")) {
      p.call("unlinkat", [dev, p.text("ptmx"), 0], { ignore: [ENOENT] });
      p.call("symlinkat", [p.text("pts/ptmx"), dev, p.text("ptmx")]);
    }
  });
  p.close(dev);
}

/**
 * Open the container's null device in place of the host's, as runc does: a descriptor that leads out of the container
 * shows the host's mount, and keeps CRIU from writing the container down. Where it cannot be used the stream stays.
 */
export function reopenNullDevice(p: ProgramBuilder, root: RootFd, streams: readonly number[]): void {
  if (streams.length === 0) return;
  p.at("default/standard streams", () => {
    const unusable = p.label();
    const closed = p.label();
    const device = root.openDevice("dev/null", O_RDWR, { on: [[0, unusable]] });
    // Whoever starts us may have closed one of them on execution; then it is not for us to open.
    p.branch(device, "LessEqual", LAST_STANDARD_STREAM, closed);
    for (const fd of streams) p.call("dup3", [device, fd, 0]);
    p.place(closed);
    p.close(device);
    p.place(unusable);
  });
}

/** In a user namespace no device can be made: the host's is bound to its place. */
function bindDevice(p: ProgramBuilder, root: RootFd, trees: HostTrees, { path }: Device, origin: string): void {
  const tree = trees.clone({ origin, path, reach: "one" });
  const target = root.openTargetFor(tree, path);
  attachMount(p, tree, target);
  p.close(target);
  p.close(tree);
}

function makeDevice(p: ProgramBuilder, root: RootFd, dev: Register, device: Device): void {
  const components = pathComponents(device.path);
  if (components.length === 2 && components[0] === "dev") {
    makeNode(p, root, dev, components[1]!, components.join("/"), device);
    return;
  }
  const { parent, name } = root.openParent(device.path);
  makeNode(p, root, parent, name, components.join("/"), device);
  p.close(parent);
}

function makeNode(
  p: ProgramBuilder,
  root: RootFd,
  parent: Register,
  name: string,
  path: string,
  { type, major = 0, minor = 0, fileMode = 0o666, uid = 0, gid = 0 }: Device,
): void {
  const there = p.label();
  const done = p.label();
  const fileType = FILE_TYPE[type] ?? 0;
  const number = type === "p" ? 0 : deviceNumber(major, minor);
  p.call("mknodat", [parent, p.text(name), fileType | (fileMode & 0o7777), number], { on: [[EEXIST, there]] });
  if (uid !== 0 || gid !== 0) p.call("fchownat", [parent, p.text(name), uid, gid, AT_SYMLINK_NOFOLLOW]);
  p.jump(done);
  p.place(there);
  refuseOther(p, root, path, fileType, major, minor);
  p.place(done);
}

/** A node that is there already must be the device that is asked for. @see config-linux.md, "Devices" */
function refuseOther(
  p: ProgramBuilder,
  root: RootFd,
  path: string,
  fileType: number,
  major: number,
  minor: number,
): void {
  const other = p.label();
  const same = p.label();
  const node = root.open(path, { noFollow: true });
  const status = root.statxOf(node);
  p.withRegister((value) => {
    p.load(value, p.within(status, STX_MODE), 2);
    p.compute(value, value, "And", S_IFMT);
    p.branch(value, "NotEqual", fileType, other);
    if (fileType !== S_IFIFO) {
      p.load(value, p.within(status, STX_RDEV_MAJOR), 4);
      p.branch(value, "NotEqual", major, other);
      p.load(value, p.within(status, STX_RDEV_MINOR), 4);
      p.branch(value, "NotEqual", minor, other);
    }
  });
  p.jump(same);
  p.place(other);
  p.fail(EEXIST, `/${path} is there already, and is another file than the device asked for`);
  p.place(same);
  p.close(node);
}
