import { CgroupMode, type CriuOptions, NetworkLock } from "../criu/messages.ts";
import { Failure } from "../failure.ts";
import { existsSync } from "../libc/files.ts";
import { CLONE_NEWNET } from "../program/constants.ts";
import { hasNamespace } from "../spec/namespaces.ts";
import type { Annotations, Config } from "../spec/types.ts";
import type { OpenDirectories } from "./image_directories.ts";

/** The oldest CRIU that is used: the first that tells its version. */
export const OLDEST_CRIU = 30_000;

/** What `checkpoint` and `restore` have in common. */
export interface CheckpointSettings {
  /** Where the images are, absolute. */
  readonly imagePath: string;
  /** Where logs and the like go, absolute; with the images if it is not given. */
  readonly workPath?: string | undefined;
  readonly tcpEstablished: boolean;
  readonly tcpClose: boolean;
  readonly externalUnixSockets: boolean;
  readonly shellJob: boolean;
  readonly fileLocks: boolean;
  readonly autoDedup: boolean;
  readonly lazyPages: boolean;
  readonly cgroupMode?: CgroupMode | undefined;
  readonly networkLock?: NetworkLock | undefined;
}

/** log_level of CRIU: everything. */
const LOG_DEBUG = 4;

/**
 * The options that a dump and a restore have in common. The network's devices are those of whoever makes the network
 * namespace, never CRIU's.
 *
 * @param directories the open images and work directories
 */
export function commonOptions(
  settings: CheckpointSettings,
  annotations: Annotations,
  logFile: string,
  directories: OpenDirectories,
): CriuOptions {
  const configFile = criuConfigFile(annotations);
  return {
    imagesDirectory: directories.images,
    ...(directories.work !== undefined && { workDirectory: directories.work }),
    logLevel: LOG_DEBUG,
    logFile,
    notifyScripts: true,
    orphanPtsMaster: true,
    emptyNamespaces: CLONE_NEWNET,
    cgroupMode: CgroupMode[settings.cgroupMode ?? "soft"],
    tcpEstablished: settings.tcpEstablished,
    tcpClose: settings.tcpClose,
    externalUnixSockets: settings.externalUnixSockets,
    shellJob: settings.shellJob,
    fileLocks: settings.fileLocks,
    autoDedup: settings.autoDedup,
    lazyPages: settings.lazyPages,
    ...(settings.networkLock !== undefined && { networkLock: NetworkLock[settings.networkLock] }),
    ...(configFile !== undefined && { configFile }),
  };
}

const CONFIG_FILES = ["/etc/criu/tsrun.conf", "/etc/criu/runc.conf"];

/**
 * The file whose settings outdo all others: that of the annotation org.criu.config, none if that is empty; without it
 * tsrun's own, or runc's.
 *
 * @see https://criu.org/Configuration_files
 */
export function criuConfigFile(
  annotations: Annotations,
  exists: (path: string) => boolean = existsSync,
): string | undefined {
  const annotated = annotations["org.criu.config"];
  if (annotated !== undefined) return annotated === "" ? undefined : annotated;
  return CONFIG_FILES.find(exists);
}

/** How CRIU is told of a network or pid namespace that it neither dumps nor makes. runc uses the same names. */
export const EXTERNAL_NAMESPACES = [
  { type: "network", file: "net", key: "extRootNetNS", since: 31_100 },
  { type: "pid", file: "pid", key: "extRootPidNS", since: 31_500 },
] as const;

/** The name of a namespace's file in /proc/pid/ns. */
export const NAMESPACE_FILES = {
  mount: "mnt",
  network: "net",
  uts: "uts",
  ipc: "ipc",
  user: "user",
  pid: "pid",
  cgroup: "cgroup",
  time: "time",
} as const;

/** CRIU puts mounts together anew, which only works where they are not the host's. @throws Failure */
export function refuseWithoutMountNamespace(config: Config): void {
  if (hasNamespace(config, "mount")) return;
  throw new Failure("/linux/namespaces: a container without a mount namespace cannot be checkpointed or restored", {
    code: "config.unsupported",
    pointer: "/linux/namespaces",
  });
}
