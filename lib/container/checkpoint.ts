import { controllerDirectory } from "../cgroup/state.ts";
import { criuFailure } from "../criu/failure.ts";
import { type CriuOptions, type Notification, RequestType } from "../criu/messages.ts";
import { criuVersion, requestOf, requireFeature, requireVersion } from "../criu/service.ts";
import { Failure } from "../failure.ts";
import { closeSync, readFileSync, statSync, writeFileSync } from "../libc/files.ts";
import { trySystemCall } from "../libc/system_call.ts";
import type { Config } from "../spec/types.ts";
import {
  type CheckpointSettings,
  commonOptions,
  EXTERNAL_NAMESPACES,
  OLDEST_CRIU,
  refuseWithoutMountNamespace,
} from "./criu_options.ts";
import { destroy } from "./delete.ts";
import { externalMounts, maskedFiles, NULL_DEVICE } from "./external_mounts.ts";
import { closeDirectories, DESCRIPTORS_FILE, type OpenDirectories, openDirectories } from "./image_directories.ts";
import { followLinks } from "./image_view.ts";
import { withLock } from "./lock.ts";
import { NOTIFY_DIRECTORY, withNotifySocket } from "./notify_mount.ts";
import { isPipe } from "./standard_streams.ts";
import { type ContainerState, configPath, loadState } from "./state.ts";
import { containerStatus, waitsForStart } from "./status.ts";

const CGROUP_V2_FREEZER_SINCE = 31_400;
const STATUS_READY_SINCE = 31_500;
const NETWORK_LOCK_SINCE = 31_700;
const LOG_FILE = "dump.log";

export interface CheckpointRequest extends CheckpointSettings {
  readonly root: string;
  readonly id: string;
  /** Images of an earlier pre-dump, relative to the images. */
  readonly parentPath?: string | undefined;
  readonly leaveRunning: boolean;
  readonly preDump: boolean;
  readonly linkRemap: boolean;
  readonly tcpSkipInFlight: boolean;
  /** Where a zero byte is written once pages can be fetched. */
  readonly statusDescriptor?: number | undefined;
  readonly pageServer?: { readonly address: string; readonly port: number } | undefined;
}

/**
 * Write a running or paused container to images. Then it is gone, unless it is to stay; if it fails, the container goes
 * on as it was.
 *
 * @throws Failure
 * @see criu(8)
 */
export async function checkpointContainer(request: CheckpointRequest): Promise<void> {
  const { root, id } = request;
  loadState(root, id);
  await withLock(root, id, async () => {
    const state = loadState(root, id);
    const found = containerStatus(root, state);
    const status = found === "paused" && waitsForStart(root, state) ? "created" : found;
    if (status !== "running" && status !== "paused") {
      throw new Failure(`container cannot be checkpointed in ${status} state`, { code: "container.wrong_status" });
    }
    const config: Config = JSON.parse(readFileSync(configPath(root, id), "utf8"));
    refuseWithoutMountNamespace(config);
    const version = await criuVersion();
    await checkPossible(request, version);
    const directories = openDirectories(request, "make");
    try {
      if (request.parentPath !== undefined) checkParent(request.imagePath, request.parentPath);
      const options = dumpOptions(request, state, config, version, directories);
      await dump(request, state, options);
    } finally {
      closeDirectories(directories);
    }
    if (!request.leaveRunning && !request.preDump) await destroy(root, state, true);
  });
}

async function checkPossible(request: CheckpointRequest, version: number): Promise<void> {
  requireVersion(version, OLDEST_CRIU, "a checkpoint");
  if (request.networkLock !== undefined) requireVersion(version, NETWORK_LOCK_SINCE, "--network-lock");
  if (request.preDump) await requireFeature("memoryTracking");
  if (request.lazyPages) await requireFeature("lazyPages");
}

/** It starts at the images, whose directory is there by now. @throws Failure */
function checkParent(imagePath: string, parentPath: string): void {
  const parent = `${imagePath}/${parentPath}`;
  if (statSync(parent, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new Failure(`--parent-path ${parentPath}: ${parent} is no directory`, { code: "usage" });
}

function dumpOptions(
  request: CheckpointRequest,
  state: ContainerState,
  config: Config,
  version: number,
  directories: OpenDirectories,
): CriuOptions {
  const { statusDescriptor } = request;
  const freezer = controllerDirectory(state.cgroup, "freezer");
  const canFreeze = state.cgroup.version === 1 || version >= CGROUP_V2_FREEZER_SINCE;
  return {
    ...commonOptions(request, state.annotations, LOG_FILE, directories),
    root: state.rootfs,
    pid: state.pid,
    leaveRunning: request.leaveRunning,
    linkRemap: request.linkRemap,
    tcpSkipInFlight: request.tcpSkipInFlight,
    ...(request.parentPath !== undefined && { parentImage: request.parentPath, trackMemory: true }),
    ...(request.pageServer !== undefined && { pageServer: request.pageServer }),
    ...(freezer !== undefined && canFreeze && { freezeCgroup: freezer }),
    external: externalNamespaces(config, state.pid, version),
    ...(statusDescriptor !== undefined && version < STATUS_READY_SINCE && { statusDescriptor }),
    ...(!request.preDump && { externalMounts: namedMounts(state, config) }),
  };
}

/** `net[4026532000]:extRootNetNS`, by the inode of the namespace. @throws Failure if criu is too old for that */
function externalNamespaces(config: Config, pid: number, version: number): string[] {
  return EXTERNAL_NAMESPACES.flatMap(({ type, file, key, since }) => {
    const joined = (config.linux?.namespaces ?? []).some((namespace) => namespace.type === type && namespace.path);
    if (!joined) return [];
    requireVersion(version, since, `a ${type} namespace that is not the container's own`);
    return [`${file}[${statSync(`/proc/${pid}/ns/${file}`).ino}]:${key}`];
  });
}

function namedMounts(state: ContainerState, config: Config): NonNullable<CriuOptions["externalMounts"]> {
  const follow = (path: string): string => followLinks(state.rootfs, path);
  const whole = state.notifies ? withNotifySocket(config, NOTIFY_DIRECTORY) : config;
  const mounts = externalMounts(whole, state.cgroup, state.bundle, follow);
  const masked = maskedFiles(config.linux?.maskedPaths ?? [], state.pid);
  return [
    ...mounts.map(({ inside }) => ({ key: inside, value: inside })),
    ...masked.map((path) => ({ key: path, value: NULL_DEVICE })),
  ];
}

async function dump(request: CheckpointRequest, state: ContainerState, options: CriuOptions): Promise<void> {
  const type = request.preDump ? RequestType.PreDump : RequestType.Dump;
  if (!request.preDump) {
    const streams = state.standardStreams ?? [NULL_DEVICE, NULL_DEVICE, NULL_DEVICE];
    const names = streams.map((stream) => (isPipe(stream) ? stream : NULL_DEVICE));
    writeFileSync(`${request.imagePath}/${DESCRIPTORS_FILE}`, JSON.stringify(names), { mode: 0o600 });
  }
  const served = await requestOf({ type, options }, (notification) => tellReady(notification, request));
  if (served.response?.success) return;
  const log = `${request.workPath ?? request.imagePath}/${LOG_FILE}`;
  throw criuFailure(`checkpoint container ${state.id}`, served, log);
}

/** Whoever migrates the container lazily waits for the zero byte. */
function tellReady({ script }: Notification, { statusDescriptor }: CheckpointRequest): void {
  if (script !== "status-ready" || statusDescriptor === undefined) return;
  trySystemCall("write", statusDescriptor, new Uint8Array(1), 1);
  closeSync(statusDescriptor);
}
