/** Configs that are wrong about namespaces, sysctls and devices: data for tests. */

import type { Config } from "../types.ts";
import type { WrongConfig } from "./sound_config.ts";
import { mapping, withoutNamespace } from "./sound_config.ts";

/** Give the config a new user namespace with these mappings, of users and of groups. */
const mapUsers = (config: Config, ...mappings: ReturnType<typeof mapping>[]): void => {
  config.linux?.namespaces?.push({ type: "user" });
  Object.assign(config.linux ?? {}, { uidMappings: mappings, gidMappings: [mapping(0, 0, 1)] });
};

const namespaceCases: readonly WrongConfig[] = [
  {
    name: "namespace twice",
    change: (c) => void c.linux.namespaces?.push({ type: "pid", path: "/proc/1/ns/pid" }),
    pointer: "/linux/namespaces/5/type",
    message: "the pid namespace is given twice",
  },
  {
    name: "relative namespace",
    change: (c) => {
      c.linux.namespaces![2]!.path = "ns/ipc";
    },
    pointer: "/linux/namespaces/2/path",
    message: 'expected an absolute path, found "ns/ipc"',
  },
  {
    name: "hostname of the host",
    change: (c) => withoutNamespace(c, "uts"),
    pointer: "/hostname",
    message: "a hostname needs a uts namespace of the container's own",
  },
  {
    name: "long domainname",
    change: (c) => {
      c.domainname = "é".repeat(33);
    },
    pointer: "/domainname",
    message: `expected at most 64 bytes, found "${"é".repeat(33)}"`,
  },
  {
    name: "masked paths of the host",
    change: (c) => {
      withoutNamespace(c, "mount");
      c.linux.maskedPaths = ["/proc/kcore"];
    },
    pointer: "/linux/maskedPaths",
    message: "maskedPaths need a mount namespace of the container's own",
  },
  {
    name: "mounts of a user namespace on the host",
    change: (c) => {
      withoutNamespace(c, "mount");
      c.mounts = [{ destination: "/mnt", type: "tmpfs" }];
      c.linux.namespaces?.push({ type: "user" });
      Object.assign(c.linux, { uidMappings: [mapping(0, 1000, 1)], gidMappings: [mapping(0, 1000, 1)] });
    },
    pointer: "/mounts",
    message: "mounts need a mount namespace among linux.namespaces, since there is a user namespace",
  },
  {
    name: "relative read-only path",
    change: (c) => {
      c.linux.readonlyPaths = ["/proc/sys", "proc/bus"];
    },
    pointer: "/linux/readonlyPaths/1",
    message: 'expected an absolute path, found "proc/bus"',
  },
  {
    name: "mappings without a user namespace",
    change: (c) => {
      c.linux.uidMappings = [mapping(0, 1000, 1)];
    },
    pointer: "/linux/uidMappings",
    message: "uidMappings need a user namespace among linux.namespaces",
  },
  {
    name: "user namespace without mappings",
    change: (c) => {
      c.linux.namespaces?.push({ type: "user" });
      c.linux.gidMappings = [mapping(0, 1000, 1)];
    },
    pointer: "/linux/uidMappings",
    message: "a new user namespace needs uidMappings",
  },
  {
    name: "a user who is not in the user namespace",
    change: (c) => {
      mapUsers(c, mapping(0, 1000, 1));
      c.process.user = { uid: 1, gid: 0 };
    },
    pointer: "/process/user/uid",
    message: "1 is not among the ids of the user namespace, /linux/uidMappings",
  },
  {
    name: "terminals of a group that is not in the user namespace",
    change: (c) => {
      mapUsers(c, mapping(0, 1000, 1));
      c.mounts?.push({ destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance", "gid=5"] });
    },
    pointer: "/mounts/1/options/1",
    message: "5 is not among the ids of the user namespace, /linux/gidMappings",
  },
  {
    name: "empty mapping",
    change: (c) => mapUsers(c, mapping(0, 1000, 0)),
    pointer: "/linux/uidMappings/0/size",
    message: "expected at least 1, found 0",
  },
  {
    name: "mapping beyond 32 bits",
    change: (c) => mapUsers(c, mapping(0, 4294967295, 2)),
    pointer: "/linux/uidMappings/0",
    message: "the range from hostID 4294967295 on goes beyond 32 bits",
  },
  {
    name: "mappings that overlap",
    change: (c) => mapUsers(c, mapping(0, 1000, 10), mapping(9, 2000, 1)),
    pointer: "/linux/uidMappings/1",
    message: "the range from containerID 9 on overlaps that of entry 0",
  },
  {
    name: "too many mappings",
    change: (c) => mapUsers(c, ...Array.from({ length: 341 }, (_, i) => mapping(i, i, 1))),
    pointer: "/linux/uidMappings",
    message: "expected at most 340 mappings, found 341",
  },
  {
    name: "offsets without a time namespace",
    change: (c) => {
      c.linux.timeOffsets = { boottime: { secs: 1 } };
    },
    pointer: "/linux/timeOffsets",
    message: "timeOffsets need a time namespace among linux.namespaces",
  },
  {
    name: "offsets of a joined time namespace",
    change: (c) => {
      c.linux.namespaces?.push({ type: "time", path: "/proc/1/ns/time" });
      c.linux.timeOffsets = { boottime: { secs: 1 } };
    },
    pointer: "/linux/timeOffsets",
    message: "timeOffsets are for a new time namespace, but one is joined by its path",
  },
  {
    name: "an offset of a clock that has none",
    change: (c) => {
      c.linux.namespaces?.push({ type: "time" });
      Object.assign(c.linux, { timeOffsets: { realtime: { secs: 1 } } });
    },
    pointer: "/linux/timeOffsets/realtime",
    message: 'there is no offset of the clock "realtime", but of monotonic and boottime',
  },
  {
    name: "a second of nanoseconds",
    change: (c) => {
      c.linux.namespaces?.push({ type: "time" });
      c.linux.timeOffsets = { monotonic: { nanosecs: 1_000_000_000 } };
    },
    pointer: "/linux/timeOffsets/monotonic/nanosecs",
    message: "expected at most 999999999, found 1000000000",
  },
];

const sysctlCase = (key: string, message: string, missing = ""): WrongConfig => ({
  name: `sysctl ${key}${missing && ` without ${missing}`}`,
  change: (c) => {
    if (missing === "uts") delete c.hostname;
    withoutNamespace(c, missing);
    c.linux.sysctl = { [key]: "1" };
  },
  pointer: `/linux/sysctl/${key.replaceAll("/", "~1")}`,
  message,
});

const sysctlCases: readonly WrongConfig[] = [
  sysctlCase("kernel.panic", "kernel.panic belongs to the whole machine, not to a namespace"),
  sysctlCase("vm.swappiness", "vm.swappiness belongs to the whole machine, not to a namespace"),
  sysctlCase("kernel/shmmax", "kernel/shmmax needs an ipc namespace of the container's own", "ipc"),
  sysctlCase("fs.mqueue.msg_max", "fs.mqueue.msg_max needs an ipc namespace of the container's own", "ipc"),
  sysctlCase("net.ipv4.ip_forward", "net.ipv4.ip_forward needs a network namespace of the container's own", "network"),
  sysctlCase("kernel.domainname", "kernel.domainname needs a uts namespace of the container's own", "uts"),
  sysctlCase("user.max_net_namespaces", "user.max_net_namespaces needs a user namespace of the container's own"),
  sysctlCase("kernel.hostname", "kernel.hostname is set by the field hostname"),
  sysctlCase("net..ipv4", "net..ipv4 is not the name of a kernel parameter"),
  sysctlCase("net/../kernel/panic", "net/../kernel/panic is not the name of a kernel parameter"),
];

const character = (path: string, major: number, minor: number) => ({ type: "c" as const, path, major, minor });

const deviceCases: readonly WrongConfig[] = [
  {
    name: "relative device",
    change: (c) => {
      c.linux.devices = [character("dev/x", 1, 3)];
    },
    pointer: "/linux/devices/0/path",
    message: 'expected an absolute path, found "dev/x"',
  },
  {
    name: "device without a minor number",
    change: (c) => {
      c.linux.devices = [{ type: "b", path: "/dev/x", major: 1 }];
    },
    pointer: "/linux/devices/0/minor",
    message: "expected a device number from 0 to 1048575, found nothing",
  },
  {
    name: "major number beyond 12 bits",
    change: (c) => {
      c.linux.devices = [character("/dev/x", 4096, 3)];
    },
    pointer: "/linux/devices/0/major",
    message: "expected a device number from 0 to 4095, found 4096",
  },
  {
    name: "two devices in one place",
    change: (c) => {
      c.linux.devices = [character("/dev/x", 1, 3), character("/dev/x", 1, 5)];
    },
    pointer: "/linux/devices/1/path",
    message: "/dev/x is already another device, of entry 0",
  },
  {
    name: "network device without a possible name",
    change: (c) => {
      c.linux.netDevices = { "eth/0": {} };
    },
    pointer: "/linux/netDevices/eth~10",
    message: 'expected a name of 1 to 15 bytes without spaces, slashes and colons, found "eth/0"',
  },
  {
    name: "network device with too long a new name",
    change: (c) => {
      c.linux.netDevices = { eth0: { name: "0123456789abcdef" } };
    },
    pointer: "/linux/netDevices/eth0/name",
    message: 'expected a name of 1 to 15 bytes without spaces, slashes and colons, found "0123456789abcdef"',
  },
  {
    name: "two network devices of one name",
    change: (c) => {
      c.linux.netDevices = { eth0: {}, eth1: { name: "eth0" } };
    },
    pointer: "/linux/netDevices/eth1",
    message: "two devices would be called eth0",
  },
  {
    name: "network device for the host",
    change: (c) => {
      withoutNamespace(c, "network");
      c.linux.netDevices = { eth0: {} };
    },
    pointer: "/linux/netDevices",
    message: "netDevices need a network namespace of the container's own",
  },
];

export const wrongNamespaceConfigs: readonly WrongConfig[] = [...namespaceCases, ...sysctlCases, ...deviceCases];
