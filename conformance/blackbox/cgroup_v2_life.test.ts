/** Control groups, version 2: what a container's cgroup is good for from create to delete. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Stats } from "../../lib/cgroup/stats.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { cgroupsPathOf, unifiedCgroupOf } from "../harness/cgroup_place.ts";
import { succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { isAlive } from "../harness/leftovers.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { repository } from "../harness/paths.ts";
import { type Scenario, scenario, scenarioWith } from "../harness/scenario.ts";
import { containerCgroup, readCgroup, readCount } from "../harness/unified_cgroup.ts";

const onV2 = scenarioWith(["cgroup-v2"]);
/** Where the runtime has cgroups at all. */
const inCgroup = scenarioWith(["cgroup-v2", "unified:pids"]);

/** The container manages its own cgroup, in a cgroup namespace. */
function managing(config: TestConfig): void {
  config.linux.namespaces.push({ type: "cgroup" });
  const mount = config.mounts.find(({ type }) => type === "cgroup");
  if (mount !== undefined) mount.options = ["nosuid", "noexec", "nodev", "rw"];
}

const processesIn = (directory: string): number[] =>
  (readCgroup(directory, "cgroup.procs") ?? "").split("\n").filter(Boolean).map(Number);

/** Execute a shell script in the container. */
async function exec(t: Scenario, script: string): Promise<string> {
  return succeeded(await t.runtime.command(["exec", t.id, "sh", "-c", script])).stdout;
}

describe("exec", () => {
  onV2("of a container with a cgroup namespace", async (t) => {
    const first = await t.startSleeping(managing);
    const namespace = await exec(t, "readlink /proc/self/ns/cgroup; readlink /proc/1/ns/cgroup");
    expect(new Set(namespace.trim().split("\n")).size).toBe(1);
    if (unifiedCgroupOf(first).includes(t.id)) expect(await exec(t, "cat /proc/self/cgroup")).toBe("0::/\n");
  });

  inCgroup("goes to the cgroup of the container", async (t) => {
    const first = await t.startSleeping();
    const before = processesIn(containerCgroup(first, t.id)).length;
    succeeded(await t.runtime.command(["exec", "--detach", t.id, "sleep", "1001"]));
    expect(processesIn(containerCgroup(first, t.id)).length).toBe(before + 1);
  });

  inCgroup(
    "goes where the first process is, if that has moved on and handed controllers down, as systemd does",
    async (t) => {
      const first = await t.startSleeping((config) => {
        managing(config);
        const steps = [
          "cd /sys/fs/cgroup",
          "mkdir init",
          "echo 1 >init/cgroup.procs",
          "echo +pids >cgroup.subtree_control",
        ];
        config.process.args = ["sh", "-c", `${steps.join(" && ")} && exec sleep 1000`];
      });
      const directory = containerCgroup(first, t.id);
      await eventually("the controller", () => readCgroup(directory, "cgroup.subtree_control") === "pids");
      expect(await exec(t, "cat /proc/self/cgroup")).toBe("0::/init\n");
      succeeded(await t.runtime.delete(t.id, "--force"));
      await t.expectNothingLeft();
    },
    // crun refuses; runc leaves it outside if an ordinary user asks
    { needs: ["cgroupfs", "not-runtime:crun", ...(isOrdinaryUser ? (["not-runtime:runc"] as const) : [])] },
  );
});

describe("pause", () => {
  inCgroup("stops every process, resume lets them go on", async (t) => {
    const first = await t.startSleeping((config) => {
      config.process.args = ["sh", "-c", "while :; do :; done"];
    });
    const directory = containerCgroup(first, t.id);
    succeeded(await t.runtime.command(["pause", t.id]));
    expect(await t.runtime.status(t.id)).toBe("paused");
    expect(readCount(directory, "cgroup.events", "frozen")).toBe(1);
    const used = readCount(directory, "cpu.stat", "usage_usec");
    await Bun.sleep(300);
    expect(readCount(directory, "cpu.stat", "usage_usec")).toBe(used);
    succeeded(await t.runtime.command(["resume", t.id]));
    expect(await t.runtime.status(t.id)).toBe("running");
    await eventually("the loop", () => readCount(directory, "cpu.stat", "usage_usec") > used);
  });

  inCgroup("a paused container can be killed and deleted", async (t) => {
    await t.startSleeping();
    succeeded(await t.runtime.command(["pause", t.id]));
    succeeded(await t.runtime.delete(t.id, "--force"));
    await t.expectNothingLeft();
  });
});

describe("removal", () => {
  inCgroup(
    "takes the cgroups along that the container made",
    async (t) => {
      const first = await t.startSleeping((config) => {
        managing(config);
        config.process.args = ["sh", "-c", "mkdir -p /sys/fs/cgroup/a/b/c /sys/fs/cgroup/d && exec sleep 1000"];
      });
      const directory = containerCgroup(first, t.id);
      await eventually("the cgroups", () => existsSync(join(directory, "d")));
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.delete(t.id));
      expect(existsSync(directory)).toBeFalse();
    },
    { needs: ["cgroupfs"] },
  );

  inCgroup(
    "ends the processes that are left in them",
    async (t) => {
      const first = await t.startSleeping((config) => {
        config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "pid");
        config.process.args = ["sh", "-c", "sleep 1001 & sleep 1002 & exec sleep 1000"];
      });
      const directory = containerCgroup(first, t.id);
      await eventually("its processes", () => processesIn(directory).length === 3);
      const all = processesIn(directory);
      mkdirSync(join(directory, "below"));
      writeFileSync(join(directory, "below/cgroup.procs"), String(all.find((pid) => pid !== first)));
      process.kill(first, "SIGKILL");
      await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.delete(t.id, "--force"));
      expect(all.filter(isAlive)).toEqual([]);
      expect(existsSync(directory)).toBeFalse();
    },
    { needs: ["cgroupfs", "root", "not-runtime:runc"] }, // Debian's leaves them
  );
});

describe("events", () => {
  inCgroup(
    "tell what the container uses",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.args = [
          "sh",
          "-c",
          "dd if=/dev/zero of=/dev/shm/file bs=1M count=8 2>/dev/null; exec sleep 1000",
        ];
        Object.assign(config.linux.resources, { memory: { limit: 64 << 20 }, pids: { limit: 20 } });
      });
      const stats = async (): Promise<Stats> =>
        JSON.parse(succeeded(await t.runtime.command(["events", "--stats", t.id])).stdout).data;
      const usage = async (): Promise<number> => Number((await stats()).memory.usage.usage ?? 0);
      await eventually("the memory", async () => (await usage()) > 8 << 20);
      const { memory, pids, cpu } = await stats();
      expect(memory.usage).toMatchObject({ limit: 64 << 20 });
      expect(pids).toMatchObject({ limit: 20, current: expect.any(Number) });
      expect(cpu.usage).toMatchObject({ total: expect.any(Number) });
      if (existsSync("/proc/pressure/cpu") && t.runtime.kind === "tsrun")
        for (const part of [cpu, memory]) expect(part).toHaveProperty("psi.some.total");
    },
    { needs: ["not-runtime:crun"] }, // it has no such command
  );
});

describe("threads", () => {
  scenario(
    "a container below a threaded cgroup is threaded too, and ends with all its processes",
    async (t) => {
      const parent = join("/sys/fs/cgroup", cgroupsPathOf(t.id) ?? "");
      mkdirSync(join(parent, "other"), { recursive: true });
      t.defer(() => {
        for (const name of readdirSync(parent, { withFileTypes: true }))
          if (name.isDirectory()) rmdirSync(join(parent, name.name));
        rmdirSync(parent);
      });
      writeFileSync(join(parent, "other/cgroup.type"), "threaded");
      const first = await t.startSleeping((config) => {
        config.linux.cgroupsPath = `${cgroupsPathOf(t.id)}/inner`;
        config.linux.resources.pids = { limit: 20 };
      });
      expect(readFileSync(join(parent, "inner/cgroup.type"), "utf8")).toBe("threaded\n");
      expect(unifiedCgroupOf(first)).toEndWith("/inner");
      expect(readCgroup(join(parent, "inner"), "pids.max")).toBe("20");
      succeeded(await t.runtime.delete(t.id, "--force"));
      expect(existsSync(join(parent, "inner"))).toBeFalse();
    },
    { needs: ["cgroup-v2", "cgroupfs", "root"] },
  );
});

describe("a runtime in a container", () => {
  scenario(
    "makes containers with limits in the cgroup namespace of its own",
    async (t) => {
      const inner = t.newId();
      const bundle = await t.bundle((config) => {
        config.linux.resources.pids = { limit: 20 };
        config.process.args = ["sh", "-c", "cat /proc/self/cgroup; cat /sys/fs/cgroup/pids.max"];
        managing(config);
        config.linux.cgroupsPath = `/${inner}`;
        // root of the outer one's user namespace needs none of its own
        config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "user");
        delete config.linux.uidMappings;
        delete config.linux.gidMappings;
      });
      const script = [
        "mkdir /sys/fs/cgroup/init && echo 1 >/sys/fs/cgroup/init/cgroup.procs",
        `exec ${t.runtime.path} --root /tmp/state run --bundle ${bundle.path} ${inner}`,
      ].join(" && ");
      const { runtime } = t;
      const outer = await t.sh(script, (config) => {
        managing(config);
        const all = [
          "CAP_SYS_ADMIN",
          "CAP_NET_ADMIN",
          "CAP_SYS_CHROOT",
          "CAP_SYS_RESOURCE",
          "CAP_BPF",
          "CAP_SYS_PTRACE",
        ];
        const { capabilities = {} } = config.process;
        for (const set of [capabilities.bounding, capabilities.effective, capabilities.permitted])
          set?.push(...(all as never[]));
        config.process.noNewPrivileges = false;
        delete config.linux.maskedPaths;
        delete config.linux.readonlyPaths;
        config.linux.resources.devices = [{ allow: true, access: "rwm" }];
        // the runtime's libraries, and where its bundle is
        for (const path of ["/usr", "/lib", "/lib64", "/etc", t.folder, repository])
          config.mounts.push({ destination: path, type: "bind", source: path, options: ["rbind", "ro"] });
      });
      expect(runtime.kind === "other" ? "" : outer.stderr).toBe("");
      expect(outer.stdout).toBe("0::/\n20\n");
    },
    { needs: ["cgroup-v2", "cgroupfs", "unified:pids"] },
  );
});
