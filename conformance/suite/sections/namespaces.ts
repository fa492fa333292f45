/** config-linux.md: namespaces, clocks, and network devices. */

import { existsSync, readFileSync, readlinkSync } from "node:fs";
import type { NamespaceType } from "../../../lib/spec/types.ts";
import { runCommand, succeeded } from "../../harness/command.ts";
import { different, equal, excludes, ok } from "../assertions.ts";
import { deFacto, must, section, should } from "../test.ts";
import { having, type Patch, type Trial } from "../trial.ts";

/** The specification's names and those of /proc/PID/ns. */
const FILES = {
  pid: "pid",
  network: "net",
  mount: "mnt",
  ipc: "ipc",
  uts: "uts",
  user: "user",
  cgroup: "cgroup",
  time: "time",
} as const satisfies Record<NamespaceType, string>;
type Kind = keyof typeof FILES;

const SINCE: Partial<Record<Kind, string>> = { time: "1.1" };
/** Those that a container can do without, and that need nothing else. */
const OPTIONAL: readonly Kind[] = ["pid", "network", "ipc", "cgroup", "uts"];

const own = (kind: Kind): string => readlinkSync(`/proc/self/ns/${FILES[kind]}`);
const ofProcess = (pid: number, kind: Kind): string => readlinkSync(`/proc/${pid}/ns/${FILES[kind]}`);

/** The namespace of this kind as the list says, and nothing mounted that would need another one. */
const listed =
  (kind: Kind, path?: string): Patch =>
  (config) => {
    config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== kind);
    config.linux.namespaces.push(path === undefined ? { type: kind } : { type: kind, path });
    if (kind === "uts" && path !== undefined) delete config.hostname;
    if (kind === "user") {
      config.linux.uidMappings = config.linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
    }
  };

const without =
  (kind: Kind): Patch =>
  (config) => {
    config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== kind);
    config.mounts = config.mounts.filter(({ type }) => type !== "sysfs" && type !== "mqueue" && type !== "cgroup");
    if (kind === "uts") delete config.hostname;
  };

/** A second container with namespaces to join; its pid. */
async function startOther(t: Trial): Promise<number> {
  const other = t.newId();
  const bundle = await t.bundle((config) => {
    config.linux.cgroupsPath = `/${other}`;
    config.linux.namespaces.push({ type: "cgroup" });
    config.process.args = ["/probe", "do", "hold"];
  });
  succeeded(await t.runtime.create(other, bundle.path));
  succeeded(await t.runtime.start(other));
  return (await t.runtime.state(other)).pid ?? 0;
}

const JOINED: readonly Kind[] = ["network", "ipc", "uts", "pid"];

export const NAMESPACES = [
  ...section("config-linux.md#namespaces", [
    ...(Object.keys(FILES) as Kind[]).map((kind) =>
      must(
        `${kind}: a new one is made if there is no path`,
        async (t) => {
          const { namespaces } = await t.see(listed(kind));
          different(`${kind} namespace`, namespaces[FILES[kind]], own(kind));
        },
        { since: SINCE[kind] ?? "1.0", needs: [`file:/proc/self/ns/${FILES[kind]}`] },
      ),
    ),
    ...OPTIONAL.map((kind) =>
      must(`${kind}: the runtime's is kept if the list has none`, async (t) => {
        const { namespaces } = await t.see(without(kind));
        equal(`${kind} namespace`, namespaces[FILES[kind]], own(kind));
      }),
    ),
    ...JOINED.map((kind) =>
      must(`${kind}: the process is put into the one at path`, async (t) => {
        const pid = await startOther(t);
        const { namespaces } = await t.see(listed(kind, `/proc/${pid}/ns/${FILES[kind]}`));
        equal(`${kind} namespace`, namespaces[FILES[kind]], ofProcess(pid, kind));
      }),
    ),
    must("several are joined at once, as the containers of a pod do", async (t) => {
      const pid = await startOther(t);
      const { namespaces } = await t.see((config) => {
        for (const kind of JOINED) listed(kind, `/proc/${pid}/ns/${FILES[kind]}`)(config);
      });
      const found = JOINED.map((kind) => namespaces[FILES[kind]]);
      equal(
        "namespaces",
        found,
        JOINED.map((kind) => ofProcess(pid, kind)),
      );
    }),
    ...JOINED.map((kind) =>
      must(`${kind}: a path to a namespace of another type is an error`, async (t) => {
        const wrong = kind === "uts" ? "ipc" : "uts";
        await t.refuses(`a ${wrong} namespace`, listed(kind, `/proc/self/ns/${wrong}`));
      }),
    ),
    must("a path where there is nothing is an error", (t) =>
      t.refuses("a missing path", listed("network", "/no/such/ns")),
    ),
    must("a path to a file that is no namespace is an error", (t) =>
      t.refuses("a file", listed("network", "/proc/self/stat")),
    ),
    must("a relative path is an error", (t) => t.refuses("a relative path", listed("network", "proc/self/ns/net"))),
    must("the same type twice is an error", (t) =>
      t.refuses("two UTS namespaces", (config) => void config.linux.namespaces.push({ type: "uts" })),
    ),
    must("a type that there is not is an error", (t) =>
      t.refuses("type galaxy", having("linux.namespaces", [{ type: "mount" }, { type: "galaxy" }])),
    ),
    must("an entry without a type is an error", (t) =>
      t.refuses("no type", having("linux.namespaces", [{ type: "mount" }, {}])),
    ),
    must("pid: the container sees its own processes alone", async (t) => {
      const outcome = await t.try(["list", "/proc"]);
      const pids = (outcome.names ?? []).filter((name) => /^\d+$/.test(name));
      ok("processes", pids.length < 5 && pids.includes("1"), pids);
    }),
    must("network: the container has the loopback interface alone", async (t) => {
      const { names = [] } = await t.try(["interfaces"]);
      const host = readFileSync("/proc/net/dev", "utf8");
      excludes(
        "interfaces",
        names,
        ...[...host.matchAll(/^ *(\w+):/gm)].map(([, name]) => name).filter((name) => name !== "lo"),
      );
    }),
    deFacto("network: the loopback interface is up", async (t) => equal("up", (await t.see()).loopback_up, 1)),
    must("mount: a mount of the container's is not seen outside", async (t) => {
      await t.start([["hold"]], (config) => {
        config.mounts.push({ destination: "/only-inside", type: "tmpfs", source: `only-${t.id}` });
      });
      const host = readFileSync("/proc/self/mountinfo", "utf8");
      ok("the mount on the host", !host.includes(`only-${t.id}`));
    }),
    must("ipc: message queues of another container are not seen", async (t) => {
      const key = Number.parseInt(t.id.slice(-6), 16);
      await t.start([["queue", key, "c"], ["hold"]]);
      await t.printedLine("the queue", ({ action }) => action === "hold");
      const second = t.newId();
      const bundle = await t.bundle((config) => {
        config.linux.cgroupsPath = `/${second}`;
        config.process.args = ["/probe", "do", "queue", String(key), "find"];
      });
      const { stdout } = succeeded(await t.runtime.run(second, bundle.path));
      ok("the other's queue", stdout.includes('"errno":2'), stdout);
    }),
    must("uts: what the container calls itself is not the host's name", async (t) => {
      const before = readFileSync("/proc/sys/kernel/hostname", "utf8");
      await t.see(having("hostname", "inside"));
      equal("hostname", readFileSync("/proc/sys/kernel/hostname", "utf8"), before);
    }),
    must("cgroup: the container's cgroup is the root of what it sees", async (t) => {
      const { cgroups } = await t.see(listed("cgroup"));
      const strange = cgroups.filter((line) => !line.endsWith(":/") && !line.startsWith("0::"));
      equal("cgroups that are not /", strange, []);
    }),
    should("the namespaces of a container end with it", async (t) => {
      const pid = await t.start();
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      await t.eventually("the process to be gone", () => {
        try {
          return !existsSync(`/proc/${pid}/ns/net`) || readlinkSync(`/proc/${pid}/ns/net`) === "";
        } catch {
          return true;
        }
      });
    }),
  ]),
  ...section(
    "config-linux.md#offset-for-time-namespace",
    [
      must("timeOffsets: the clocks differ by so many seconds", async (t) => {
        const outcome = await t.try(["clocks"], (config) => {
          config.linux.namespaces.push({ type: "time" });
          config.linux.timeOffsets = { monotonic: { secs: 100_000 }, boottime: { secs: 200_000 } };
        });
        const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
        ok("monotonic", Math.abs((outcome.monotonic ?? 0) - uptime - 100_000) < 1000, outcome);
        ok("boottime", Math.abs((outcome.boottime ?? 0) - uptime - 200_000) < 1000, outcome);
      }),
      must("timeOffsets: a clock that has none is the host's", async (t) => {
        const outcome = await t.try(["clocks"], (config) => {
          config.linux.namespaces.push({ type: "time" });
          config.linux.timeOffsets = { boottime: { secs: 300_000, nanosecs: 5 } };
        });
        const uptime = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
        ok("monotonic", Math.abs((outcome.monotonic ?? 0) - uptime) < 1000, outcome);
        ok("boottime", Math.abs((outcome.boottime ?? 0) - uptime - 300_000) < 1000, outcome);
      }),
    ],
    { since: "1.1", needs: ["file:/proc/self/ns/time"] },
  ),
  ...section(
    "config-linux.md#network-devices",
    [
      must("netDevices: a device of the host's is moved into the container, under its new name", async (t) => {
        const name = `c${t.id.slice(-8)}`;
        const made = await runCommand(["ip", "link", "add", name, "type", "veth", "peer", "name", `${name}p`]);
        if (made.status !== 0) t.skip("needs a kernel with veth devices");
        t.defer(async () => void (await runCommand(["ip", "link", "del", `${name}p`])));
        const { names } = await t.try(["interfaces"], having("linux.netDevices", { [name]: { name: "inside0" } }));
        ok("interfaces", names?.includes("inside0"), names);
      }),
      must("netDevices: a device that the host does not have is an error", (t) =>
        t.refuses("a missing device", having("linux.netDevices", { nosuchdevice0: {} })),
      ),
    ],
    { since: "1.3", needs: ["tool:ip"] },
  ),
];
