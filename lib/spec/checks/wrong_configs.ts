/** Configs that their schema accepts, each with one thing wrong: data for tests. */

import type { Config } from "../types.ts";
import type { WrongConfig } from "./sound_config.ts";
import { mapping } from "./sound_config.ts";

import { wrongNamespaceConfigs } from "./wrong_namespace_configs.ts";
import { wrongResourceConfigs } from "./wrong_resource_configs.ts";

const nul = "a\0b";

const documentCases: readonly WrongConfig[] = [
  ...[
    "2.0.0",
    "0.9.0",
    "1.0",
    "1",
    "v1.0.0",
    "1.0.0-",
    "1.0.0+",
    "1.0.0-a..b",
    "1.0.0-a_b",
    "1.02.0",
    "1.0.0.0",
    "1..0",
    "",
  ].map((version) => ({
    name: `version ${JSON.stringify(version)}`,
    change: (c: Config) => {
      c.ociVersion = version;
    },
    pointer: "/ociVersion",
    message: `expected a version 1.x.y of the specification, found ${JSON.stringify(version)}`,
  })),
  {
    name: "no root",
    change: (c) => void delete c.root,
    pointer: "/root",
    message: "root is required on Linux",
  },
  {
    name: "empty root path",
    change: (c) => {
      c.root = { path: "" };
    },
    pointer: "/root/path",
    message: 'expected a directory, found ""',
  },
  {
    name: "annotation without a key",
    change: (c) => {
      c.annotations = { "": "x" };
    },
    pointer: "/annotations/",
    message: "the key of an annotation must not be empty",
  },
  {
    name: "NUL in an argument",
    change: (c) => {
      c.process.args = ["sh", nul];
    },
    pointer: "/process/args/1",
    message: "a string must not hold a NUL character",
  },
  {
    name: "NUL in a key",
    change: (c) => {
      c.linux.sysctl = { "net.\0": "1" };
    },
    pointer: "/linux/sysctl/net.\0",
    message: "a key must not hold a NUL character",
  },
];

const processCases: readonly WrongConfig[] = [
  {
    name: "no args",
    change: (c) => void delete c.process.args,
    pointer: "/process/args",
    message: "expected at least the command to run, found nothing",
  },
  {
    name: "empty args",
    change: (c) => {
      c.process.args = [];
    },
    pointer: "/process/args",
    message: "expected at least the command to run, found an empty list",
  },
  {
    name: "relative cwd",
    change: (c) => {
      c.process.cwd = "tmp";
    },
    pointer: "/process/cwd",
    message: 'expected an absolute path, found "tmp"',
  },
  {
    name: "empty cwd",
    change: (c) => {
      c.process.cwd = "";
    },
    pointer: "/process/cwd",
    message: 'expected an absolute path, found ""',
  },
  {
    name: "environment entry without =",
    change: (c) => {
      c.process.env = ["A=1", "B"];
    },
    pointer: "/process/env/1",
    message: 'expected NAME=value, found "B"',
  },
  {
    name: "environment entry without a name",
    change: (c) => {
      c.process.env = ["=1"];
    },
    pointer: "/process/env/0",
    message: 'expected NAME=value, found "=1"',
  },
  {
    name: "unknown rlimit",
    change: (c) => {
      c.process.rlimits = [{ type: "RLIMIT_X", soft: 1, hard: 1 }];
    },
    pointer: "/process/rlimits/0/type",
    message:
      "expected one of RLIMIT_AS, RLIMIT_CORE, RLIMIT_CPU, RLIMIT_DATA, RLIMIT_FSIZE, RLIMIT_LOCKS, RLIMIT_MEMLOCK, RLIMIT_MSGQUEUE, " +
      "RLIMIT_NICE, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_RSS, RLIMIT_RTPRIO, RLIMIT_RTTIME, RLIMIT_SIGPENDING, RLIMIT_STACK, " +
      'found "RLIMIT_X"',
  },
  {
    name: "rlimit twice",
    change: (c) => {
      c.process.rlimits = [
        { type: "RLIMIT_CPU", soft: 1, hard: 1 },
        { type: "RLIMIT_CPU", soft: 1, hard: 1 },
      ];
    },
    pointer: "/process/rlimits/1/type",
    message: "RLIMIT_CPU is limited twice",
  },
  {
    name: "soft above hard",
    change: (c) => {
      c.process.rlimits = [{ type: "RLIMIT_CPU", soft: 18446744073709551615n, hard: 1 }];
    },
    pointer: "/process/rlimits/0/soft",
    message: "the soft limit 18446744073709551615 is above the hard limit 1",
  },
  {
    name: "oomScoreAdj out of range",
    change: (c) => {
      c.process.oomScoreAdj = -1001;
    },
    pointer: "/process/oomScoreAdj",
    message: "expected a whole number from -1000 to 1000, found -1001",
  },
  {
    name: "huge terminal",
    change: (c) => void Object.assign(c.process, { terminal: true, consoleSize: { height: 65536, width: 80 } }),
    pointer: "/process/consoleSize/height",
    message: "expected at most 65535, found 65536",
  },
  {
    name: "nice out of range",
    change: (c) => {
      c.process.scheduler = { policy: "SCHED_OTHER", nice: 20 };
    },
    pointer: "/process/scheduler/nice",
    message: "expected a whole number from -20 to 19, found 20",
  },
  {
    name: "priority of a policy without",
    change: (c) => {
      c.process.scheduler = { policy: "SCHED_BATCH", priority: 1 };
    },
    pointer: "/process/scheduler/priority",
    message: "a priority is for SCHED_FIFO and SCHED_RR only, the policy is SCHED_BATCH",
  },
  {
    name: "deadline of a policy without",
    change: (c) => {
      c.process.scheduler = { policy: "SCHED_FIFO", deadline: 1 };
    },
    pointer: "/process/scheduler/deadline",
    message: "a deadline is for SCHED_DEADLINE only, the policy is SCHED_FIFO",
  },
  {
    name: "I/O priority out of range",
    change: (c) => {
      c.process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 8 };
    },
    pointer: "/process/ioPriority/priority",
    message: "expected a whole number from 0 to 7, found 8",
  },
];

const mountCases: readonly WrongConfig[] = [
  {
    name: "mount without a place",
    change: (c) => {
      c.mounts = [{ destination: "" }];
    },
    pointer: "/mounts/0/destination",
    message: 'expected a path, found ""',
  },
  {
    name: "bind mount without a source",
    change: (c) => {
      c.mounts = [{ destination: "/mnt", options: ["rbind"] }];
    },
    pointer: "/mounts/0/source",
    message: "expected the path that the bind mount shows, found nothing",
  },
  {
    name: "one kind of mappings",
    change: (c) => {
      c.mounts = [{ destination: "/m", source: "/m", options: ["bind"], uidMappings: [mapping(0, 1, 1)] }];
    },
    pointer: "/mounts/0/gidMappings",
    message: "uidMappings need gidMappings beside them",
  },
  {
    name: "the other kind of mappings",
    change: (c) => {
      c.mounts = [{ destination: "/m", source: "/m", options: ["bind"], gidMappings: [mapping(0, 1, 1)] }];
    },
    pointer: "/mounts/0/uidMappings",
    message: "gidMappings need uidMappings beside them",
  },
  {
    name: "id-mapped by nothing",
    change: (c) => {
      c.mounts = [{ destination: "/m", source: "/m", options: ["bind", "ridmap"] }];
    },
    pointer: "/mounts/0/options",
    message: "an id-mapped mount needs mappings of its own or a user namespace of the container",
  },
  {
    name: "relative hook",
    change: (c) => {
      c.hooks = { poststop: [{ path: "/bin/true" }, { path: "true" }] };
    },
    pointer: "/hooks/poststop/1/path",
    message: 'expected an absolute path, found "true"',
  },
  {
    name: "hook with an environment entry without =",
    change: (c) => {
      c.hooks = { prestart: [{ path: "/bin/true", env: ["A"] }] };
    },
    pointer: "/hooks/prestart/0/env/0",
    message: 'expected NAME=value, found "A"',
  },
];

export const wrongConfigs: readonly WrongConfig[] = [
  ...documentCases,
  ...processCases,
  ...mountCases,
  ...wrongNamespaceConfigs,
  ...wrongResourceConfigs,
];
