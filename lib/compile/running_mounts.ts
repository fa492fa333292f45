import { Failure } from "../failure.ts";
import { ProgramBuilder } from "../program/builder.ts";
import { MNT_DETACH, O_CLOEXEC, PR_SET_DUMPABLE } from "../program/constants.ts";
import { EINVAL } from "../program/errno.ts";
import { type Architecture, type Program, Step } from "../program/instruction.ts";
import type { Config, Mount } from "../spec/types.ts";
import { keepOnly } from "./descriptors.ts";
import { boundSource, PreparedTrees, type TreeSource } from "./host_trees.ts";
import { IdMaps } from "./id_maps.ts";
import type { ImageView } from "./image_places.ts";
import { mountAll } from "./mounts.ts";
import { cloneSibling, enterProcess, Namespaces } from "./namespaces.ts";
import { ProcFd } from "./proc_fd.ts";
import { becomeNamespaceRoot, resetSignals } from "./process.ts";
import { pathComponents, RootFd } from "./root_fd.ts";
import { openRoot, rootPropagation } from "./rootfs.ts";
import { copyAsUser } from "./users_trees.ts";

export interface RunningMountsInput {
  readonly architecture: Architecture;
  /** The container's config: its namespaces and id mappings. */
  readonly config: Config;
  /** The entries; sources of bind mounts are absolute. */
  readonly mounts: readonly Mount[];
  /** The container's first process, whose namespaces are joined, as a process descriptor. */
  readonly pidfd: number;
  /** The descriptor of the report channel. */
  readonly report: number;
  /** The SELinux label of new file systems. */
  readonly label: string | undefined;
  /** Whether this process is root in the user namespace that owns the host's namespaces. */
  readonly privileged: boolean;
  /** See RootFd. */
  readonly image: ImageView;
}

/**
 * Add mounts to a running container. What they show is copied on the host; they are attached by a process that has
 * joined all of the container's namespaces.
 *
 * @see setns(2), open_tree(2), move_mount(2)
 */
export function compileAddMounts(input: RunningMountsInput): Program {
  const { config, mounts } = input;
  const p = new ProgramBuilder(input.architecture);
  const proc = begin(p, input);
  const idMaps = new IdMaps(p);
  idMaps.prepare(proc, mounts, config.linux ?? {}, input.privileged);
  const sources = mounts.map((mount, i) => boundSource(mount, i, idMaps)).filter((source) => source !== undefined);
  const trees = input.privileged ? copyAsRoot(p, sources) : copyAsUser(p, sources);
  enter(p, input);
  proc.close();
  const root = p.at("/root/path", () => new RootFd(p, openRoot(p, "/"), input.image));
  const seal = mountAll(p, root, mounts, {
    trees,
    idMaps,
    propagation: rootPropagation(config.linux?.rootfsPropagation),
    label: input.label,
    bindsSysfs: false, // the host's is not seen any more
    special: { cgroup: refuseCgroup },
  });
  seal();
  return end(p);
}

function copyAsRoot(p: ProgramBuilder, sources: readonly TreeSource[]): PreparedTrees {
  const trees = new PreparedTrees(p);
  for (const source of sources) trees.prepare(source);
  return trees;
}

function refuseCgroup(): never {
  throw new Failure("cgroups cannot be mounted in a running container", { code: "config.unsupported" });
}

/**
 * Take mounts away from a running container, the last one first, each with what is mounted below it. Only their
 * destinations count.
 *
 * @see umount2(2)
 */
export function compileRemoveMounts(input: RunningMountsInput): Program {
  const p = new ProgramBuilder(input.architecture);
  const proc = begin(p, input);
  enter(p, input);
  const root = p.at("/root/path", () => new RootFd(p, openRoot(p, "/"), input.image));
  const self = p.at("default/proc handle", () => proc.openSelf());
  proc.close();
  // Here umount2, which takes no descriptor, finds what is open under a name.
  p.at("default/proc handle", () => p.call("fchdir", [self]));
  for (const [i, { destination }] of [...input.mounts.entries()].toReversed()) {
    p.at(`/mounts/${i}`, () => unmount(p, root, destination, `/mounts/${i}`));
  }
  return end(p);
}

/** The number of a descriptor that nothing else has. */
const PLACE = 100;

function unmount(p: ProgramBuilder, root: RootFd, destination: string, pointer: string): void {
  if (pathComponents(destination).every((component) => component === "..") || root.places.leadToRoot(destination)) {
    throw new Failure(`${pointer}: the root itself cannot be unmounted`, { code: "config.invalid", pointer });
  }
  const none = p.label();
  const done = p.label();
  const target = root.open(destination);
  p.call("dup3", [target, PLACE, O_CLOEXEC]);
  p.close(target);
  p.call("umount2", [p.text(`fd/${PLACE}`), MNT_DETACH], { on: [[EINVAL, none]] });
  p.jump(done);
  p.place(none);
  p.fail(EINVAL, `nothing is mounted on ${destination} that can be unmounted`);
  p.place(done);
}

/** On the host: nothing but what the program uses is kept. */
function begin(p: ProgramBuilder, { report, pidfd }: RunningMountsInput): ProcFd {
  p.at("default/process", () => {
    keepOnly(p, 0, [report, pidfd]);
    p.call("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0]);
    resetSignals(p);
  });
  return ProcFd.open(p);
}

/** Go into the container, as root there; its processes can neither trace this one nor signal it to death unseen. */
function enter(p: ProgramBuilder, { config, pidfd, privileged }: RunningMountsInput): void {
  const namespaces = new Namespaces(config.linux?.namespaces ?? []);
  p.at("/linux/namespaces", () => {
    enterProcess(p, pidfd, namespaces.joinFlags, privileged);
    cloneSibling(p, 0, [{ cgroup: undefined }], () => {});
  });
  p.at("default/process", () => {
    if (namespaces.has("user")) becomeNamespaceRoot(p, config);
    p.call("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0]);
    p.call("umask", [0]);
  });
}

function end(p: ProgramBuilder): Program {
  p.at("default/ready", () => {
    p.waitForHost(Step.Ready);
    p.exit(0);
  });
  return p.build();
}
