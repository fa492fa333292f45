/** Every check that a schema cannot make, in the order in which config.json is usually written. */

import type { Check } from "./check.ts";
import { checkDevices, checkNetDevices } from "./devices.ts";
import { checkAnnotations, checkRoot, checkVersion } from "./document.ts";
import { checkHooks } from "./hooks.ts";
import { checkMappedIds } from "./id_mappings.ts";
import { checkMountMappings, checkMounts } from "./mounts.ts";
import {
  checkHostNames,
  checkMountsInUserNamespace,
  checkNamespaces,
  checkPathsAreAbsolute,
  checkPathsNeedMountNamespace,
  checkTimeOffsets,
  checkUserNamespace,
} from "./namespaces.ts";
import { checkIntelRdt, checkMemoryPolicy, checkPersonality } from "./policies.ts";
import {
  checkArgs,
  checkConsoleSize,
  checkCwd,
  checkEnv,
  checkIoPriority,
  checkOomScoreAdj,
  checkRlimits,
  checkScheduler,
} from "./process.ts";
import {
  checkBlockIo,
  checkCpu,
  checkDeviceRules,
  checkMemory,
  checkRdma,
  checkSwap,
  checkUnified,
} from "./resources.ts";
import { checkSeccompArgs, checkSeccompErrno, checkSeccompNotify } from "./seccomp.ts";
import { checkSysctl } from "./sysctl.ts";

const namespaces = "/linux/namespaces";

/** Checks of a process, of the container or of exec. */
export const processChecks: readonly Check[] = [
  { check: checkArgs, reads: ["/process/args"] },
  { check: checkCwd, reads: ["/process/cwd"] },
  { check: checkEnv, reads: ["/process/env"] },
  { check: checkRlimits, reads: ["/process/rlimits"] },
  { check: checkOomScoreAdj, reads: ["/process/oomScoreAdj"] },
  { check: checkConsoleSize, reads: ["/process/terminal", "/process/consoleSize"] },
  { check: checkScheduler, reads: ["/process/scheduler"] },
  { check: checkIoPriority, reads: ["/process/ioPriority"] },
];

/** Checks of limits, when a container is made and when it is updated. */
export const resourceChecks: readonly Check[] = [
  { check: checkDeviceRules, reads: ["/linux/resources/devices"] },
  { check: checkMemory, reads: ["/linux/resources/memory"] },
  { check: checkCpu, reads: ["/linux/resources/cpu"] },
  { check: checkBlockIo, reads: ["/linux/resources/blockIO"] },
  { check: checkRdma, reads: ["/linux/resources/rdma"] },
  { check: checkUnified, reads: ["/linux/resources/unified"] },
];

/** Checks of a whole config. */
export const configChecks: readonly Check[] = [
  { check: checkVersion, reads: ["/ociVersion"] },
  { check: checkRoot, reads: ["/root"] },
  ...processChecks,
  { check: checkHostNames, reads: ["/hostname", "/domainname", namespaces] },
  { check: checkMounts, reads: ["/mounts"] },
  { check: checkMountMappings, reads: ["/mounts", namespaces] },
  { check: checkHooks, reads: ["/hooks"] },
  { check: checkAnnotations, reads: ["/annotations"] },
  { check: checkNamespaces, reads: [namespaces] },
  { check: checkUserNamespace, reads: [namespaces, "/linux/uidMappings", "/linux/gidMappings"] },
  {
    check: checkMappedIds,
    reads: [namespaces, "/linux/uidMappings", "/linux/gidMappings", "/process/user", "/mounts"],
  },
  { check: checkTimeOffsets, reads: [namespaces, "/linux/timeOffsets"] },
  { check: checkPathsNeedMountNamespace, reads: [namespaces, "/linux/maskedPaths", "/linux/readonlyPaths"] },
  {
    check: checkMountsInUserNamespace,
    reads: [namespaces, "/mounts", "/root", "/linux/devices", "/linux/rootfsPropagation"],
  },
  { check: checkPathsAreAbsolute, reads: ["/linux/maskedPaths", "/linux/readonlyPaths"] },
  { check: checkSysctl, reads: [namespaces, "/linux/sysctl"] },
  { check: checkDevices, reads: ["/linux/devices"] },
  { check: checkNetDevices, reads: [namespaces, "/linux/netDevices"] },
  ...resourceChecks,
  { check: checkSwap, reads: ["/linux/resources/memory"] },
  { check: checkSeccompErrno, reads: ["/linux/seccomp"] },
  { check: checkSeccompArgs, reads: ["/linux/seccomp"] },
  { check: checkSeccompNotify, reads: ["/linux/seccomp"] },
  { check: checkIntelRdt, reads: ["/linux/intelRdt"] },
  { check: checkMemoryPolicy, reads: ["/linux/memoryPolicy"] },
  { check: checkPersonality, reads: ["/linux/personality"] },
];
