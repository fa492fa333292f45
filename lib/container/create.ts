import { applyResources, createCgroup, locateCgroup, viewOf } from "../cgroup/cgroup.ts";
import type { CgroupDriver } from "../cgroup/driver.ts";
import { joinFromScope, joinOf } from "../cgroup/join.ts";
import { type CgroupState, ownDirectories } from "../cgroup/state.ts";
import { type ContainerProgram, compileContainer } from "../compile/container.ts";
import type { SeccompFilter } from "../compile/seccomp.ts";
import { debugLog } from "../debug_log.ts";
import { openChannel } from "../executor/spawn.ts";
import { Failure } from "../failure.ts";
import { existsSync, lstatSync, mkdirSync, readFileSync, realpathSync, writeFileSync } from "../libc/files.ts";
import { resolve } from "../libc/paths.ts";
import { ARCHITECTURE } from "../libc/system_call.ts";
import { EACCES, EPERM, EROFS } from "../program/errno.ts";
import { loadConfig } from "../spec/load.ts";
import { hasNamespace } from "../spec/namespaces.ts";
import type { Config, Resources } from "../spec/types.ts";
import { type Console, closeConsole, openConsole } from "./console.ts";
import type { CoveredRoot } from "./covered_root.ts";
import { closePreserved, inheritPreserved } from "./descriptors.ts";
import { destroyCgroups } from "./destroy_cgroups.ts";
import { boundingSet, homeOf, isPrivileged, kernelMounts } from "./host_facts.ts";
import { openImage } from "./image_view.ts";
import { lock } from "./lock.ts";
import { checkLsm } from "./lsm.ts";
import { NOTIFY_DIRECTORY, withNotifySocket } from "./notify_mount.ts";
import { writePidFile } from "./pid_file.ts";
import { connectPidfdSocket } from "./pidfd_socket.ts";
import { type Meanwhile, type Played, playContainer, type WhenReady } from "./play.ts";
import { runPoststopHooks } from "./poststop.ts";
import { seccompFilter } from "./seccomp_filter.ts";
import { setgroupsInNew } from "./setgroups.ts";
import { killAndWait } from "./signal.ts";
import { activatedSockets, withActivatedSockets } from "./socket_activation.ts";
import { isPipe, nullStreams, standardStreams } from "./standard_streams.ts";
import {
  type ContainerState,
  checkId,
  configPath,
  containerDirectory,
  loadState,
  makeDirectory,
  removeDirectory,
  saveState,
} from "./state.ts";

const KILL_TIMEOUT = 10_000;

export interface CreateRequest {
  readonly id: string;
  readonly bundle: string;
  /** The config's path, if it is not the bundle's config.json. */
  readonly configFile?: string;
  /** The directory that holds the containers' directories. */
  readonly root: string;
  readonly pidFile?: string;
  readonly noPivot: boolean;
  readonly noNewKeyring: boolean;
  readonly preserveFds: number;
  /** Who makes the cgroups; cgroupfs if nothing is said. */
  readonly cgroupDriver?: CgroupDriver;
  /** Whether they are made as for an ordinary user, whatever the caller is: by the user's systemd, or not at all. */
  readonly rootless?: boolean | undefined;
  /** A socket for the terminal of a process that has one. */
  readonly consoleSocket?: string;
  /** A socket for a process descriptor. */
  readonly pidfdSocket?: string;
}

/**
 * Create a container: everything is set up, and its process waits to be started. On any failure all that was made is
 * gone again.
 *
 * @throws Failure
 * @see runtime.md, "Create"
 */
export async function createContainer(request: CreateRequest): Promise<void> {
  await bringUp(request, "start");
}

/**
 * Bring a container up as far as `whenReady` says: until its process waits to be started, until it is executed, or until
 * it is ready to be executed as soon as it is told to go on.
 *
 * @returns what was brought up
 */
export async function bringUp(asked: CreateRequest, whenReady: WhenReady, meanwhile?: Meanwhile): Promise<Played> {
  checkId(asked.id);
  const sockets = activatedSockets();
  const request = { ...asked, preserveFds: sockets + asked.preserveFds };
  const pidFile = request.pidFile === undefined ? undefined : resolve(request.pidFile);
  const bundle = resolve(request.bundle);
  let config = withActivatedSockets(loadConfig(bundle, request.configFile), sockets);
  checkRootless(config);
  checkLsm(config.process, config.linux?.mountLabel);
  const { sysctl, namespaces = [] } = config.linux ?? {};
  if (sysctl !== undefined && namespaces.some(({ path }) => path)) {
    (await import("./own_sysctls.ts")).checkSysctlsAreOwn(config);
  }
  const preserved = inheritPreserved(request.preserveFds);
  const console = openConsole(config.process?.terminal ?? false, request.consoleSocket, whenReady !== "hand over");
  const pidfdSocket = connectPidfdSocket(request.pidfdSocket);
  const rootfs = findRootfs(config, bundle);
  const located = await locate(request, config);
  const notifies = Boolean(process.env.NOTIFY_SOCKET) && config.process !== undefined;
  makeDirectory(request.root, request.id);
  let notify: number | undefined;
  let unlock: (() => void) | undefined;
  let cgroup: CgroupState | undefined;
  let covered: CoveredRoot | undefined;
  let played: Played | undefined;
  try {
    unlock = lock(request.root, request.id);
    covered = hasNamespace(config, "mount")
      ? undefined
      : (await import("./covered_root.ts")).coveredRoot(config, rootfs);
    const initial = initialState(request.id, bundle, rootfs, config, located, covered, notifies);
    saveState(request.root, initial);
    writeFileSync(configPath(request.root, request.id), readFileSync(request.configFile ?? `${bundle}/config.json`), {
      mode: 0o600,
    });
    if (notifies) {
      const directory = `${resolve(containerDirectory(request.root, request.id))}/${NOTIFY_DIRECTORY}`;
      mkdirSync(directory, { mode: 0o755 });
      config = withNotifySocket(config, directory);
      if (whenReady !== "start") notify = (await import("./notify.ts")).bindNotifySocket(request.root, request.id);
    }
    const haveCgroup = (made: CgroupState): CgroupState => {
      cgroup = made;
      // Who deletes after a crash must know that whatever is in there from here on is the container's.
      saveState(request.root, { ...initial, cgroup });
      if (ownDirectories(made).length > 0) applyResources(made, config.linux?.resources, isPrivileged());
      return made;
    };
    // What cannot be made leaves nothing of ours: it is not to be destroyed with what others have there.
    cgroup =
      located.systemd === undefined ? haveCgroup(createCgroupOrNone(config, located, request.rootless)) : located;
    const seccomp = await seccompFilter(config, async (profile) =>
      (await import("../seccomp/cache.ts")).cachedFilter(request.root, profile),
    );
    const channel = openChannel();
    debugLog("create", () => `compiling the program of ${request.id}`);
    const compiled = compileFor(
      request,
      config,
      rootfs,
      cgroup,
      whenReady === "start",
      channel.theirs,
      seccomp,
      console,
    );
    played = await playContainer(
      request.root,
      { ...initial, cgroup },
      config,
      compiled,
      channel,
      whenReady,
      async (pid) => {
        const { startUnit } = await import("../cgroup/systemd/driver.ts");
        return haveCgroup(startUnit(located, pid, request.id, config));
      },
      (expected) => meanwhile?.(withTerminal(expected, console)),
    );
    played = withTerminal(played, console);
    if (notify !== undefined) played = { ...played, notify };
    pidfdSocket?.send(played.state.pid, played.state.startTime, "standard");
    if (pidFile !== undefined) writePidFile(pidFile, played.state.pid);
    debugLog("create", () => `the first process of ${request.id} is ${played?.state.pid}`);
    return played;
  } catch (failure) {
    if (played !== undefined) killAndWait(played.state.pid, played.state.startTime, KILL_TIMEOUT);
    if (cgroup !== undefined) await destroyCgroups(cgroup);
    if (played?.state.resctrl !== undefined) (await import("./resctrl.ts")).leaveResctrl(played.state.resctrl);
    if (covered !== undefined) (await import("./covered_root.ts")).uncoverRoot(rootfs, covered);
    await runPoststopHooks(request.root, loadState(request.root, request.id));
    removeDirectory(request.root, request.id);
    throw failure;
  } finally {
    unlock?.();
    closePreserved(preserved);
    closeConsole(console);
  }
}

function withTerminal(played: Played, console: Console | undefined): Played {
  return console?.served === undefined ? played : { ...played, terminal: console.served };
}

/**
 * Compile a config for this host.
 *
 * @param report the number by which the program knows its report channel
 * @throws Failure
 */
export function compileFor(
  request: CreateRequest,
  config: Config,
  rootfs: string,
  cgroup: CgroupState,
  waitsForStart: boolean,
  report: number,
  seccomp: SeccompFilter | undefined,
  console: Console | undefined,
): ContainerProgram {
  const image = openImage(rootfs, config.mounts?.length ?? 0);
  try {
    return compileContainer({
      architecture: ARCHITECTURE,
      config,
      id: request.id,
      rootfs,
      directory: resolve(containerDirectory(request.root, request.id)),
      waitsForStart,
      waitsForCgroup: cgroup.systemd !== undefined,
      cgroupJoin: cgroup.systemd?.name.endsWith(".scope") ? joinFromScope(cgroup) : joinOf(cgroup),
      cgroups: viewOf(cgroup),
      report,
      preservedDescriptors: request.preserveFds,
      console: console && { socket: console.socket, size: console.size ?? config.process?.consoleSize },
      mountLabel: config.linux?.mountLabel || undefined,
      stateSize: stateRoom(request, config),
      seccomp,
      grantable: boundingSet(),
      home: homeOf(config, rootfs),
      privileged: isPrivileged(),
      setgroups: setgroupsInNew(config, isPrivileged()),
      pivot: !request.noPivot,
      nullStreams: nullStreams(),
      newKeyring: !request.noNewKeyring,
      umask: process.umask(),
      bundle: resolve(request.bundle),
      image,
      hasKcore: existsSync("/proc/kcore"),
      kernelMounts: request.noPivot ? kernelMounts() : [],
    });
  } finally {
    image.close();
  }
}

/** The state of a container that has no process yet. */
export function initialState(
  id: string,
  bundle: string,
  rootfs: string,
  config: Config,
  cgroup: CgroupState,
  coveredRoot: CoveredRoot | undefined,
  notifies: boolean,
): ContainerState {
  const streams = standardStreams();
  return {
    ociVersion: config.ociVersion,
    id,
    bundle,
    rootfs,
    created: new Date().toISOString(),
    annotations: config.annotations ?? {},
    pid: 0,
    startTime: 0,
    cgroup,
    ...(coveredRoot !== undefined && { coveredRoot }),
    ...(notifies && { notifies }),
    sharesPidNamespace: !(config.linux?.namespaces ?? []).some(({ type, path }) => type === "pid" && !path),
    hooks: {
      ...(config.hooks?.poststart?.length && { poststart: config.hooks.poststart }),
      ...(config.hooks?.poststop?.length && { poststop: config.hooks.poststop }),
    },
    startsAt: 0,
    startCalls: [],
    ...(!config.process?.terminal && streams.some(isPipe) && { standardStreams: streams }),
  };
}

/** Where the container's cgroups will be. @throws Failure */
export async function locate(
  { cgroupDriver = "cgroupfs", id, rootless }: Pick<CreateRequest, "cgroupDriver" | "id" | "rootless">,
  config: Config,
): Promise<CgroupState> {
  const path = config.linux?.cgroupsPath;
  if (cgroupDriver === "systemd") {
    const { locateUnit } = await import("../cgroup/systemd/driver.ts");
    return locateUnit(path, id, rootless ?? !isPrivileged());
  }
  if (cgroupDriver === "cgroupfs") return locateCgroup(path, id);
  return { ...locateCgroup(undefined, id), v1: [], v2: undefined };
}

/**
 * Make the cgroups. An ordinary user who may not make any does without, unless the config asks for them.
 *
 * @param rootless whether the caller is to be taken for an ordinary user
 * @throws Failure
 */
function createCgroupOrNone(config: Config, located: CgroupState, rootless = !isPrivileged()): CgroupState {
  try {
    return createCgroup(located);
  } catch (failure) {
    const denied = failure instanceof Failure && [EACCES, EPERM, EROFS].includes(failure.errno ?? 0);
    if (!denied || !rootless) throw failure;
    if (config.linux?.cgroupsPath || hasLimits(config.linux?.resources)) {
      throw new Failure("rootless needs no limits + no cgrouppath when no permission is granted for cgroups", {
        code: "cgroup.failed",
        pointer: "/linux/resources",
        cause: failure,
      });
    }
    return { ...located, v1: [], v2: undefined };
  }
}

/** @throws Failure if an ordinary user's container is to have no user namespace, in which it could be made */
function checkRootless(config: Config): void {
  if (process.geteuid?.() === 0 || hasNamespace(config, "user")) return;
  const pointer = "/linux/namespaces";
  throw new Failure(`${pointer}: rootless container requires user namespaces`, {
    code: "config.invalid",
    pointer,
    hint: "`tsrun spec --rootless` writes a config that has one",
  });
}

/** Whether there is anything but device rules, which an ordinary user cannot set and does not need. */
function hasLimits(resources: Resources = {}): boolean {
  return Object.entries(resources).some(([key, value]) => key !== "devices" && Object.keys(value ?? {}).length > 0);
}

/** Room for the state that hooks get: its texts may grow by escapes, and its numbers are short. */
function stateRoom(request: CreateRequest, config: Config): number {
  const NUMBERS_AND_NAMES = 512;
  const texts = [resolve(request.bundle), request.id, config.ociVersion, config.annotations ?? {}];
  return Buffer.byteLength(JSON.stringify(texts)) + NUMBERS_AND_NAMES;
}

/** The root file system's absolute path. @throws Failure if it is no directory, or a link that leads elsewhere */
export function findRootfs(config: Config, bundle: string): string {
  const refuse = (why: string): never => {
    throw new Failure(`/root/path: ${why}`, { code: "config.invalid", pointer: "/root/path" });
  };
  const path = resolve(bundle, config.root?.path ?? "");
  const status = lstatSync(path, { throwIfNoEntry: false });
  if (status === undefined) return refuse(`the root file system ${path}: no such file or directory`);
  if (status.isSymbolicLink()) return refuse(`the root file system ${path} is a symbolic link`);
  if (!status.isDirectory()) return refuse(`the root file system ${path} is not a directory`);
  return realpathSync(path);
}
