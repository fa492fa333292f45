import { viewOf } from "../cgroup/cgroup.ts";
import type { CgroupState } from "../cgroup/state.ts";
import type { CgroupView } from "../cgroup/view.ts";
import { DEFAULT_DEVICES, isBindMount, ownsDev } from "../compile/devices.ts";
import { parseMountOptions } from "../compile/mount_options.ts";
import { absoluteMounts } from "../compile/mounts.ts";
import { pathComponents } from "../compile/root_fd.ts";
import { fstatSync } from "../libc/files.ts";
import { cString, systemCall, trySystemCall } from "../libc/system_call.ts";
import { AT_FDCWD, O_CLOEXEC, O_PATH, RESOLVE_IN_ROOT, RESOLVE_NO_MAGICLINKS } from "../program/constants.ts";
import type { Config } from "../spec/types.ts";

/** A mount whose content is the host's: a checkpoint only names it, and whoever restores must have it too. */
export interface ExternalMount {
  /** Where it is in the container, absolute. */
  readonly inside: string;
  /** Where its content is on the host. */
  readonly outside: string;
}

/** What covers a masked file. */
export const NULL_DEVICE = "/dev/null";

/**
 * The bind mounts, the cgroups where there is no cgroup namespace, and the devices that are bound because none can be made.
 *
 * @param bundle relative sources start here
 * @param followLinks a path of the image without links
 */
export function externalMounts(
  config: Config,
  cgroup: CgroupState,
  bundle: string,
  followLinks: (path: string) => string,
): ExternalMount[] {
  const { mounts = [], linux = {} } = config;
  const has = (type: string): boolean => (linux.namespaces ?? []).some((namespace) => namespace.type === type);
  const inside = (destination: string): string => `/${followLinks(destination)}`;
  const bound = absoluteMounts(config, bundle)
    .filter((mount) => isBindMount(mount) && !parseMountOptions(mount.options ?? []).remount)
    .map(({ destination, source = "" }) => ({ inside: inside(destination), outside: source }));
  const cgroups = has("cgroup")
    ? []
    : mounts
        .filter(({ type }) => type === "cgroup")
        .flatMap(({ destination }) => boundCgroups(viewOf(cgroup), inside(destination), has("user")));
  const devices =
    has("user") && ownsDev(mounts)
      ? [...DEFAULT_DEVICES, ...(linux.devices ?? [])].map(({ path }) => ({ inside: path, outside: path }))
      : [];
  return [...bound, ...cgroups, ...devices];
}

/** What lies on a mount of type cgroup that is no file system of its own, as one in a cgroup namespace is. */
function boundCgroups(view: CgroupView, inside: string, inUserNamespace: boolean): ExternalMount[] {
  if (view.version === 2) return [{ inside, outside: inUserNamespace ? view.directory : view.mountPoint }];
  return view.hierarchies.map(({ name, directory }) => ({ inside: `${inside}/${name}`, outside: directory }));
}

/** Those of the masked paths that are files, in the container whose first process this is: each is a mount. */
export function maskedFiles(paths: readonly string[], pid: number): string[] {
  const root = systemCall("openat", AT_FDCWD, cString(`/proc/${pid}/root`), O_PATH | O_CLOEXEC, 0);
  const how = new BigUint64Array([O_PATH | O_CLOEXEC, 0, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS].map(BigInt));
  const isFile = (path: string): boolean => {
    const relative = pathComponents(path).join("/");
    const fd = trySystemCall("openat2", root, cString(relative === "" ? "." : relative), how, how.byteLength);
    if (fd < 0) return false;
    const { mode } = fstatSync(fd);
    trySystemCall("close", fd);
    const [S_IFMT, S_IFDIR] = [0o170000, 0o040000];
    return (mode & S_IFMT) !== S_IFDIR;
  };
  try {
    return paths.filter(isFile);
  } finally {
    trySystemCall("close", root);
  }
}
