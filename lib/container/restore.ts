import { createCgroup, procsFiles } from "../cgroup/cgroup.ts";
import { signalProcesses } from "../cgroup/processes.ts";
import type { CgroupState } from "../cgroup/state.ts";
import { absoluteMounts } from "../compile/mounts.ts";
import { compileRestore } from "../compile/restore.ts";
import { ask } from "../criu/conversation.ts";
import { criuFailure } from "../criu/failure.ts";
import { RequestType } from "../criu/messages.ts";
import {
  criuVersion,
  findCriu,
  ownEnvironment,
  requireFeature,
  requireVersion,
  serviceWords,
} from "../criu/service.ts";
import { goOn, nextMessage } from "../executor/report.ts";
import { becomeExecutor, openChannel, playProgram } from "../executor/spawn.ts";
import { Failure } from "../failure.ts";
import { closeSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "../libc/files.ts";
import { resolve } from "../libc/paths.ts";
import { waitForExit } from "../libc/process.ts";
import { receiveWithDescriptor, reportChannel } from "../libc/socket.ts";
import { ARCHITECTURE, systemCall } from "../libc/system_call.ts";
import { PR_SET_CHILD_SUBREAPER } from "../program/constants.ts";
import { Report } from "../program/instruction.ts";
import { loadConfig } from "../spec/load.ts";
import type { Config } from "../spec/types.ts";
import { type Console, closeConsole, openConsole } from "./console.ts";
import { findRootfs, initialState, locate } from "./create.ts";
import { OLDEST_CRIU, refuseWithoutMountNamespace } from "./criu_options.ts";
import { destroyCgroups } from "./destroy_cgroups.ts";
import { failureOfProgram } from "./failure_of_program.ts";
import { closeDirectories, type OpenDirectories, openDirectories } from "./image_directories.ts";
import { followLinks } from "./image_view.ts";
import { keepPrograms, lifeCyclePrograms } from "./life_cycle_programs.ts";
import { lock } from "./lock.ts";
import { NOTIFY_DIRECTORY, withNotifySocket } from "./notify_mount.ts";
import { writePidFile } from "./pid_file.ts";
import { runPoststopHooks } from "./poststop.ts";
import { Restoration } from "./restoration.ts";
import {
  type HandedNamespace,
  joinedNamespaces,
  openNamespaces,
  RESTORE_LOG,
  type RestoreRequest,
  requireVersionFor,
  restoreOptions,
} from "./restore_options.ts";
import { prepareMonitor } from "./run.ts";
import { killAndWait } from "./signal.ts";
import {
  type ContainerState,
  checkId,
  configPath,
  containerDirectory,
  makeDirectory,
  removeDirectory,
  saveState,
} from "./state.ts";

/** Older ones restore processes without no_new_privs. @see https://github.com/checkpoint-restore/criu/pull/2228 */
const NO_NEW_PRIVILEGES_SINCE = 31_900;
const KILL_TIMEOUT = 10_000;
const SIGKILL = 9;
/** More than comes with the descriptor of the socket. */
const SOCKET_TEXT_ROOM = 16;

/** What is known and open before anything of the container is made. */
interface Preparation {
  readonly request: RestoreRequest;
  /** Of criu. */
  readonly version: number;
  readonly config: Config;
  readonly bundle: string;
  readonly rootfs: string;
  readonly directories: OpenDirectories;
  readonly namespaces: readonly HandedNamespace[];
  readonly console: Console | undefined;
}

/**
 * Restore a container from the images of a checkpoint. Detached, it returns once its processes run. In the foreground
 * this process becomes a monitor of the container, as with `run`.
 *
 * @throws Failure; nothing is left of the container then
 * @see criu(8)
 */
export async function restoreContainer(request: RestoreRequest): Promise<number> {
  checkId(request.id);
  const bundle = resolve(request.bundle);
  const config = loadConfig(bundle);
  refuseWithoutMountNamespace(config);
  joinedNamespaces(config);
  const rootfs = findRootfs(config, bundle);
  const version = await criuVersion();
  await requireAbilities(request, version);
  if (!request.detach && !request.noSubreaper) systemCall("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  const directories = openDirectories(request, "expect");
  const namespaces = openNamespaces(config, version);
  const console = openConsole(config.process?.terminal ?? false, request.consoleSocket, request.detach);
  let state: ContainerState;
  try {
    state = await bringBack({ request, version, config, bundle, rootfs, directories, namespaces, console });
  } finally {
    closeDirectories(directories);
    for (const { descriptor } of namespaces) closeSync(descriptor);
    closeConsole(console);
  }
  if (request.detach) return 0;
  const { program, descriptors } = prepareMonitor({ ...request, keep: false }, state, undefined, console?.served);
  return becomeExecutor(program, descriptors);
}

async function requireAbilities(request: RestoreRequest, version: number): Promise<void> {
  requireVersion(version, OLDEST_CRIU, "a restore");
  requireVersionFor(request, version);
  if (request.lazyPages) await requireFeature("lazyPages");
}

/** Make what the container consists of beside its processes, and restore these into it. */
async function bringBack(preparation: Preparation): Promise<ContainerState> {
  const { request, bundle, rootfs } = preparation;
  const { root, id } = request;
  const directory = resolve(containerDirectory(root, id));
  // As when it was created: the socket is mounted in the container if there is one outside.
  const notifies = Boolean(process.env.NOTIFY_SOCKET) && preparation.config.process !== undefined;
  const notifyDirectory = `${directory}/${NOTIFY_DIRECTORY}`;
  const config = notifies ? withNotifySocket(preparation.config, notifyDirectory) : preparation.config;
  const located = await locate(request, config);
  makeDirectory(root, id);
  const unlock = lock(root, id);
  const place = `${directory}/criu-root`;
  const initial: ContainerState = {
    ...initialState(id, bundle, rootfs, config, located, undefined, notifies),
    restored: true,
  };
  const restoration = new Restoration(root, config, initial, preparation.console);
  try {
    saveState(root, initial);
    writeFileSync(configPath(root, id), readFileSync(`${bundle}/config.json`), { mode: 0o600 });
    mkdirSync(place, { mode: 0o755 });
    if (notifies) mkdirSync(notifyDirectory, { mode: 0o755 });
    await converse({ ...preparation, config }, located, place, restoration);
    const { state } = restoration;
    rmdirSync(place);
    keepPrograms(root, id, lifeCyclePrograms(state, false));
    if (request.pidFile !== undefined) writePidFile(request.pidFile, state.pid);
    return state;
  } catch (failure) {
    await undo(root, restoration.state);
    throw failure;
  } finally {
    unlock();
  }
}

async function undo(root: string, state: ContainerState): Promise<void> {
  const { pid, startTime, resctrl } = state;
  if (pid !== 0) killAndWait(pid, startTime, KILL_TIMEOUT);
  if (state.cgroup.made) signalProcesses(state.cgroup, SIGKILL);
  await destroyCgroups(state.cgroup);
  if (resctrl !== undefined) (await import("./resctrl.ts")).leaveResctrl(resctrl);
  await runPoststopHooks(root, state);
  removeDirectory(root, state.id);
}

function namedDirectories(
  { imagePath, workPath }: RestoreRequest,
  { images, work }: OpenDirectories,
): { descriptor: number; path: string }[] {
  const named = [{ descriptor: images, path: imagePath }];
  return workPath === undefined || work === undefined ? named : [...named, { descriptor: work, path: workPath }];
}

/** Make the cgroups, for the process that becomes CRIU. */
async function makeCgroup(located: CgroupState, pid: number, config: Config, id: string): Promise<CgroupState> {
  if (located.systemd === undefined) return createCgroup(located);
  return (await import("../cgroup/systemd/driver.ts")).startUnit(located, pid, id, config);
}

/** What can be done about some reasons of CRIU. */
function hintFor({ linux = {} }: Config, reason: string): string | undefined {
  // CRIU does not say which.
  if (reason.includes("No mapping for")) {
    return (
      "the checkpointed container had a bind mount that config.json does not have: one that was added later must be in " +
      "it, and one that was made with NOTIFY_SOCKET set needs that again"
    );
  }
  // In its user namespace CRIU opens the images as the container's root, who is an ordinary user outside.
  const root = linux.uidMappings?.find(({ containerID }) => containerID === 0)?.hostID;
  if (root === undefined || !reason.includes("Permission denied")) return undefined;
  return `the images must be reachable for the container's root, whose id is ${root} here: see the modes of the directories`;
}

/** Start CRIU in the container's cgroups, and let it restore. @throws Failure */
async function converse(
  { request, version, config, bundle, rootfs, directories, namespaces }: Preparation,
  located: CgroupState,
  place: string,
  restoration: Restoration,
): Promise<void> {
  const { ours, theirs } = reportChannel();
  const channel = openChannel();
  const program = compileRestore({
    architecture: ARCHITECTURE,
    mounts: absoluteMounts(config, bundle),
    rootfs,
    place,
    image: { followLinks: (path) => followLinks(rootfs, path) },
    procsFiles: procsFiles(located),
    report: channel.theirs,
    socket: theirs,
    directories: namedDirectories(request, directories),
    passed: namespaces.map(({ descriptor }) => descriptor),
    noNewPrivileges: (config.process?.noNewPrivileges ?? false) && version < NO_NEW_PRIVILEGES_SINCE,
    criu: { path: findCriu(), args: serviceWords(theirs), env: ownEnvironment() },
  });
  const pid = playProgram(program, channel, undefined);
  closeSync(theirs);
  let socket: number | undefined;
  try {
    for (let message = nextMessage(channel.ours); message !== undefined; message = nextMessage(channel.ours)) {
      if (message.kind === Report.Failed) {
        throw await failureOfProgram(program, config, message);
      }
      if (message.kind !== Report.Waiting) continue;
      restoration.haveCgroup(await makeCgroup(located, pid, config, request.id));
      goOn(channel.ours);
    }
    socket = receiveWithDescriptor(ours, new Uint8Array(SOCKET_TEXT_ROOM)).descriptor;
    if (socket === undefined) throw new Failure("the process that was to become criu has ended");
    const paths = { bundle, rootfs, root: place };
    const options = restoreOptions(request, config, paths, located, pid, directories, namespaces);
    const response = await ask(socket, { type: RequestType.Restore, options }, (notification, descriptor) =>
      restoration.heed(notification, descriptor),
    );
    if (!response?.success) {
      const log = `${request.workPath ?? request.imagePath}/${RESTORE_LOG}`;
      const hint = (reason: string) => hintFor(config, reason);
      throw criuFailure(`restore container ${request.id}`, { response, output: "" }, log, hint);
    }
    restoration.checkComplete();
  } finally {
    for (const fd of [ours, channel.ours, socket]) if (fd !== undefined) closeSync(fd);
    waitForExit(pid);
  }
}
