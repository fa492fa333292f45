/** What is said to CRIU and what it answers, as far as tsrun uses it. @see images/rpc.proto of CRIU */

import type { Fields, Message } from "./protobuf.ts";

/** enum criu_req_type */
export const RequestType = {
  Dump: 1,
  Restore: 2,
  PreDump: 4,
  Notify: 6,
  FeatureCheck: 9,
  Version: 10,
} as const;

/** enum criu_cg_mode: what is done with cgroups. */
export const CgroupMode = { ignore: 0, soft: 3, full: 4, strict: 5 } as const;
export type CgroupMode = keyof typeof CgroupMode;

/** enum criu_network_lock_method: what keeps packets out while a process with connections is not there. */
export const NetworkLock = { iptables: 1, nftables: 2, skip: 3 } as const;
export type NetworkLock = keyof typeof NetworkLock;

const PAGE_SERVER = {
  address: { number: 1, kind: "text" },
  port: { number: 2, kind: "integer" },
} as const satisfies Fields;

const EXTERNAL_MOUNT = {
  key: { number: 1, kind: "text" },
  value: { number: 2, kind: "text" },
} as const satisfies Fields;

const CGROUP_ROOT = {
  controller: { number: 1, kind: "text" },
  path: { number: 2, kind: "text" },
} as const satisfies Fields;

const INHERITED_DESCRIPTOR = {
  key: { number: 1, kind: "text" },
  descriptor: { number: 2, kind: "integer" },
} as const satisfies Fields;

const JOINED_NAMESPACE = {
  kind: { number: 1, kind: "text" },
  file: { number: 2, kind: "text" },
} as const satisfies Fields;

/** message criu_opts */
const OPTIONS = {
  imagesDirectory: { number: 1, kind: "integer" },
  pid: { number: 2, kind: "integer" },
  leaveRunning: { number: 3, kind: "boolean" },
  externalUnixSockets: { number: 4, kind: "boolean" },
  tcpEstablished: { number: 5, kind: "boolean" },
  evasiveDevices: { number: 6, kind: "boolean" },
  shellJob: { number: 7, kind: "boolean" },
  fileLocks: { number: 8, kind: "boolean" },
  logLevel: { number: 9, kind: "integer" },
  logFile: { number: 10, kind: "text" },
  pageServer: { number: 11, kind: PAGE_SERVER },
  notifyScripts: { number: 12, kind: "boolean" },
  root: { number: 13, kind: "text" },
  parentImage: { number: 14, kind: "text" },
  trackMemory: { number: 15, kind: "boolean" },
  autoDedup: { number: 16, kind: "boolean" },
  workDirectory: { number: 17, kind: "integer" },
  linkRemap: { number: 18, kind: "boolean" },
  externalMounts: { number: 23, kind: EXTERNAL_MOUNT, repeated: true },
  cgroupRoots: { number: 25, kind: CGROUP_ROOT, repeated: true },
  restoreSibling: { number: 26, kind: "boolean" },
  inheritedDescriptors: { number: 27, kind: INHERITED_DESCRIPTOR, repeated: true },
  cgroupMode: { number: 34, kind: "integer" },
  external: { number: 37, kind: "text", repeated: true },
  emptyNamespaces: { number: 38, kind: "integer" },
  joinedNamespaces: { number: 39, kind: JOINED_NAMESPACE, repeated: true },
  freezeCgroup: { number: 44, kind: "text" },
  tcpSkipInFlight: { number: 46, kind: "boolean" },
  lazyPages: { number: 48, kind: "boolean" },
  statusDescriptor: { number: 49, kind: "integer" },
  orphanPtsMaster: { number: 50, kind: "boolean" },
  configFile: { number: 51, kind: "text" },
  tcpClose: { number: 52, kind: "boolean" },
  lsmProfile: { number: 53, kind: "text" },
  lsmMountContext: { number: 63, kind: "text" },
  networkLock: { number: 64, kind: "integer" },
} as const satisfies Fields;

const FEATURES = {
  memoryTracking: { number: 1, kind: "boolean" },
  lazyPages: { number: 2, kind: "boolean" },
} as const satisfies Fields;

/** message criu_req */
export const REQUEST = {
  type: { number: 1, kind: "integer" },
  options: { number: 2, kind: OPTIONS },
  notifySuccess: { number: 3, kind: "boolean" },
  features: { number: 5, kind: FEATURES },
} as const satisfies Fields;

/** message criu_resp */
export const RESPONSE = {
  type: { number: 1, kind: "integer" },
  success: { number: 2, kind: "boolean" },
  notification: {
    number: 5,
    kind: { script: { number: 1, kind: "text" }, pid: { number: 2, kind: "integer" } },
  },
  errno: { number: 7, kind: "integer" },
  features: { number: 8, kind: FEATURES },
  message: { number: 9, kind: "text" },
  version: {
    number: 10,
    kind: {
      major: { number: 1, kind: "integer" },
      minor: { number: 2, kind: "integer" },
      gitId: { number: 3, kind: "text" },
      sublevel: { number: 4, kind: "integer" },
    },
  },
} as const satisfies Fields;

export type CriuOptions = Message<typeof OPTIONS>;
export type CriuFeatures = Message<typeof FEATURES>;
export type Request = Message<typeof REQUEST>;
export type Response = Message<typeof RESPONSE>;
export type Notification = NonNullable<Response["notification"]>;
