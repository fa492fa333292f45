/** Configs that are wrong about limits, seccomp and other policies: data for tests. */

import type { Seccomp } from "../types.ts";
import type { soundConfig, WrongConfig } from "./sound_config.ts";

const resourceCases: readonly WrongConfig[] = [
  {
    name: "device rule of an unknown type",
    change: (c) => {
      c.linux.resources.devices = [{ allow: true, type: "u" }];
    },
    pointer: "/linux/resources/devices/0/type",
    message: 'expected one of a, b, c, found "u"',
  },
  {
    name: "device rule with unknown access",
    change: (c) => {
      c.linux.resources.devices = [{ allow: true, access: "rx" }];
    },
    pointer: "/linux/resources/devices/0/access",
    message: 'expected letters of r, w, m, found "rx"',
  },
  {
    name: "device rule with a negative number",
    change: (c) => {
      c.linux.resources.devices = [{ allow: true, major: -2 }];
    },
    pointer: "/linux/resources/devices/0/major",
    message: "expected a device number, or -1 for all, found -2",
  },
  {
    name: "swappiness out of range",
    change: (c) => {
      c.linux.resources.memory = { swappiness: 101 };
    },
    pointer: "/linux/resources/memory/swappiness",
    message: "expected a whole number from 0 to 100, found 101",
  },
  {
    name: "swap without a limit",
    change: (c) => {
      c.linux.resources.memory = { swap: 5000 };
    },
    pointer: "/linux/resources/memory/swap",
    message: "swap, which is memory and swap together, needs a memory limit beside it",
  },
  {
    name: "swap below the limit",
    change: (c) => {
      c.linux.resources.memory = { swap: 5000, limit: 6000 };
    },
    pointer: "/linux/resources/memory/swap",
    message: "memory and swap together (5000) are below the memory limit (6000)",
  },
  {
    name: "idle neither on nor off",
    change: (c) => {
      c.linux.resources.cpu = { idle: 2 };
    },
    pointer: "/linux/resources/cpu/idle",
    message: "expected 0 or 1, found 2",
  },
  {
    name: "memory nodes that are no list",
    change: (c) => {
      c.linux.resources.cpu = { cpus: "0-3,7", mems: "all" };
    },
    pointer: "/linux/resources/cpu/mems",
    message: 'expected a list such as 0-3,7, found "all"',
  },
  {
    name: "weight out of range",
    change: (c) => {
      c.linux.resources.blockIO = { weight: 0, weightDevice: [{ major: 8, minor: 0, weight: 9 }] };
    },
    pointer: "/linux/resources/blockIO/weightDevice/0/weight",
    message: "expected a whole number from 10 to 1000, found 9",
  },
  {
    name: "device without a weight",
    change: (c) => {
      c.linux.resources.blockIO = { weight: 500, weightDevice: [{ major: 8, minor: 0 }] };
    },
    pointer: "/linux/resources/blockIO/weightDevice/0",
    message: "a device needs weight or leafWeight, or both",
  },
  {
    name: "RDMA device without a limit",
    change: (c) => {
      c.linux.resources.rdma = { mlx5_1: { hcaObjects: 0 }, "rxe/0": {} };
    },
    pointer: "/linux/resources/rdma/rxe~10",
    message: "a device needs hcaHandles or hcaObjects, or both",
  },
  ...["memory/max", "../memory.max", "..", "memory", ".max", "memory.", ""].map((key) => ({
    name: `unified ${JSON.stringify(key)}`,
    change: (c: ReturnType<typeof soundConfig>) => {
      c.linux.resources.unified = { [key]: "1" };
    },
    pointer: `/linux/resources/unified/${key.replaceAll("/", "~1")}`,
    message: `expected a file of a cgroup, CONTROLLER.NAME without slashes, found ${JSON.stringify(key)}`,
  })),
];

const seccompCase = (name: string, seccomp: Seccomp, pointer: string, message: string): WrongConfig => ({
  name,
  change: (c) => {
    c.linux.seccomp = seccomp;
  },
  pointer: `/linux/seccomp/${pointer}`,
  message,
});

const policyCases: readonly WrongConfig[] = [
  seccompCase(
    "default errno of an action without",
    { defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 1 },
    "defaultErrnoRet",
    "SCMP_ACT_ALLOW does not return an errno",
  ),
  seccompCase(
    "errno of an action without",
    { defaultAction: "SCMP_ACT_ERRNO", syscalls: [{ names: ["read"], action: "SCMP_ACT_ALLOW", errnoRet: 1 }] },
    "syscalls/0/errnoRet",
    "SCMP_ACT_ALLOW does not return an errno",
  ),
  seccompCase(
    "errno beyond 16 bits",
    { defaultAction: "SCMP_ACT_ERRNO", defaultErrnoRet: 65536 },
    "defaultErrnoRet",
    "expected at most 65535, found 65536",
  ),
  seccompCase(
    "seventh argument",
    {
      defaultAction: "SCMP_ACT_ALLOW",
      syscalls: [{ names: ["read"], action: "SCMP_ACT_ERRNO", args: [{ index: 6, value: 0, op: "SCMP_CMP_EQ" }] }],
    },
    "syscalls/0/args/0/index",
    "expected an argument from 0 to 5, found 6",
  ),
  seccompCase(
    "metadata for no listener",
    { defaultAction: "SCMP_ACT_ALLOW", listenerMetadata: "x" },
    "listenerMetadata",
    "listenerMetadata needs listenerPath",
  ),
  seccompCase(
    "notify for everything",
    { defaultAction: "SCMP_ACT_NOTIFY", listenerPath: "/x" },
    "defaultAction",
    "SCMP_ACT_NOTIFY cannot be the default action: the process would wait before the listener listens",
  ),
  seccompCase(
    "notify without a listener",
    { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }] },
    "syscalls/0/action",
    "SCMP_ACT_NOTIFY needs linux.seccomp.listenerPath",
  ),
  seccompCase(
    "notify for write",
    {
      defaultAction: "SCMP_ACT_ALLOW",
      listenerPath: "/x",
      syscalls: [{ names: ["read", "write"], action: "SCMP_ACT_NOTIFY" }],
    },
    "syscalls/0/names/1",
    "SCMP_ACT_NOTIFY cannot be for write: the process would wait before the listener listens",
  ),
  seccompCase(
    "a flag for listeners without one",
    {
      defaultAction: "SCMP_ACT_ALLOW",
      flags: ["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"],
      syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_ERRNO" }],
    },
    "flags/1",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is for those who wait for a listener, and no rule has SCMP_ACT_NOTIFY",
  ),
  ...[".", "..", "a/b"].map((closID) => ({
    name: `class of service ${closID}`,
    change: (c: ReturnType<typeof soundConfig>) => {
      c.linux.intelRdt = { closID };
    },
    pointer: "/linux/intelRdt/closID",
    message: `expected the name of a directory, or /, found "${closID}"`,
  })),
  {
    name: "schema of two lines",
    change: (c) => {
      c.linux.intelRdt = { schemata: ["L3:0=f", "L3:1=f\n"] };
    },
    pointer: "/linux/intelRdt/schemata/1",
    message: 'expected one line, found "L3:1=f\\n"',
  },
  {
    name: "memory policy without a mode",
    change: (c) => {
      c.linux.memoryPolicy = { nodes: "0" };
    },
    pointer: "/linux/memoryPolicy/mode",
    message: "the required field mode is missing",
  },
  {
    name: "memory policy with nodes that are no list",
    change: (c) => {
      c.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0-" };
    },
    pointer: "/linux/memoryPolicy/nodes",
    message: 'expected a list such as 0-3,7, found "0-"',
  },
  {
    name: "memory policy with nodes too many",
    change: (c) => {
      c.linux.memoryPolicy = { mode: "MPOL_LOCAL", nodes: "0" };
    },
    pointer: "/linux/memoryPolicy/nodes",
    message: "MPOL_LOCAL takes no nodes",
  },
  {
    name: "memory policy without nodes",
    change: (c) => {
      c.linux.memoryPolicy = { mode: "MPOL_INTERLEAVE" };
    },
    pointer: "/linux/memoryPolicy/nodes",
    message: "MPOL_INTERLEAVE needs nodes",
  },
  {
    name: "memory policy with flags that exclude each other",
    change: (c) => {
      const flags = ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"] as const;
      c.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0", flags: [...flags] };
    },
    pointer: "/linux/memoryPolicy/flags",
    message: "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other",
  },
  {
    name: "personality without a domain",
    change: (c) => {
      c.linux.personality = { flags: [] };
    },
    pointer: "/linux/personality/domain",
    message: "the required field domain is missing",
  },
  {
    name: "personality with a flag, of which there are none",
    change: (c) => {
      c.linux.personality = { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] };
    },
    pointer: "/linux/personality/flags/0",
    message: 'there is no personality flag "ADDR_NO_RANDOMIZE"',
  },
];

export const wrongResourceConfigs: readonly WrongConfig[] = [...resourceCases, ...policyCases];
