import { describe, expect, test } from "bun:test";
import { stringifyWithWideIntegers } from "../exact_integers.ts";
import { validateText } from "../load.ts";
import type { Config } from "../types.ts";
import { soundConfig, textOf } from "./sound_config.ts";
import { configChecks } from "./table.ts";
import { wrongConfigs } from "./wrong_configs.ts";

describe("wrong configs", () => {
  for (const wrong of wrongConfigs) {
    test(wrong.name, () => {
      const { config, problems } = validateText(textOf(wrong));
      expect(problems.map(({ pointer, message }) => ({ pointer, message }))).toEqual([
        { pointer: wrong.pointer, message: wrong.message },
      ]);
      expect(config).toBeUndefined();
    });
  }
});

type Sound = ReturnType<typeof soundConfig>;

const mappings = [
  { containerID: 0, hostID: 1000, size: 1 },
  { containerID: 1, hostID: 100000, size: 65536 },
];

const right: Record<string, (config: Sound) => void> = {
  "nothing special": () => {},
  "release candidate": (c) => {
    c.ociVersion = "1.0.0-rc5";
  },
  "development version": (c) => {
    c.ociVersion = "1.0.2-dev";
  },
  "build metadata": (c) => {
    c.ociVersion = "1.3.0-alpha.1+dev.7";
  },
  "no process": (c) => void Reflect.deleteProperty(c, "process"),
  "no linux": (c) => {
    delete c.hostname;
    Reflect.deleteProperty(c, "linux");
  },
  "empty value in the environment": (c) => {
    c.process.env = ["A=", "B=a=b"];
  },
  "limits that are none": (c) => {
    c.process.rlimits = [{ type: "RLIMIT_CORE", soft: 0, hard: 18446744073709551615n }];
  },
  "size of no terminal": (c) => {
    c.process.consoleSize = { height: 1e9, width: 1e9 };
  },
  "real-time scheduling": (c) => {
    c.process.scheduler = { policy: "SCHED_FIFO", priority: 99 };
  },
  "relative mount": (c) => {
    c.mounts = [{ destination: "mnt", type: "tmpfs" }];
  },
  "remounted bind": (c) => {
    c.mounts = [{ destination: "/mnt", options: ["bind", "remount", "ro"] }];
  },
  "id-mapped mount": (c) => {
    c.mounts = [{ destination: "/m", source: "/m", options: ["bind"], uidMappings: mappings, gidMappings: mappings }];
  },
  "id-mapped as the container": (c) => {
    c.linux.namespaces?.push({ type: "user", path: "/proc/1/ns/user" });
    c.mounts = [{ destination: "/m", source: "/m", options: ["bind", "idmap"] }];
  },
  "user namespace": (c) => {
    c.linux.namespaces?.push({ type: "user" });
    Object.assign(c.linux, { uidMappings: mappings, gidMappings: mappings });
  },
  "joined user namespace with mappings": (c) => {
    c.linux.namespaces?.push({ type: "user", path: "/proc/1/ns/user" });
    Object.assign(c.linux, { uidMappings: mappings, gidMappings: mappings });
  },
  "empty mappings": (c) => void Object.assign(c.linux, { uidMappings: [], gidMappings: [] }),
  "empty namespace path": (c) => {
    c.linux.namespaces![0]!.path = "";
  },
  "time offsets": (c) => {
    c.linux.namespaces?.push({ type: "time" });
    c.linux.timeOffsets = { monotonic: { secs: -5, nanosecs: 999_999_999 } };
  },
  "sysctls of the container": (c) => {
    c.linux.sysctl = {
      "net.ipv4.ip_forward": "1",
      "net/ipv4/conf/eth0.100/forwarding": "1",
      "kernel.sem": "1",
      "fs.mqueue.x": "1",
    };
  },
  "domainname by sysctl": (c) => {
    c.linux.sysctl = { "kernel.domainname": "x" };
  },
  "the same device twice": (c) => {
    c.linux.devices = [
      { type: "c", path: "/dev/x", major: 1, minor: 3 },
      { type: "u", path: "/dev/x", major: 1, minor: 3, fileMode: 0o20666 },
    ];
  },
  "fifo without numbers": (c) => {
    c.linux.devices = [{ type: "p", path: "/dev/x" }];
  },
  "network devices that change names": (c) => {
    c.linux.netDevices = { a: { name: "b" }, b: { name: "a" } };
  },
  "device rule for all": (c) => {
    c.linux.resources.devices = [{ allow: false, type: "", major: -1, access: "" }];
  },
  "swap as much as one likes": (c) => {
    c.linux.resources.memory = { limit: 5000, swap: -1 };
  },
  "swappiness as it is": (c) => {
    c.linux.resources.memory = { swappiness: 18446744073709551615n };
  },
  "weight not given": (c) => {
    c.linux.resources.blockIO = { weight: 0 };
  },
  unified: (c) => {
    c.linux.resources.unified = { "memory.oom.group": "1", "hugetlb.2MB.max": "0" };
  },
  seccomp: (c) => {
    c.linux.seccomp = {
      defaultAction: "SCMP_ACT_ERRNO",
      defaultErrnoRet: 38,
      listenerPath: "/run/x",
      listenerMetadata: "x",
      syscalls: [{ names: ["mkdir"], action: "SCMP_ACT_NOTIFY" }],
    };
  },
  "root class of service": (c) => {
    c.linux.intelRdt = { closID: "/", schemata: ["L3:0=f"] };
  },
  "local memory": (c) => {
    c.linux.memoryPolicy = { mode: "MPOL_PREFERRED" };
  },
  "memory of some nodes": (c) => {
    c.linux.memoryPolicy = { mode: "MPOL_BIND", nodes: "0, 2-3" };
  },
  "unknown fields": (c) => void Object.assign(c.linux, { future: { x: 1 }, other: null }),
};

describe("right configs", () => {
  for (const [name, change] of Object.entries(right)) {
    test(name, () => {
      const config = soundConfig();
      change(config);
      expect(validateText(stringifyWithWideIntegers(config)).problems).toEqual([]);
    });
  }
});

/** A copy of `value` that notes the pointer of each plain value and each missing member that is read from it. */
function watched<T extends object>(value: T, pointer: string, note: (pointer: string) => void): T {
  return new Proxy(value, {
    get(target, key, receiver): unknown {
      const member: unknown = Reflect.get(target, key, receiver);
      if (typeof key === "symbol" || typeof member === "function" || key === "length") return member;
      const at = `${pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (typeof member === "object" && member !== null) return watched(member, at, note);
      note(at);
      return member;
    },
  });
}

test("each check reads only what it says", () => {
  for (const wrong of wrongConfigs) {
    const config = JSON.parse(textOf(wrong)) as Config;
    for (const { check, reads } of configChecks) {
      check(
        watched(config, "", (pointer) => {
          // A missing ancestor, such as `linux`, may be looked at on the way.
          const allowed = reads.some(
            (read) => pointer === read || pointer.startsWith(`${read}/`) || read.startsWith(`${pointer}/`),
          );
          expect(allowed, `${check.name} reads ${pointer}`).toBe(true);
        }),
        () => {},
      );
    }
  }
});
