/** Which namespaces the container gets, and what lives in them: names, loopback, kernel parameters. */

import { describe, expect } from "bun:test";
import { spawn } from "node:child_process";
import { readFileSync, readlinkSync, writeFileSync } from "node:fs";
import type { IdMapping, Linux, Namespace } from "../../lib/spec/types.ts";
import { setCgroup, withoutPidNamespace } from "../harness/base_configs.ts";
import { type Result, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const withProbe = { needs: ["probe"] } as const;

/** The specification's names and /proc's. */
const kinds = {
  pid: "pid",
  network: "net",
  ipc: "ipc",
  uts: "uts",
  mount: "mnt",
  cgroup: "cgroup",
  user: "user",
} as const;
type Kind = keyof typeof kinds;

const inodeOf = (pid: number | "self", kind: Kind): string => readlinkSync(`/proc/${pid}/ns/${kinds[kind]}`);

describe("new namespaces", () => {
  scenario(
    "are those that the config lists; the others are the runtime's",
    async (t) => {
      const { namespaces } = await t.probe();
      for (const kind of ["pid", "network", "ipc", "uts", "mount"] as const)
        expect(namespaces[kinds[kind]]).not.toBe(inodeOf("self", kind));
      for (const kind of ["cgroup", "time", ...(isOrdinaryUser ? [] : ["user"])])
        expect(namespaces[kind]).toBe(readlinkSync(`/proc/self/ns/${kind}`));
    },
    withProbe,
  );

  for (const kind of ["pid", "network", "ipc"] as const)
    scenario(
      `without ${kind} in the list the runtime's is used`,
      async (t) => {
        const { namespaces } = await t.probe((config) => {
          if (kind === "pid") withoutPidNamespace(config);
          else config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== kind);
          // those two need namespaces of their own
          config.mounts = config.mounts.filter(({ type }) => type !== "sysfs" && type !== "mqueue");
        });
        expect(namespaces[kinds[kind]]).toBe(inodeOf("self", kind));
      },
      withProbe,
    );

  scenario(
    "a cgroup namespace makes the container's cgroup the root",
    async (t) => {
      const probe = await t.probe((config) => {
        config.linux.namespaces.push({ type: "cgroup" });
      });
      expect(probe.namespaces.cgroup).not.toBe(inodeOf("self", "cgroup"));
      const controllers = probe.cgroups.filter((line) => !line.startsWith("0:"));
      expect(controllers.map((line) => line.split(":")[2])).toEqual(controllers.map(() => "/"));
    },
    { needs: ["probe", "cgroup-v1"] },
  );

  scenario(
    "a new network has its loopback interface up",
    async (t) => {
      expect((await t.probe()).loopback_up).toBe(1);
    },
    withProbe,
  );

  scenario("a new PID namespace starts with 1 and holds only the container", async (t) => {
    const pids = succeeded(await t.sh("echo $$; ls /proc | grep -c '^[0-9]'")).stdout;
    expect(pids).toMatch(/^1\n[1-4]\n$/);
  });
});

/** Start a process in new namespaces of its own, to be joined. */
async function startTarget(t: Scenario, ...flags: string[]): Promise<number> {
  const before = readlinkSync("/proc/self/ns/mnt") + readlinkSync("/proc/self/ns/net");
  const child = spawn("unshare", [...flags, "sleep", "1003"], { stdio: "ignore" });
  const pid = child.pid ?? 0;
  t.defer(() => {
    child.kill("SIGKILL");
  });
  await eventually("the process to join", () => {
    const now = readlinkSync(`/proc/${pid}/ns/mnt`) + readlinkSync(`/proc/${pid}/ns/net`);
    return now !== before && readFileSync(`/proc/${pid}/comm`, "utf8").startsWith("sleep");
  });
  return pid;
}

describe("joined namespaces", () => {
  for (const kind of ["network", "ipc", "uts", "cgroup"] as const)
    scenario(
      `${kind} by path`,
      async (t) => {
        const pid = await startTarget(t, "--net", "--ipc", "--uts", "--cgroup", "--mount");
        const { namespaces } = await t.probe((config) => {
          const joined: Namespace = { type: kind, path: `/proc/${pid}/ns/${kinds[kind]}` };
          config.linux.namespaces = [...config.linux.namespaces.filter(({ type }) => type !== kind), joined];
          if (kind === "uts") delete config.hostname;
        });
        expect(namespaces[kinds[kind]]).toBe(inodeOf(pid, kind));
      },
      // crun 1.8.1 cannot join a cgroup namespace and mount cgroups
      { needs: ["root", "probe", "tool:unshare", ...(kind === "cgroup" ? (["not-runtime:crun"] as const) : [])] },
    );

  scenario("another container's, all at once, as a pod has them", async (t) => {
    const pid = await t.startSleeping();
    const second = t.newId();
    const bundle = await t.bundle((config) => {
      setCgroup(config, second);
      delete config.hostname;
      const owner = isOrdinaryUser ? (["user"] as const) : [];
      config.linux.namespaces = ([...owner, "network", "ipc", "uts", "pid"] as const).map((type) => ({
        type,
        path: `/proc/${pid}/ns/${kinds[type]}`,
      }));
      config.linux.namespaces.push({ type: "mount" });
      config.process.args = ["sh", "-c", "hostname; for n in net ipc uts pid; do readlink /proc/self/ns/$n; done"];
    });
    const { stdout } = succeeded(await t.runtime.run(second, bundle.path));
    const expected = (["network", "ipc", "uts", "pid"] as const).map((kind) => inodeOf(pid, kind));
    expect(stdout.trim().split("\n")).toEqual(["typical", ...expected]);
  });

  scenario(
    "a joined UTS namespace with a host name is renamed",
    async (t) => {
      const pid = await startTarget(t, "--uts", "--net", "--mount");
      const probe = await t.probe((config) => {
        config.hostname = "renamed";
        config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "uts");
        config.linux.namespaces.push({ type: "uts", path: `/proc/${pid}/ns/uts` });
      });
      expect(probe.hostname).toBe("renamed");
    },
    { needs: ["root", "probe", "tool:unshare"] },
  );

  for (const [what, path] of [
    ["a path that does not exist", "/proc/self/ns/no-such"],
    ["a namespace of another kind", "/proc/self/ns/uts"],
    ["a file that is no namespace", "/etc/passwd"],
  ] as const)
    scenario(`${what} is refused`, async (t) => {
      const bundle = await t.bundle((config) => {
        config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "network");
        config.linux.namespaces.push({ type: "network", path });
      });
      // runc 1.1.5 finds out in its C part, whose message has no path
      expectFailure(await t.runtime.create(t.id, bundle.path), t.runtime.kind === "tsrun" ? path : "");
      await t.expectNothingLeft();
    });
});

describe("a joined user namespace", () => {
  const ids = (first: number): IdMapping[] => [
    { containerID: 0, hostID: first, size: 1000 },
    { containerID: 1000, hostID: first + 5000, size: 2 },
  ];

  /** Start a process in a user namespace of its own with two ranges of ids. */
  async function startMapped(t: Scenario): Promise<number> {
    const pid = await startTarget(t, "--user", "--net", "--mount");
    writeFileSync(`/proc/${pid}/gid_map`, "0 200000 1000\n1000 205000 2\n");
    writeFileSync(`/proc/${pid}/uid_map`, "0 100000 1000\n1000 105000 2\n");
    return pid;
  }

  /** Run a container that joins it, with these mappings beside the path. */
  async function join(t: Scenario, path: string, mappings: Partial<Linux>): Promise<Result> {
    const bundle = await t.bundle((config) => {
      config.linux.namespaces.push({ type: "user", path });
      Object.assign(config.linux, mappings);
      config.process.args = ["sh", "-c", "readlink /proc/self/ns/user; cat /proc/self/uid_map; id -u"];
    });
    await Bun.$`chown -R 100000:200000 ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
    return t.runtime.run(t.id, bundle.path);
  }

  const equal = { uidMappings: ids(100000), gidMappings: ids(200000) };
  const joinable: Readonly<Record<string, Partial<Linux>>> = {
    "by its path alone": {},
    "with its mappings beside the path, as containerd gives them": equal,
    "with its mappings in another order": { ...equal, uidMappings: ids(100000).reverse() },
  };
  for (const [what, mappings] of Object.entries(joinable))
    scenario(
      what,
      async (t) => {
        const pid = await startMapped(t);
        const { stdout } = succeeded(await join(t, `/proc/${pid}/ns/user`, mappings));
        const [namespace, first, second, user] = stdout.split("\n");
        expect(namespace).toBe(readlinkSync(`/proc/${pid}/ns/user`));
        expect(first?.trim().split(/\s+/)).toEqual(["0", "100000", "1000"]);
        expect(second?.trim().split(/\s+/)).toEqual(["1000", "105000", "2"]);
        expect(user).toBe("0");
      },
      // runc 1.1 wants mappings in any case
      { needs: ["root", "tool:unshare", ...(mappings === equal ? [] : (["not-runtime:runc"] as const))] },
    );

  scenario(
    "that is bound to a file, with its mappings beside it",
    async (t) => {
      const pid = await startMapped(t);
      const file = `${t.folder}/user-namespace`;
      writeFileSync(file, "");
      await Bun.$`mount --bind /proc/${pid}/ns/user ${file}`.quiet();
      t.defer(async () => {
        await Bun.$`umount ${file}`.quiet();
      });
      expect(succeeded(await join(t, file, equal)).stdout).toStartWith(readlinkSync(`/proc/${pid}/ns/user`));
    },
    { needs: ["root", "tool:unshare"] },
  );

  const others: Readonly<Record<string, readonly [Partial<Linux>, string]>> = {
    "other host ids": [{ ...equal, uidMappings: ids(100001) }, "/linux/uidMappings"],
    "fewer ranges": [{ ...equal, gidMappings: ids(200000).slice(0, 1) }, "/linux/gidMappings"],
    "no groups": [{ uidMappings: equal.uidMappings }, "/linux/gidMappings"],
  };
  for (const [what, [mappings, pointer]] of Object.entries(others))
    scenario(
      `with other mappings beside its path is refused: ${what}`,
      async (t) => {
        const pid = await startMapped(t);
        expectFailure(await join(t, `/proc/${pid}/ns/user`, mappings), t.runtime.kind === "tsrun" ? pointer : "");
        await t.expectNothingLeft();
      },
      { needs: ["root", "tool:unshare", "not-runtime:runc", "not-runtime:crun"] }, // runc compares them since 1.2
    );
});

describe("names", () => {
  scenario(
    "the host name is the config's, the host's stays",
    async (t) => {
      const before = readFileSync("/proc/sys/kernel/hostname", "utf8");
      const probe = await t.probe((config) => {
        config.hostname = "some-name.example";
      });
      expect(probe.hostname).toBe("some-name.example");
      expect(readFileSync("/proc/sys/kernel/hostname", "utf8")).toBe(before);
    },
    withProbe,
  );

  scenario(
    "the domain name is the config's",
    async (t) => {
      const probe = await t.probe((config) => {
        config.domainname = "example.org";
      });
      expect(probe.domainname).toBe("example.org");
    },
    { needs: ["probe", "not-runtime:runc"] }, // it came to runc with 1.2
  );
});

describe("kernel parameters", () => {
  scenario("of the container's namespaces are set there, not on the host", async (t) => {
    const files = ["net/ipv4/ip_unprivileged_port_start", "kernel/shmmni", "fs/mqueue/msg_max"];
    const read = (): string[] => files.map((file) => readFileSync(`/proc/sys/${file}`, "utf8"));
    const before = read();
    const result = await t.sh(`cd /proc/sys && cat ${files.join(" ")}`, (config) => {
      config.linux.sysctl = {
        "net.ipv4.ip_unprivileged_port_start": "77",
        "kernel.shmmni": "55",
        "fs.mqueue.msg_max": "13",
      };
    });
    expect(succeeded(result).stdout).toBe("77\n55\n13\n");
    expect(read()).toEqual(before);
  });

  scenario(
    "may be written with slashes",
    async (t) => {
      const result = await t.sh("cat /proc/sys/net/ipv4/conf/lo/forwarding", (config) => {
        config.linux.sysctl = { "net/ipv4/conf/lo/forwarding": "1" };
      });
      expect(succeeded(result).stdout).toBe("1\n");
    },
    { needs: ["not-runtime:crun"] },
  );

  for (const [what, key, dropped] of [
    ["of the whole machine", "vm.swappiness", undefined],
    ["of a network that is not the container's", "net.ipv4.ip_forward", "network"],
    ["of an IPC namespace that is not the container's", "kernel.shmmni", "ipc"],
    ["that leaves /proc/sys", "net/../../../tmp/x", undefined],
  ] as const)
    scenario(`one ${what} is refused: ${key}`, async (t) => {
      const bundle = await t.bundle((config) => {
        config.linux.sysctl = { [key]: "1" };
        config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== dropped);
      });
      const result = await t.runtime.create(t.id, bundle.path);
      expect(result.status).toBe(1);
      if (t.runtime.kind !== "crun" && !key.includes("..")) expect(result.stderr).toContain(key);
      await t.expectNothingLeft();
    });

  for (const [type, file, key] of [
    ["network", "net", "net.ipv4.ip_forward"],
    ["ipc", "ipc", "kernel.shmmni"],
    ["uts", "uts", "kernel.domainname"],
  ] as const)
    scenario(
      `one of the runtime's own ${type} namespace is refused, though it is joined by its path: ${key}`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          Reflect.deleteProperty(config, "hostname");
          config.linux.sysctl = { [key]: "1" };
          config.linux.namespaces = config.linux.namespaces.filter((namespace) => namespace.type !== type);
          config.linux.namespaces.push({ type, path: `/proc/${process.pid}/ns/${file}` });
        });
        expectFailure(await t.runtime.create(t.id, bundle.path), key);
        await t.expectNothingLeft();
      },
      // the peers look at the network's only, and would set the others on this machine
      { needs: type === "network" ? ["not-runtime:crun"] : ["runtime:tsrun"] },
    );
});
