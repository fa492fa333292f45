import { ProgramBuilder } from "../program/builder.ts";
import {
  AF_UNIX,
  AT_FDCWD,
  CLONE_NEWNS,
  F_SETFD,
  MNT_DETACH,
  MOVE_MOUNT_F_EMPTY_PATH,
  O_CLOEXEC,
  O_DIRECTORY,
  O_RDONLY,
  O_WRONLY,
  PR_SET_NO_NEW_PRIVS,
  SOCK_CLOEXEC,
  SOCK_SEQPACKET,
} from "../program/constants.ts";
import { type Architecture, type Program, type Register, Step } from "../program/instruction.ts";
import type { Mount } from "../spec/types.ts";
import { keepOnly } from "./descriptors.ts";
import { isBindMount } from "./devices.ts";
import type { ImageView } from "./image_places.ts";
import { attachMount, cloneHostMount } from "./mount_calls.ts";
import { parseMountOptions } from "./mount_options.ts";
import { sendDescriptor } from "./passed_descriptor.ts";
import { resetSignals } from "./process.ts";
import { pathComponents, RootFd } from "./root_fd.ts";
import { receiveOnly } from "./rootfs.ts";

export interface RestoreInput {
  readonly architecture: Architecture;
  /** The entries of config.json, with absolute sources. */
  readonly mounts: readonly Mount[];
  /** The root file system's absolute path on the host. */
  readonly rootfs: string;
  /** An empty directory of ours, where the root file system is mounted for CRIU. */
  readonly place: string;
  readonly image: ImageView;
  /** The files to which a process is written to be in the container's cgroups. */
  readonly procsFiles: readonly string[];
  /** The descriptor of the report channel. */
  readonly report: number;
  /** A socket over which one end of CRIU's is sent; CRIU finds the other end under the same number. */
  readonly socket: number;
  /** Directories that CRIU gets, opened anew among its own mounts, under these numbers. */
  readonly directories: readonly { readonly descriptor: number; readonly path: string }[];
  /** Other descriptors that it gets. */
  readonly passed: readonly number[];
  /** Whether it hands no_new_privs down to the processes that it restores, since it does not restore that itself. */
  readonly noNewPrivileges: boolean;
  readonly criu: { readonly path: string; readonly args: readonly string[]; readonly env: readonly string[] };
}

/**
 * What becomes the CRIU that restores a container. In mounts of its own, which are gone with it, it gets the root file
 * system as CRIU wants it, a mount that nothing lies over; what the container's mounts lie on is made where it is missing;
 * and it goes to the container's cgroups, into which it restores the processes.
 *
 * @see criu(8), --root
 */
export function compileRestore(input: RestoreInput): Program {
  const p = new ProgramBuilder(input.architecture);
  const kept = [input.socket, ...input.directories.map(({ descriptor }) => descriptor), ...input.passed];
  p.at("default/descriptors", () => keepOnly(p, 0, [input.report, ...kept]));
  p.at("default/signals", () => resetSignals(p));
  p.at("/linux/cgroupsPath", () => {
    p.waitForHost(Step.Cgroup);
    enterCgroups(p, input.procsFiles);
  });
  p.at("/root/path", () => {
    p.call("unshare", [CLONE_NEWNS]);
    receiveOnly(p);
  });
  const made = input.mounts.flatMap((mount, i) => (isLaidOnImage(mount, input.mounts) ? [{ mount, i }] : []));
  if (made.length > 0) {
    const scratch = p.at("/root/path", () => mountAt(p, input.rootfs, input.place));
    const root = new RootFd(p, scratch, input.image);
    for (const { mount, i } of made) p.at(`/mounts/${i}`, () => makeMountPoint(p, root, mount));
    p.at("/root/path", () => {
      p.close(scratch);
      // With what was mounted in it.
      p.call("umount2", [p.text(input.place), MNT_DETACH]);
    });
  }
  p.at("/root/path", () => p.close(mountAt(p, input.rootfs, input.place)));
  p.at("default/criu", () => {
    for (const { descriptor, path } of input.directories) reopen(p, descriptor, path);
    makeSocket(p, input.socket);
    for (const fd of input.passed) p.call("fcntl", [fd, F_SETFD, 0]);
    if (input.noNewPrivileges) {
      p.at("/process/noNewPrivileges", () => p.call("prctl", [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]));
    }
    const { path, args, env } = input.criu;
    p.call("execve", [p.text(path), p.textArray(args), p.textArray(env)]);
    p.exit(1);
  });
  return p.build();
}

/** CRIU makes mounts in its directories, which must be in its own mount namespace for that. */
function reopen(p: ProgramBuilder, descriptor: number, path: string): void {
  const directory = p.open("openat", [AT_FDCWD, p.text(path), O_RDONLY | O_CLOEXEC | O_DIRECTORY[p.architecture], 0]);
  p.call("dup3", [directory, descriptor, 0]);
  p.close(directory);
}

/** CRIU takes the descriptors of its directories from whoever made its socket, and that must be itself then. */
function makeSocket(p: ProgramBuilder, socket: number): void {
  const pair = p.space(8);
  const theirs = p.register();
  p.call("socketpair", [AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair]);
  p.withRegister((ours) => {
    p.load(ours, pair, 4);
    sendDescriptor(p, socket, ours, "criu");
    p.call("close", [ours], { ignoreAll: true });
  });
  p.load(theirs, p.within(pair, 4), 4);
  p.call("dup3", [theirs, socket, 0]);
  p.close(theirs);
}

function enterCgroups(p: ProgramBuilder, procsFiles: readonly string[]): void {
  for (const path of procsFiles) {
    const file = p.open("openat", [AT_FDCWD, p.text(path), O_WRONLY | O_CLOEXEC, 0]);
    p.call("write", [file, p.text("0"), 1]);
    p.close(file);
  }
}

function mountAt(p: ProgramBuilder, rootfs: string, place: string): Register {
  const tree = cloneHostMount(p, rootfs, "tree");
  p.call("move_mount", [tree, p.text(""), AT_FDCWD, p.text(place), MOVE_MOUNT_F_EMPTY_PATH]);
  return tree;
}

/** Whether a mount lies on a file of the image, or of the host by way of a bind mount: CRIU restores all other file systems. */
function isLaidOnImage({ destination, type, options = [] }: Mount, all: readonly Mount[]): boolean {
  if (type === "cgroup" || parseMountOptions(options).remount) return false;
  const path = pathComponents(destination).join("/");
  return !all.some((other) => {
    const above = pathComponents(other.destination).join("/");
    return !isBindMount(other) && path.startsWith(`${above}/`);
  });
}

/** What is bound is there meanwhile, for what lies on it. */
function makeMountPoint(p: ProgramBuilder, root: RootFd, mount: Mount): void {
  if (!isBindMount(mount)) {
    p.close(root.openDirectory(mount.destination));
    return;
  }
  const source = cloneHostMount(p, mount.source ?? "", "tree");
  const target = root.openTargetFor(source, mount.destination);
  root.refuseProc(target, mount.destination);
  attachMount(p, source, target);
  p.close(target);
  p.close(source);
}
