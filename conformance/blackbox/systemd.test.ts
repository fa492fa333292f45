/** Cgroups that systemd makes: what it is told, what it is asked for, and that its units come and go with the containers. */

import { describe, expect } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Resources } from "../../lib/spec/types.ts";
import { systemdCgroupOf, unifiedCgroupOf } from "../harness/cgroup_place.ts";
import { cleanEnvironment, type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { scenario as anyDriver, type Scenario, scenarioWith } from "../harness/scenario.ts";
import { systemctl, unitProperty, unitsNamed } from "../harness/systemd.ts";
import { containerCgroup, readCgroup, readCount } from "../harness/unified_cgroup.ts";

const scenario = scenarioWith(["systemd"]);
const onV2 = scenarioWith(["systemd", "cgroup-v2"]);
const MiB = 1 << 20;

const unitOf = (t: Scenario): string => `test-${t.id}.scope`;
const exec = (t: Scenario, script: string, ...flags: string[]): Promise<Result> =>
  t.runtime.command(["exec", ...flags, t.id, "sh", "-c", script]);
const update = async (t: Scenario, ...flags: string[]): Promise<void> => {
  succeeded(await t.runtime.command(["update", ...flags, t.id]));
};
const start = (t: Scenario, resources: Resources = {}): Promise<number> =>
  t.startSleeping((config) => {
    Object.assign(config.linux.resources, resources);
  });

/** Whether the tests run where the kernel lets the user move processes; not so in a login session. */
const mayMove = !isOrdinaryUser || unifiedCgroupOf("self").includes(`/user@${process.getuid?.()}.service/`);
/** Debian's runc leaves a process that is executed outside where the caller may not move it, crun fails. */
const execNeeds: readonly Need[] = mayMove ? [] : ["not-runtime:runc", "not-runtime:crun"];

/** crun 1.8 has a cgroup of its own below the unit's, which it changes without telling systemd. */
const untoldNeeds: readonly Need[] = ["not-runtime:crun"];

describe("the unit", () => {
  scenario("is a delegated scope, and gone with the container", async (t) => {
    await start(t);
    const properties = ["Slice", "Delegate", "ActiveState", "Transient"];
    const values = await Promise.all(properties.map((property) => unitProperty(unitOf(t), property)));
    expect(values).toEqual([isOrdinaryUser ? "user.slice" : "system.slice", "yes", "active", "yes"]);
    succeeded(await t.runtime.delete(t.id, "--force"));
    expect(await unitsNamed(`*${t.id}*`)).toEqual([]);
  });

  scenario("lies in the slice that the config names, and leaves that alone", async (t) => {
    const slice = `${t.id.replace("-", "")}.slice`;
    t.defer(async () => {
      succeeded(await systemctl("stop", slice));
    });
    const pid = await t.startSleeping((config) => {
      config.linux.cgroupsPath = `${slice}:test:${t.id}`;
    });
    expect(await unitProperty(unitOf(t), "Slice")).toBe(slice);
    expect(systemdCgroupOf(pid)).toContain(`/${slice}/${unitOf(t)}`);
    succeeded(await t.runtime.delete(t.id, "--force"));
    // another container's may be on its way into it
    expect(await unitsNamed(`*${t.id.replace("-", "")}*`)).toEqual([slice]);
  });

  for (const [what, path] of [
    ["by default", undefined],
    ["as the config names it", "given"],
  ] as const)
    scenario(
      `has a name that systemd takes where the container's has a plus: ${what}`,
      async (t) => {
        const id = `${t.id}+one`;
        const bundle = await t.bundle((config) => {
          config.process.args = ["sleep", "1000"];
          if (path === undefined) delete config.linux.cgroupsPath;
          else config.linux.cgroupsPath = `:${path}:${id}`;
        });
        succeeded(await t.runtime.create(id, bundle.path));
        succeeded(await t.runtime.start(id));
        const unit = `${path ?? "tsrun"}-${t.id}\\x2bone.scope`;
        expect(await unitsNamed(`*${t.id}*`)).toEqual([unit]);
        expect(systemdCgroupOf((await t.runtime.state(id)).pid ?? 0)).toEndWith(`/${unit}`);
        succeeded(await t.runtime.command(["exec", id, "true"]));
        succeeded(await t.runtime.delete(id, "--force"));
        expect(await unitsNamed(`*${t.id}*`)).toEqual([]);
      },
      { needs: ["not-runtime:runc", "not-runtime:crun"] }, // systemd refuses what they ask for
    );

  scenario(
    "of the same name as another is refused, and that lives on",
    async (t) => {
      await start(t);
      const second = t.newId();
      const bundle = await t.bundle(); // of the first one's cgroupsPath
      expect((await t.runtime.create(second, bundle.path)).status).not.toBe(0);
      expect(await t.runtime.status(t.id)).toBe("running");
      expect(await unitProperty(unitOf(t), "ActiveState")).toBe("active");
    },
    { needs: ["not-runtime:runc"] }, // Debian's puts both into one
  );
});

describe("a unit that has failed", () => {
  onV2(
    "for lack of memory is forgotten with the container",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sh", "-c", "exec tail /dev/zero"];
        config.linux.resources.memory = { limit: 24 * MiB, swap: 24 * MiB };
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      succeeded(await t.runtime.start(t.id));
      await t.runtime.waitFor(t.id, "stopped", 30_000);
      succeeded(await t.runtime.delete(t.id));
      expect(await unitsNamed(`*${t.id}*`)).toEqual([]);
    },
    { needs: ["unified:memory"] },
  );

  scenario(
    "does not keep its name from a new one",
    async (t) => {
      const user = isOrdinaryUser ? ["--user"] : [];
      const short = ["--scope", "--unit", unitOf(t), "--property=RuntimeMaxSec=1", "sleep", "1000"];
      await runCommand(["systemd-run", ...user, ...short]);
      await eventually("its failure", async () => (await unitProperty(unitOf(t), "ActiveState")) === "failed");
      await start(t);
      expect(await unitProperty(unitOf(t), "ActiveState")).toBe("active");
    },
    { needs: ["not-runtime:runc"] }, // Debian's takes the failed one for the container's
  );
});

describe("annotations", () => {
  scenario(
    "are properties of the unit, of any type",
    async (t) => {
      await t.startSleeping((config) => {
        config.annotations = {
          "org.systemd.property.TimeoutStopUSec": "uint64 123456789",
          "org.systemd.property.CollectMode": "'inactive-or-failed'",
          "org.systemd.property.RuntimeMaxSec": "uint32 5000",
        };
      });
      const properties = ["TimeoutStopUSec", "CollectMode", "RuntimeMaxUSec"];
      const values = await Promise.all(properties.map((property) => unitProperty(unitOf(t), property)));
      expect(values).toEqual(["2min 3.456789s", "inactive-or-failed", "1h 23min 20s"]);
    },
    { needs: ["not-runtime:crun"] }, // systemd does not take what 1.8 makes of them
  );

  scenario("of no such property are refused, and nothing is left", async (t) => {
    const bundle = await t.bundle((config) => {
      config.annotations = { "org.systemd.property.NoSuchThing": "true" };
    });
    expectFailure(await t.runtime.create(t.id, bundle.path), "NoSuchThing");
    expect(await unitsNamed(`*${t.id}*`)).toEqual([]);
    await t.expectNothingLeft();
  });
});

describe("update", () => {
  // Nobody else would reap them, and until then they count.
  const forks = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 30 & done; kill $(jobs -p); wait 2>/dev/null";

  onV2(
    "of processes: systemd knows it, and it holds",
    async (t) => {
      await start(t, { pids: { limit: 100 } });
      expect((await exec(t, forks)).stderr).toBe("");
      // runc's own threads must find room too
      await update(t, "--pids-limit", "12");
      expect(await unitProperty(unitOf(t), "TasksMax")).toBe("12");
      expect((await exec(t, forks)).stderr).toContain("fork");
      await update(t, "--pids-limit", "100");
      expect((await exec(t, forks)).stderr).toBe("");
    },
    { needs: ["unified:pids", ...execNeeds, ...untoldNeeds] },
  );

  onV2(
    "of memory",
    async (t) => {
      const eat = "head -c 64m /dev/zero | tail >/dev/null && echo had it";
      await start(t, { memory: { limit: 256 * MiB, swap: 256 * MiB } });
      expect((await exec(t, eat)).stdout).toBe("had it\n");
      const limit = String(24 * MiB);
      await update(t, "--memory", limit, "--memory-swap", limit);
      expect(await unitProperty(unitOf(t), "MemoryMax")).toBe(limit);
      // runc 1.1.5 tells systemd of no swap that is 0
      if (t.runtime.kind !== "runc") expect(await unitProperty(unitOf(t), "MemorySwapMax")).toBe("0");
      expect((await exec(t, `exec ${eat}`)).stdout).toBe("");
    },
    { needs: ["unified:memory", ...execNeeds, ...untoldNeeds] },
  );

  onV2(
    "of the processor's time",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        config.process.args = ["sh", "-c", "while :; do :; done"];
      });
      const directory = containerCgroup(pid, t.id);
      expect(readCgroup(directory, "cpu.max")).toBe("max 100000");
      await update(t, "--cpu-quota", "10000", "--cpu-period", "100000");
      expect(await unitProperty(unitOf(t), "CPUQuotaPerSecUSec")).toBe("100ms");
      expect(readCgroup(directory, "cpu.max")).toBe("10000 100000");
      const used = (): number => readCount(directory, "cpu.stat", "usage_usec");
      const [before, from] = [used(), performance.now()];
      await Bun.sleep(3000);
      const share = (used() - before) / 1000 / (performance.now() - from);
      // a tenth; but on an emulated processor time comes in lumps
      expect(share).toBeLessThan(0.5);
      await eventually("the loop to be stopped", () => readCount(directory, "cpu.stat", "nr_throttled") > 0);
    },
    { needs: ["unified:cpu", ...untoldNeeds] },
  );

  scenario(
    "on v1, where systemd takes all devices away to write their rules anew: nobody notices",
    async (t) => {
      await t.startSleeping((config) => {
        const loop = "while :; do true </dev/zero || echo >>/denied; done 2>/dev/null";
        config.process.args = ["sh", "-c", loop];
      });
      for (let limit = 50; limit < 70; limit++) await update(t, "--pids-limit", String(limit));
      expect(await t.runtime.status(t.id)).toBe("running");
      expect((await exec(t, "[ ! -e /denied ] && echo never")).stdout).toBe("never\n");
      succeeded(await t.runtime.command(["pause", t.id]));
      await update(t, "--pids-limit", "70");
      expect(await t.runtime.status(t.id)).toBe("paused");
    },
    { needs: ["root", "controller:devices", "controller:pids", "controller:freezer"] },
  );

  onV2(
    "that is refused changes nothing",
    async (t) => {
      const pid = await start(t, { pids: { limit: 50 } });
      const line = ["update", "--pids-limit", "60", "--cpuset-cpus", "4000", t.id];
      expect((await t.runtime.command(line)).status).toBe(1);
      expect(await unitProperty(unitOf(t), "TasksMax")).toBe("50");
      expect(readCgroup(containerCgroup(pid, t.id), "pids.max")).toBe("50");
      await update(t, "--pids-limit", "51");
      expect(readCgroup(containerCgroup(pid, t.id), "pids.max")).toBe("51");
    },
    { needs: ["unified:pids", "unified:cpuset", "not-runtime:runc", "not-runtime:crun"] }, // what was set before it stays
  );
});

describe("when systemd reads its configuration anew", () => {
  onV2(
    "limits stay, changed ones too",
    async (t) => {
      const pid = await start(t, { pids: { limit: 50 }, memory: { limit: 64 * MiB }, cpu: { shares: 512 } });
      const directory = containerCgroup(pid, t.id);
      const files = ["pids.max", "memory.max", "cpu.weight", "cpu.max"];
      await update(t, "--pids-limit", "60", "--cpu-quota", "50000", "--cpu-period", "100000");
      const before = files.map((file) => readCgroup(directory, file));
      expect(before).toEqual(["60", String(64 * MiB), expect.stringMatching(/^[1-9]\d$/), "50000 100000"]);
      succeeded(await systemctl("daemon-reload"));
      expect(files.map((file) => readCgroup(directory, file))).toEqual(before);
    },
    { needs: ["unified:pids", "unified:memory", "unified:cpu", ...untoldNeeds] },
  );

  onV2(
    "device rules stay",
    async (t) => {
      const devices = [
        { allow: false, access: "rwm" },
        { allow: true, type: "c", major: 10, minor: 229, access: "r" },
      ] as const;
      await start(t, { devices: [...devices] });
      const attempts =
        "[ -e /n ] || mknod /n c 10 229; (: </n) && echo r; (: >>/n) && echo w; (: </dev/zero) && echo z";
      expect((await exec(t, attempts)).stdout).toBe("r\nz\n");
      succeeded(await systemctl("daemon-reload"));
      expect((await exec(t, attempts)).stdout).toBe("r\nz\n");
    },
    { needs: ["root", "file:/dev/fuse"] },
  );
});

describe("exec", () => {
  for (const [what, flags] of [
    ["the container's own user", []],
    ["another user", ["--user", "1000:1000"]],
  ] as const)
    onV2(
      `goes to the container's cgroup, wherever it is asked for: ${what}`,
      async (t) => {
        const pid = await start(t);
        const directory = containerCgroup(pid, t.id);
        succeeded(await t.runtime.command(["exec", "--detach", ...flags, t.id, "sleep", "1001"]));
        const members = (readCgroup(directory, "cgroup.procs") ?? "").split("\n");
        expect(members).toContain(String(pid));
        expect(members.length).toBe(2);
      },
      { needs: [...execNeeds, "not-runtime:crun"] }, // it has a cgroup of its own below the unit's
    );

  onV2(
    "goes where the first process is, if that has moved on and handed controllers down",
    async (t) => {
      const steps = [
        "cd /sys/fs/cgroup",
        "mkdir init",
        "echo 1 >init/cgroup.procs",
        "echo +pids >cgroup.subtree_control",
      ];
      const first = await t.startSleeping((config) => {
        config.linux.namespaces.push({ type: "cgroup" });
        const mount = config.mounts.find(({ type }) => type === "cgroup");
        if (mount !== undefined) mount.options = ["nosuid", "noexec", "nodev", "rw"];
        config.process.args = ["sh", "-c", `${steps.join(" && ")} && exec sleep 1000`];
      });
      const directory = containerCgroup(first, t.id);
      await eventually("the controller", () => readCgroup(directory, "cgroup.subtree_control") === "pids");
      expect(succeeded(await exec(t, "cat /proc/self/cgroup")).stdout).toBe("0::/init\n");
    },
    { needs: ["unified:pids", "not-runtime:runc", "not-runtime:crun"] },
  );
});

describe("--rootless", () => {
  scenario(
    "false: an ordinary user asks the system's systemd, which refuses",
    async (t) => {
      const bundle = await t.bundle();
      const words = ["--rootless=false", "create", "--bundle", bundle.path, t.id];
      expectFailure(await t.runtime.command(words), "unable to start unit");
      await t.expectNothingLeft();
    },
    { needs: ["ordinary-user", "not-runtime:crun"] }, // it has no such option
  );

  const directory = "/run/user/0";
  const withBus = { ...cleanEnvironment, XDG_RUNTIME_DIR: directory };

  scenario(
    "true: root asks the systemd of its own user",
    async (t) => {
      succeeded(await runCommand(["systemctl", "start", "user@0.service"]));
      t.defer(async () => {
        succeeded(await runCommand(["systemctl", "stop", "user@0.service"]));
      });
      const bundle = await t.bundle((config) => {
        config.process.args = ["sh", "-c", "cat /proc/self/cgroup"];
        config.linux.cgroupsPath = `:test:${t.id}`;
        config.linux.resources.pids = { limit: 20 };
      });
      const words = ["--rootless=true", "run", "--bundle", bundle.path, t.id];
      const { stdout } = succeeded(await t.runtime.command(words, { env: withBus }));
      expect(stdout.trim().split("\n").at(-1)).toEndWith(`/user@0.service/user.slice/${unitOf(t)}`);
      await t.expectNothingLeft();
    },
    { needs: ["root", "cgroup-v2", "not-runtime:crun"] },
  );

  scenario(
    "true: where root has no systemd of its own, it says so",
    async (t) => {
      mkdirSync(join(t.folder, "empty"));
      const bundle = await t.bundle();
      const env = { ...cleanEnvironment, XDG_RUNTIME_DIR: join(t.folder, "empty") };
      const words = ["--rootless=true", "create", "--bundle", bundle.path, t.id];
      expectFailure(await t.runtime.command(words, { env }), "");
      await t.expectNothingLeft();
    },
    { needs: ["root", "cgroup-v2", "not-runtime:crun"] },
  );

  const needs: readonly Need[] = ["cgroup-v1", "not-runtime:crun"];
  const withSystemd: readonly Need[] = selectedRuntime().kind === "runc" ? ["file:/run/systemd/system"] : [];
  anyDriver(
    "true: on cgroup v1, where a user's systemd has no controllers, it says so",
    async (t) => {
      const bundle = await t.bundle();
      const words = ["--systemd-cgroup", "--rootless=true", "create", "--bundle", bundle.path, t.id];
      expectFailure(await t.runtime.command(words), "cannot use rootless systemd cgroups manager on cgroup v1");
      await t.expectNothingLeft();
    },
    { needs: [...needs, ...withSystemd] },
  );
});
