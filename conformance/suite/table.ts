/** All tests, in the order of the specification. */

import { CAPABILITIES } from "./sections/capabilities.ts";
import { CGROUPS } from "./sections/cgroups.ts";
import { CREATE } from "./sections/create.ts";
import { DELETE } from "./sections/delete.ts";
import { DEVICES } from "./sections/devices.ts";
import { DOCUMENT } from "./sections/document.ts";
import { FEATURES } from "./sections/features.ts";
import { FILESYSTEMS } from "./sections/filesystems.ts";
import { HOOKS } from "./sections/hooks.ts";
import { ID_MAPPED_MOUNTS } from "./sections/id_mapped_mounts.ts";
import { KILL } from "./sections/kill.ts";
import { MACHINE } from "./sections/machine.ts";
import { MOUNT_OPTIONS } from "./sections/mount_options.ts";
import { MOUNTS } from "./sections/mounts.ts";
import { NAMESPACES } from "./sections/namespaces.ts";
import { PATHS } from "./sections/paths.ts";
import { PROCESS } from "./sections/process.ts";
import { RESOURCES } from "./sections/resources.ts";
import { RLIMITS } from "./sections/rlimits.ts";
import { ROOT } from "./sections/root.ts";
import { SCHEDULING } from "./sections/scheduling.ts";
import { SECCOMP } from "./sections/seccomp.ts";
import { SECCOMP_LISTENER } from "./sections/seccomp_listener.ts";
import { START } from "./sections/start.ts";
import { STATE } from "./sections/state.ts";
import { SYSCTL } from "./sections/sysctl.ts";
import { TERMINAL } from "./sections/terminal.ts";
import { USER } from "./sections/user.ts";
import { USER_NAMESPACES } from "./sections/user_namespaces.ts";
import type { ConformanceTest } from "./test.ts";

export const ALL_TESTS: readonly ConformanceTest[] = [
  ...STATE,
  ...CREATE,
  ...START,
  ...KILL,
  ...DELETE,
  ...DOCUMENT,
  ...ROOT,
  ...MOUNTS,
  ...MOUNT_OPTIONS,
  ...ID_MAPPED_MOUNTS,
  ...PROCESS,
  ...TERMINAL,
  ...RLIMITS,
  ...CAPABILITIES,
  ...SCHEDULING,
  ...USER,
  ...HOOKS,
  ...NAMESPACES,
  ...USER_NAMESPACES,
  ...FILESYSTEMS,
  ...DEVICES,
  ...CGROUPS,
  ...RESOURCES,
  ...SYSCTL,
  ...MACHINE,
  ...SECCOMP,
  ...SECCOMP_LISTENER,
  ...PATHS,
  ...FEATURES,
];
