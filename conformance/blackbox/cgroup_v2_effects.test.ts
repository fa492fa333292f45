/** Control groups, version 2: limits by what they do to the processes that go beyond them. */

import { describe, expect } from "bun:test";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { DeviceCgroupRule, Resources } from "../../lib/spec/types.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { type Scenario, scenario, scenarioWith } from "../harness/scenario.ts";
import { containerCgroup, readCgroup, readCount } from "../harness/unified_cgroup.ts";

const MiB = 1 << 20;
/** Keeps in memory what it reads. */
const eat = (megabytes: number): string => `head -c ${megabytes}m /dev/zero | tail >/dev/null`;

const limited =
  (resources: Resources) =>
  (config: TestConfig): void => {
    Object.assign(config.linux.resources, resources);
  };

describe("memory", () => {
  const memory = scenarioWith(["cgroup-v2", "unified:memory"]);

  memory("too much of it is the process's end", async (t) => {
    const result = await t.sh(eat(100), limited({ memory: { limit: 24 * MiB, swap: 24 * MiB } }));
    expect(result.status).toBe(137);
    await t.expectNothingLeft();
  });

  memory(
    "what is too much for memory goes to swap, as far as that is allowed",
    async (t) => {
      const [less, more] = [24 * MiB, 120 * MiB];
      const result = await t.sh(`${eat(48)} && echo done`, limited({ memory: { limit: less, swap: more } }));
      expect(succeeded(result).stdout).toBe("done\n");
    },
    { needs: ["swap"] },
  );

  memory(
    "the kernel's kill is told by events",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        limited({ memory: { limit: 24 * MiB, swap: 24 * MiB } })(config);
        config.process.args = ["sh", "-c", `sleep 1; while :; do ${eat(100)}; sleep 1; done`];
      });
      const directory = containerCgroup(pid, t.id);
      const [program = "", ...words] = t.runtime.argv(["events", "--interval", "1000s", t.id]);
      const watcher = spawn(program, words, { stdio: ["ignore", "pipe", "inherit"] });
      t.defer(() => void watcher.kill("SIGKILL"));
      let told = "";
      watcher.stdout.on("data", (chunk: Buffer) => {
        told += chunk.toString();
      });
      await eventually("the event", () => /"type":"oom"/.test(told), 20_000);
      expect(readCount(directory, "memory.events", "oom_kill")).toBeGreaterThan(0);
    },
    { needs: ["not-runtime:crun"] }, // it has no such command
  );

  const survivors = async (t: Scenario, unified: Record<string, string>): Promise<string> => {
    const script = `(${eat(100)}); echo still here`;
    const result = await t.sh(script, limited({ memory: { limit: 24 * MiB, swap: 24 * MiB }, unified }));
    return result.stdout;
  };

  memory("the kernel kills one process of the container", async (t) => {
    expect(await survivors(t, {})).toBe("still here\n");
  });

  memory("or all of it, with memory.oom.group", async (t) => {
    expect(await survivors(t, { "memory.oom.group": "1" })).toBe("");
  });
});

describe("processes", () => {
  const pids = scenarioWith(["cgroup-v2", "unified:pids"]);

  pids("the limit stops a fork", async (t) => {
    const result = await t.sh(
      "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do sleep 30 & done",
      limited({ pids: { limit: 6 } }),
    );
    expect(result.stderr).toContain("fork");
  });

  pids("a loop of forks is held, and goes with the container", async (t) => {
    const pid = await t.startSleeping((config) => {
      limited({ pids: { limit: 12 } })(config);
      config.process.args = ["sh", "-c", "(f() { f & f; }; f) 2>/dev/null & exec sleep 1000"];
    });
    const directory = containerCgroup(pid, t.id);
    await eventually("the limit", () => readCount(directory, "pids.events", "max") > 0, 10_000);
    expect(Number(readCgroup(directory, "pids.current"))).toBeLessThanOrEqual(12);
    succeeded(await t.runtime.delete(t.id, "--force"));
    await t.expectNothingLeft();
  });
});

describe("processors", () => {
  scenario(
    "a busy loop gets its share and no more",
    async (t) => {
      const pid = await t.startSleeping((config) => {
        limited({ cpu: { quota: 10_000, period: 100_000 } })(config);
        config.process.args = ["sh", "-c", "while :; do :; done"];
      });
      const directory = containerCgroup(pid, t.id);
      const used = (): number => readCount(directory, "cpu.stat", "usage_usec");
      const [before, from] = [used(), performance.now()];
      await setTimeout(3000);
      const share = (used() - before) / 1000 / (performance.now() - from);
      // a tenth; but on an emulated processor time comes in lumps
      expect(share).toBeLessThan(0.5);
      await eventually("the loop to be stopped", () => readCount(directory, "cpu.stat", "nr_throttled") > 0);
    },
    { needs: ["cgroup-v2", "unified:cpu"] },
  );

  scenario(
    "the process runs on those of the cpuset",
    async (t) => {
      const probe = await t.probe(limited({ cpu: { cpus: "0" } }));
      expect(probe.scheduler.cpus).toEqual([0]);
    },
    { needs: ["cgroup-v2", "unified:cpuset", "probe"] },
  );
});

describe("block devices", () => {
  scenario(
    "writes are as fast as the limit lets them",
    async (t) => {
      const disk = (await Bun.$`stat -c '%Hd %Ld' ${t.folder}`.text()).trim().split(" ").map(Number);
      const [major = 0, minor = 0] = disk;
      const resources: Resources = { blockIO: { throttleWriteBpsDevice: [{ major, minor, rate: MiB }] } };
      const from = performance.now();
      const write = "dd if=/dev/zero of=/shared/file bs=256k count=8 oflag=direct 2>&1 && rm /shared/file";
      succeeded(
        await t.sh(write, (config) => {
          limited(resources)(config);
          t.share(config);
        }),
      );
      // 2 MiB at 1 MiB a second; the first part goes at once
      expect(performance.now() - from).toBeGreaterThan(1000);
    },
    { needs: ["cgroup-v2", "unified:io", "file:/dev/vda"] },
  );
});

describe("devices", () => {
  /** What the host has for /dev/fuse, which nobody may use unless told otherwise. */
  const fuse = { type: "c", major: 10, minor: 229 } as const;
  const attempts = "r=r; w=w; (: </n) 2>/dev/null || r=-; (: >>/n) 2>/dev/null || w=-; echo $r$w";

  const tried = async (t: Scenario, rules: readonly DeviceCgroupRule[]): Promise<string> => {
    const script = `mknod /n c 10 229 && ${attempts}`;
    return succeeded(await t.sh(script, limited({ devices: [{ allow: false, access: "rwm" }, ...rules] }))).stdout;
  };

  const cases: Readonly<Record<string, readonly [readonly DeviceCgroupRule[], string]>> = {
    "no rule": [[], "--"],
    reading: [[{ allow: true, ...fuse, access: "r" }], "r-"],
    writing: [[{ allow: true, ...fuse, access: "w" }], "-w"],
    both: [[{ allow: true, ...fuse, access: "rwm" }], "rw"],
    "all of its number": [[{ allow: true, type: "c", major: 10, access: "rw" }], "rw"],
    "all of its number but it": [
      [
        { allow: true, type: "c", major: 10, access: "rw" },
        { allow: false, ...fuse, access: "w" },
      ],
      "r-",
    ],
    "block devices of its number": [[{ allow: true, type: "b", major: 10, minor: 229, access: "rw" }], "--"],
    everything: [[{ allow: true, access: "rwm" }], "rw"],
  };
  /** runc finds it too hard to leave one out. */
  const exception = (rules: readonly DeviceCgroupRule[]): readonly Need[] =>
    rules.some(({ allow }) => !allow) ? ["not-runtime:runc"] : [];
  for (const [what, [rules, allowed]] of Object.entries(cases))
    scenario(
      `a device can be used as the rules say: ${what}`,
      async (t) => {
        expect(await tried(t, rules)).toBe(`${allowed}\n`);
      },
      { needs: ["cgroup-v2", "root", "file:/dev/fuse", ...exception(rules)] },
    );

  scenario(
    "those that every container has can be used",
    async (t) => {
      const script =
        "for d in null zero full random urandom tty; do (: <>/dev/$d) 2>&1 | grep -v 'such device'; done; true";
      const rules = [{ allow: false, access: "rwm" }];
      expect(succeeded(await t.sh(script, limited({ devices: rules }))).stdout).toBe("");
    },
    { needs: ["cgroup-v2"] },
  );

  scenario(
    "the rules hold for exec, and after an update",
    async (t) => {
      await t.startSleeping(limited({ devices: [{ allow: false, access: "rwm" }] }));
      const exec = (): ReturnType<typeof t.runtime.command> =>
        t.runtime.command(["exec", t.id, "sh", "-c", `[ -e /n ] || mknod /n c 10 229; ${attempts}`]);
      expect(succeeded(await exec()).stdout).toBe("--\n");
      succeeded(await t.runtime.command(["update", "--pids-limit", "50", t.id]));
      expect(succeeded(await exec()).stdout).toBe("--\n");
    },
    { needs: ["cgroup-v2", "root", "file:/dev/fuse"] },
  );
});

describe("huge pages", () => {
  scenario(
    "more than the limit cannot be had",
    async (t) => {
      const before = succeeded(await t.sh("cat /proc/sys/vm/nr_hugepages")).stdout.trim();
      await Bun.write("/proc/sys/vm/nr_hugepages", "8");
      t.defer(async () => {
        await Bun.write("/proc/sys/vm/nr_hugepages", before);
      });
      const mount = { destination: "/huge", type: "hugetlbfs", source: "hugetlbfs", options: ["pagesize=2M"] };
      const pid = await t.startSleeping((config) => {
        limited({ hugepageLimits: [{ pageSize: "2MB", limit: 4 * MiB }] })(config);
        config.mounts.push(mount);
      });
      const allocate = (pages: number): ReturnType<typeof t.runtime.command> =>
        t.runtime.command(["exec", t.id, "fallocate", "-l", String(pages * 2 * MiB), join("/huge", String(pages))]);
      expect((await allocate(2)).status).toBe(0);
      expect((await allocate(1)).status).not.toBe(0);
      expect(readCount(containerCgroup(pid, t.id), "hugetlb.2MB.events", "max")).toBeGreaterThan(0);
    },
    { needs: ["cgroup-v2", "root", "cgroupfs", "unified:hugetlb"] },
  );
});
