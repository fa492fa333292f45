import type { CgroupDriver } from "../cgroup/driver.ts";
import { parseOwnCgroups } from "../cgroup/location.ts";
import type { CgroupState } from "../cgroup/state.ts";
import type { CriuOptions } from "../criu/messages.ts";
import { requireVersion } from "../criu/service.ts";
import { Failure } from "../failure.ts";
import { openSync, readFileSync } from "../libc/files.ts";
import { systemCall } from "../libc/system_call.ts";
import { F_SETFD } from "../program/constants.ts";
import type { Config } from "../spec/types.ts";
import { type CheckpointSettings, commonOptions, EXTERNAL_NAMESPACES, NAMESPACE_FILES } from "./criu_options.ts";
import { externalMounts, NULL_DEVICE } from "./external_mounts.ts";
import { DESCRIPTORS_FILE, type OpenDirectories } from "./image_directories.ts";
import { followLinks } from "./image_view.ts";
import { isPipe } from "./standard_streams.ts";

export const RESTORE_LOG = "restore.log";
const LSM_OPTIONS_SINCE = 31_600;

export interface RestoreRequest extends CheckpointSettings {
  readonly root: string;
  readonly id: string;
  readonly bundle: string;
  /** Who makes the cgroups. */
  readonly cgroupDriver: CgroupDriver;
  /** Whether as for an ordinary user. */
  readonly rootless: boolean | undefined;
  readonly detach: boolean;
  readonly pidFile?: string | undefined;
  readonly consoleSocket?: string | undefined;
  readonly noSubreaper: boolean;
  /** TYPE:NAME of the security profile, in place of the one that the processes had. */
  readonly lsmProfile?: string | undefined;
  readonly lsmMountContext?: string | undefined;
  /** Words before the command when tsrun is called again for this container. */
  readonly globals: readonly string[];
}

/** A namespace that is open for CRIU to restore into, and the name that the images have for it. */
export interface HandedNamespace {
  readonly key: string;
  readonly descriptor: number;
}

/**
 * Open the network and pid namespaces that are given by path, inherited by what is started.
 *
 * @throws Failure if one is not there, or criu is too old for it
 */
export function openNamespaces(config: Config, version: number): HandedNamespace[] {
  const handed: HandedNamespace[] = [];
  for (const [i, { type: given, path }] of (config.linux?.namespaces ?? []).entries()) {
    const external = EXTERNAL_NAMESPACES.find(({ type }) => type === given);
    if (!path || external === undefined) continue;
    requireVersion(version, external.since, `a ${external.type} namespace that is not the container's own`);
    try {
      const descriptor = openSync(path);
      systemCall("fcntl", descriptor, F_SETFD, 0);
      handed.push({ key: external.key, descriptor });
    } catch (cause) {
      const pointer = `/linux/namespaces/${i}/path`;
      throw new Failure(`${pointer}: ${(cause as Error).message}`, { code: "config.invalid", pointer, cause });
    }
  }
  return handed;
}

/**
 * What CRIU is asked to restore.
 *
 * @param root where the root file system is mounted for it
 * @param pid of the criu, which is in the container's cgroups
 */
export function restoreOptions(
  request: RestoreRequest,
  config: Config,
  paths: { readonly bundle: string; readonly rootfs: string; readonly root: string },
  cgroup: CgroupState,
  pid: number,
  directories: OpenDirectories,
  namespaces: readonly HandedNamespace[],
): CriuOptions {
  const follow = (path: string): string => followLinks(paths.rootfs, path);
  const mounts = externalMounts(config, cgroup, paths.bundle, follow);
  const masks = (config.linux?.maskedPaths ?? []).length > 0;
  return {
    ...commonOptions(request, config.annotations ?? {}, RESTORE_LOG, directories),
    root: paths.root,
    restoreSibling: true,
    evasiveDevices: true,
    ...(request.lsmProfile !== undefined && { lsmProfile: request.lsmProfile }),
    ...(request.lsmMountContext !== undefined && { lsmMountContext: request.lsmMountContext }),
    externalMounts: [
      ...mounts.map(({ inside, outside }) => ({ key: inside, value: outside })),
      ...(masks ? [{ key: NULL_DEVICE, value: NULL_DEVICE }] : []),
    ],
    cgroupRoots: cgroupRoots(readFileSync(`/proc/${pid}/cgroup`, "utf8")),
    inheritedDescriptors: [
      ...namespaces,
      ...readDescriptors(request.imagePath).flatMap((key, descriptor) => (isPipe(key) ? [{ key, descriptor }] : [])),
    ],
    joinedNamespaces: joinedNamespaces(config),
  };
}

/** The cgroup of each controller, which takes the place of the one that the images name. @param text /proc/pid/cgroup */
export function cgroupRoots(text: string): { controller: string; path: string }[] {
  return [...parseOwnCgroups(text)].flatMap(([controllers, path]) =>
    controllers.split(",").map((controller) => ({ controller, path })),
  );
}

/** Namespaces by path of the kinds that CRIU joins by itself. @throws Failure if it cannot join one */
export function joinedNamespaces(config: Config): { kind: string; file: string }[] {
  return (config.linux?.namespaces ?? []).flatMap(({ type, path }, i) => {
    if (!path || EXTERNAL_NAMESPACES.some((external) => external.type === type)) return [];
    if (type === "cgroup") {
      const pointer = `/linux/namespaces/${i}/path`;
      throw new Failure(`${pointer}: criu cannot restore into a given cgroup namespace`, {
        code: "config.unsupported",
        pointer,
      });
    }
    return [{ kind: NAMESPACE_FILES[type], file: path }];
  });
}

function readDescriptors(imagePath: string): string[] {
  const path = `${imagePath}/${DESCRIPTORS_FILE}`;
  try {
    return JSON.parse(readFileSync(path, "utf8")) as string[];
  } catch (cause) {
    throw new Failure(`${path} cannot be read: ${(cause as Error).message}`, { code: "criu.failed", cause });
  }
}

/** @throws Failure if an option needs a newer criu */
export function requireVersionFor(request: RestoreRequest, version: number): void {
  if (request.lsmProfile !== undefined) requireVersion(version, LSM_OPTIONS_SINCE, "--lsm-profile");
  if (request.lsmMountContext !== undefined) requireVersion(version, LSM_OPTIONS_SINCE, "--lsm-mount-context");
}
