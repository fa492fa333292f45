import type { CgroupJoin } from "../cgroup/join.ts";
import type { CgroupView } from "../cgroup/view.ts";
import { ProgramBuilder } from "../program/builder.ts";
import {
  AF_UNIX,
  CLONE_NEWIPC,
  MS_SHARED,
  MS_UNBINDABLE,
  PR_SET_DUMPABLE,
  PR_SET_NAME,
  SOCK_CLOEXEC,
  SOCK_SEQPACKET,
} from "../program/constants.ts";
import { EACCES, EINVAL } from "../program/errno.ts";
import { type Architecture, type Data, type Program, type Register, Report, Step } from "../program/instruction.ts";
import type { Config, Mount, Process } from "../spec/types.ts";
import { enterCgroups, makeCgroupNamespace, openCgroups } from "./cgroup.ts";
import { cgroupMount } from "./cgroup_mount.ts";
import { type ConsoleInput, makeConsole } from "./console.ts";
import { keepOnly } from "./descriptors.ts";
import { makeDevices, ownsDev, prepareDevices, reopenNullDevice } from "./devices.ts";
import { prepareExecution } from "./execution.ts";
import { type HookState, runHooks } from "./hooks.ts";
import { boundSource, type HostTrees, PreparedTrees, treesFromInside } from "./host_trees.ts";
import { IdMaps } from "./id_maps.ts";
import { raiseLoopback, setNames, setSysctls } from "./identity.ts";
import type { ImageView } from "./image_places.ts";
import { ListenerRelay } from "./listener_relay.ts";
import { confineOnExec, labelKeys } from "./lsm.ts";
import { makePathsReadonly, maskPaths } from "./masks.ts";
import { absoluteMounts, makeUnbindable, mountAll, prepareSharedMounts } from "./mounts.ts";
import { cloneFirstProcess, joinNamespaces, makeTimeNamespace, Namespaces } from "./namespaces.ts";
import { ProcFd } from "./proc_fd.ts";
import { becomeNamespaceRoot, joinSessionKeyring, resetSignals, SELF, type Setgroups, setRlimits } from "./process.ts";
import { RootFd } from "./root_fd.ts";
import {
  changeRootInPlace,
  changeRootTo,
  coverRootfs,
  finishRootPropagation,
  mountRootfs,
  openRoot,
  pivotRoot,
  receiveOnly,
  rootPropagation,
  sealRootfs,
} from "./rootfs.ts";
import type { SeccompFilter } from "./seccomp.ts";
import { START_SOCKET } from "./start_socket.ts";
import { showMappings } from "./user_namespaces.ts";

export interface ContainerInput {
  readonly architecture: Architecture;
  readonly config: Config;
  readonly id: string;
  /** The root file system's absolute path on the host. */
  readonly rootfs: string;
  /** The container's directory, in which the start socket is made. */
  readonly directory: string;
  /** The bundle's directory, at which relative sources of bind mounts start. */
  readonly bundle: string;
  /** Whether the process waits to be started over the start socket, or is executed at once. */
  readonly waitsForStart: boolean;
  /** What is known of the root file system. */
  readonly image: ImageView;
  /** Whether the host has /proc/kcore. */
  readonly hasKcore: boolean;
  /** Whether the cgroups are made only when the process that makes the container is there to be put into them. */
  readonly waitsForCgroup: boolean;
  readonly cgroupJoin: CgroupJoin;
  readonly cgroups: CgroupView;
  /** The descriptor of the report channel. */
  readonly report: number;
  readonly preservedDescriptors: number;
  /** The bounding set of the process that starts the container. */
  readonly grantable: bigint;
  /** For a process with a terminal. */
  readonly console: Omit<ConsoleInput, "bindConsole"> | undefined;
  /** Room for the container's state as JSON, in bytes. */
  readonly stateSize: number;
  /** The SELinux label of new file systems. */
  readonly mountLabel: string | undefined;
  readonly seccomp: SeccompFilter | undefined;
  /** The home directory of the container's user. */
  readonly home: string;
  /** Whether this process is root in the user namespace that owns the host's namespaces. */
  readonly privileged: boolean;
  /** Whether the container's process may set supplementary groups. */
  readonly setgroups: Setgroups;
  readonly pivot: boolean;
  /** Those of the standard streams that are the host's null device. */
  readonly nullStreams: readonly number[];
  readonly newKeyring: boolean;
  /** The caller's umask, with which createContainer hooks run. */
  readonly umask: number;
  /** Mount points of the host's proc and sysfs, which must be let go of where pivot_root is not used. */
  readonly kernelMounts: readonly string[];
}

/** A container's program, and where in it the part begins that plays when the container is started. */
export interface ContainerProgram {
  readonly program: Program;
  readonly startsAt: number;
}

/**
 * The birth of a container, in its order. Everything up to `cloneFirstProcess` happens outside, in a process that ends
 * there; the rest in the container's first process.
 *
 * @see runtime.md, "Lifecycle"
 */
export function compileContainer(input: ContainerInput): ContainerProgram {
  const { config } = input;
  const p = new ProgramBuilder(input.architecture);
  const namespaces = new Namespaces(config.linux?.namespaces ?? []);

  p.at("default/descriptors", () =>
    keepOnly(p, input.preservedDescriptors, [
      input.report,
      ...(input.console === undefined ? [] : [input.console.socket]),
    ]),
  );
  p.at("default/signals", () => resetSignals(p));
  const startSocket = input.waitsForStart ? p.at("default/start socket", () => listenForStart(p, input)) : undefined;
  if (input.waitsForCgroup) p.at("/linux/cgroupsPath", () => p.waitForHost(Step.Cgroup));
  const open = openCgroups(p, input.cgroupJoin);
  const proc = ProcFd.open(p);
  setOomScore(p, proc, config.process);
  compareJoinedMappings(p, proc, config);
  const mounts = absoluteMounts(config, input.bundle);
  const idMaps = new IdMaps(p);
  idMaps.prepare(proc, mounts, config.linux ?? {}, input.privileged);
  const trees = hostTrees(p, input, namespaces, mounts, idMaps);
  // Inside a user namespace no limit can be raised, so they are set from outside: before it is joined, or once it is made.
  const rlimits = config.process?.rlimits ?? [];
  if (namespaces.joins("user")) setRlimits(p, rlimits, SELF);
  if (namespaces.isNew("time")) makeTimeNamespace(p, proc, config.linux?.timeOffsets ?? {});
  const relay = ListenerRelay.open(p, input.seccomp);
  joinNamespaces(p, namespaces, input.privileged);
  const prepareFirst = (pid: Register): void => {
    if (namespaces.isNew("user")) setRlimits(p, rlimits, pid);
  };
  const accompany = relay && ((child: Register) => relay.send(child));
  p.at("/linux/namespaces", () => cloneFirstProcess(p, namespaces, open.unified, prepareFirst, accompany));

  if (namespaces.isNew("user")) p.at("/linux/uidMappings", () => p.waitForHost(Step.UserNamespace));
  if (namespaces.has("user")) p.at("default/root of the user namespace", () => becomeNamespaceRoot(p, config));
  if (namespaces.makesIpcLater) p.at("/linux/namespaces", () => p.call("unshare", [CLONE_NEWIPC]));
  p.at("default/process", () => {
    p.call("prctl", [PR_SET_DUMPABLE, 0, 0, 0, 0]);
    p.call("prctl", [PR_SET_NAME, p.text("tsrun:init"), 0, 0, 0]);
    p.call("setsid", []);
    p.call("umask", [0]);
  });
  enterCgroups(p, open);
  if (namespaces.isNew("cgroup")) makeCgroupNamespace(p);
  if (input.newKeyring) {
    labelKeys(p, proc, config.process);
    p.at("default/session keyring", () => joinSessionKeyring(p, input.id, namespaces.has("user")));
  }
  if (namespaces.isNew("network")) p.at("default/loopback", () => raiseLoopback(p));
  if (namespaces.has("mount") || !namespaces.has("user")) {
    changeRoot(p, input, namespaces, proc, mounts, trees, idMaps);
  } else enterRoot(p, input, proc);
  if (config.process !== undefined) confineOnExec(p, proc, config.process);
  proc.close();

  const execute = p.at("/process", () => prepareProcess(p, input, namespaces, relay));
  const startState = p.at("default/ready", () => waitUntilSaved(p, input));
  const startsAt = p.length;
  if (startSocket !== undefined) {
    p.at("default/start", () => {
      p.forget();
      waitForStart(p, startSocket);
    });
  }
  execute((env) => {
    const { startContainer = [] } = config.hooks ?? {};
    if (startState !== undefined) runHooks(p, startContainer, startState, { env }, "/hooks/startContainer");
  });
  return { program: p.build(), startsAt };
}

/** Callers that made the user namespace themselves give its path and its mappings: they must be the same. */
function compareJoinedMappings(p: ProgramBuilder, proc: ProcFd, { linux = {} }: Config): void {
  if (!linux.uidMappings?.length && !linux.gidMappings?.length) return;
  for (const [i, { type, path }] of (linux.namespaces ?? []).entries()) {
    if (type === "user" && path) p.at(`/linux/namespaces/${i}/path`, () => showMappings(p, proc, path));
  }
}

/** Where bind mounts and the root file system come from: a user namespace may not reach them, so they are copied outside. */
function hostTrees(
  p: ProgramBuilder,
  input: ContainerInput,
  namespaces: Namespaces,
  mounts: readonly Mount[],
  idMaps: IdMaps,
): HostTrees {
  if (!namespaces.has("user") || !namespaces.has("mount")) return treesFromInside(p);
  if (!input.privileged) return treesFromInside(p);
  const { linux = {} } = input.config;
  const trees = new PreparedTrees(p);
  trees.prepare({ origin: "/root/path", path: input.rootfs, reach: "tree" });
  for (const [i, mount] of mounts.entries()) {
    const source = boundSource(mount, i, idMaps);
    if (source !== undefined) trees.prepare(source);
  }
  if (ownsDev(mounts)) prepareDevices(trees, linux.devices ?? []);
  return trees;
}

function listenForStart(p: ProgramBuilder, { directory }: ContainerInput): Register {
  // Bound by its name in the directory, since the address has room for 107 bytes only.
  p.call("chdir", [p.text(directory)]);
  const socket = p.open("socket", [AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0]);
  const address = unixAddress(p, START_SOCKET);
  p.call("bind", [socket, address.data, address.size]);
  p.call("listen", [socket, 1]);
  p.call("chdir", [p.text("/")]);
  return socket;
}

function unixAddress(p: ProgramBuilder, path: string): { data: Data; size: number } {
  const bytes = Buffer.from(`..${path}\0`);
  bytes.writeUInt16LE(AF_UNIX, 0);
  return { data: p.bytes(bytes), size: bytes.length };
}

/** Wait until `start` connects; from then on a failure is reported to it. */
function waitForStart(p: ProgramBuilder, socket: Register): void {
  p.withRegister((connection) => {
    p.uninterrupted(connection, "accept4", [socket, 0, 0, SOCK_CLOEXEC]);
    p.move(p.report, connection);
  });
  p.tell(Report.Started);
}

function setOomScore(p: ProgramBuilder, proc: ProcFd, process: Process | undefined): void {
  const score = process?.oomScoreAdj;
  if (score !== undefined) p.at("/process/oomScoreAdj", () => proc.write("self/oom_score_adj", String(score)));
}

function changeRoot(
  p: ProgramBuilder,
  input: ContainerInput,
  namespaces: Namespaces,
  proc: ProcFd,
  mounts: readonly Mount[],
  trees: HostTrees,
  idMaps: IdMaps,
): void {
  const { config } = input;
  const { linux = {} } = config;
  const propagation = rootPropagation(linux.rootfsPropagation);
  const sources = new PreparedTrees(p, trees);
  const ownMounts = namespaces.has("mount");
  const forHooks = hasCreateHooks(config);
  if (ownMounts) {
    if (propagation.type === MS_SHARED && !namespaces.has("user")) prepareSharedMounts(sources, mounts, idMaps);
    p.at("/linux/rootfsPropagation", () => receiveOnly(p));
  }
  const root = p.at("/root/path", () =>
    ownMounts
      ? mountRootfs(p, trees, input.rootfs, propagation, input.image, forHooks)
      : coverRootfs(p, trees, input.rootfs, input.image),
  );
  const sealMounts = mountAll(p, root, mounts, {
    trees: sources,
    idMaps,
    propagation,
    label: input.mountLabel,
    bindsSysfs: namespaces.has("user") || !input.privileged,
    special: { cgroup: cgroupMount(p, root, namespaces, input.cgroups, input.mountLabel) },
  });
  idMaps.close();
  // the namespace in which no device can be made may also be the one in which this runs
  const canMakeDevices = input.privileged && !namespaces.has("user");
  if (ownsDev(mounts)) {
    makeDevices(p, root, linux.devices ?? [], input.hasKcore, canMakeDevices ? undefined : trees);
  }
  runCreateHooks(p, input);
  if (forHooks) root.places.forget();
  p.at("default/root", () => {
    if (!ownMounts) changeRootTo(p, root.fd);
    else if (input.pivot) pivotRoot(p, root);
    else changeRootInPlace(p, root, input.kernelMounts, forHooks);
  });
  const { console } = input;
  if (console !== undefined) p.at("/process/terminal", () => makeConsole(p, root, { ...console, bindConsole: true }));
  else if (ownsDev(mounts)) reopenNullDevice(p, root, input.nullStreams);
  p.at("/process/cwd", () => makeWorkingDirectory(p, root, config, mounts));
  sealMounts();
  if (config.root?.readonly) p.at("/root/readonly", () => sealRootfs(p, root));
  setNames(p, config.hostname, config.domainname);
  if (linux.sysctl !== undefined) setSysctls(p, proc, linux.sysctl);
  makePathsReadonly(p, root, linux.readonlyPaths ?? []);
  maskPaths(p, root, linux.maskedPaths ?? [], input.mountLabel);
  p.at("/linux/rootfsPropagation", () => {
    if (propagation.type === MS_UNBINDABLE && propagation.recursive) makeUnbindable(p, root, mounts);
    finishRootPropagation(p, root, propagation);
  });
  p.close(root.fd);
}

/** A working directory that is missing is made when it is entered, unless the place is going to be read-only by then. */
function makeWorkingDirectory(p: ProgramBuilder, root: RootFd, config: Config, mounts: readonly Mount[]): void {
  const cwd = config.process?.cwd ?? "/";
  const isSealed = mounts.some(
    ({ destination, options }) => `${cwd}/`.startsWith(`${destination}/`) && options?.includes("ro"),
  );
  if (cwd === "/" || !(config.root?.readonly || isSealed)) return;
  // whoever has the right to enter it may have to be the container's user
  const denied = p.label();
  p.close(root.openDirectory(cwd, { policy: { on: [[EACCES, denied]] } }));
  p.place(denied);
}

/** In a user namespace without a mount namespace nothing can be mounted: the root is all that changes. */
function enterRoot(p: ProgramBuilder, input: ContainerInput, proc: ProcFd): void {
  const { config, console } = input;
  runCreateHooks(p, input);
  const root = p.at("/root/path", () => new RootFd(p, openRoot(p, input.rootfs)));
  p.at("/root/path", () => changeRootTo(p, root.fd));
  if (console !== undefined) p.at("/process/terminal", () => makeConsole(p, root, { ...console, bindConsole: false }));
  setNames(p, config.hostname, config.domainname);
  setSysctls(p, proc, config.linux?.sysctl ?? {});
  p.close(root.fd);
}

/** The host side answers with the state for the startContainer hooks, if there are any. */
function waitUntilSaved(p: ProgramBuilder, { config, stateSize }: ContainerInput): HookState | undefined {
  if (!config.hooks?.startContainer?.length) {
    p.waitForHost(Step.Ready);
    return undefined;
  }
  const text = p.space(stateSize);
  const length = p.register();
  p.askHost(Step.Ready, text, stateSize, length);
  return { text, length };
}

function hasCreateHooks({ hooks = {} }: Config): boolean {
  return Boolean(hooks.prestart?.length || hooks.createRuntime?.length || hooks.createContainer?.length);
}

/** Hooks at the place where the namespaces exist and the root is still the host's: first those outside, then those inside. */
function runCreateHooks(p: ProgramBuilder, { config, stateSize, bundle, umask }: ContainerInput): void {
  if (!hasCreateHooks(config)) return;
  const { createContainer = [] } = config.hooks ?? {};
  const text = p.space(stateSize);
  p.withRegister((length) => {
    p.at("/hooks", () => p.askHost(Step.Hooks, text, stateSize, length));
    if (createContainer.length === 0) return;
    p.at("/hooks/createContainer", () => p.call("chdir", [p.text(bundle)]));
    runHooks(p, createContainer, { text, length }, { env: [], umask }, "/hooks/createContainer");
  });
}

function prepareProcess(
  p: ProgramBuilder,
  input: ContainerInput,
  namespaces: Namespaces,
  relay: ListenerRelay | undefined,
): ReturnType<typeof prepareExecution> {
  const { process } = input.config;
  // runtime.md, "Start": without a process that is an error, and creating it is none.
  if (process === undefined) return () => p.at("/process", () => p.fail(EINVAL, "the config has no process to start"));
  return prepareExecution(p, {
    ...input,
    process,
    relay,
    linux: input.config.linux ?? {},
    inUserNamespace: namespaces.has("user"),
    makeDirectory: true,
  });
}
