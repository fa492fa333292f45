/** What the process runs as, in the kernel's eyes: scheduler, I/O priority, personality, memory policy, affinity, clocks. */

import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { scenario } from "../harness/scenario.ts";

// Debian's runc and crun are older than these parts of the specification.
const needs = ["runtime:tsrun", "probe"] as const;
const SCHED_BATCH = 3;
const IOPRIO_CLASS_SHIFT = 13;

describe("the process", () => {
  scenario(
    "has its scheduler and nice value",
    async (t) => {
      const { scheduler } = await t.probe((config) => {
        config.process.scheduler = { policy: "SCHED_BATCH", nice: 5 };
      });
      expect([scheduler.policy, scheduler.nice]).toEqual([SCHED_BATCH, 5]);
    },
    { needs },
  );

  scenario(
    "has its I/O priority",
    async (t) => {
      const { scheduler } = await t.probe((config) => {
        config.process.ioPriority = { class: "IOPRIO_CLASS_BE", priority: 6 };
      });
      expect(scheduler.ioprio).toBe((2 << IOPRIO_CLASS_SHIFT) + 6);
    },
    { needs },
  );

  scenario(
    "has its personality",
    async (t) => {
      const { stdout } = succeeded(
        await t.sh("uname -m", (config) => {
          config.linux.personality = { domain: "LINUX32" };
        }),
      );
      expect(stdout).toBe("i686\n");
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario(
    "has its memory policy",
    async (t) => {
      const { stdout } = succeeded(
        await t.sh("cat /proc/self/numa_maps", (config) => {
          config.linux.memoryPolicy = { mode: "MPOL_INTERLEAVE", nodes: "0" };
        }),
      );
      expect(stdout).toMatch(/interleave:0/);
    },
    { needs: ["runtime:tsrun", "file:/proc/self/numa_maps"] },
  );

  scenario(
    "that joins runs on the processors of execCPUAffinity",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.execCPUAffinity = { initial: "0", final: "0" };
      });
      const { stdout } = succeeded(
        await t.runtime.command(["exec", t.id, "grep", "Cpus_allowed_list", "/proc/self/status"]),
      );
      expect(stdout).toBe("Cpus_allowed_list:\t0\n");
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario(
    "has clocks with the offsets of its time namespace",
    async (t) => {
      const before = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]);
      const { stdout } = succeeded(
        await t.sh("cat /proc/uptime", (config) => {
          config.linux.namespaces.push({ type: "time" });
          config.linux.timeOffsets = { boottime: { secs: 1_000_000 }, monotonic: { secs: 1_000_000, nanosecs: 5 } };
        }),
      );
      expect(Number(stdout.split(" ")[0])).toBeGreaterThan(before + 999_999);
      expect(Number(stdout.split(" ")[0])).toBeLessThan(before + 1_000_100);
    },
    { needs: ["root", "runtime:tsrun", "file:/proc/self/ns/time"] },
  );
});

describe("a security module that the kernel does not have is told", () => {
  const labels = { apparmorProfile: "a-profile", selinuxLabel: "system_u:system_r:container_t:s0" } as const;
  for (const [key, label] of Object.entries(labels))
    scenario(
      key,
      async (t) => {
        const bundle = await t.bundle((config) => {
          Object.assign(config.process, { [key]: label });
        });
        expectFailure(await t.runtime.create(t.id, bundle.path), [`/process/${key}`]);
        await t.expectNothingLeft();
      },
      { needs: ["runtime:tsrun"] },
    );
});
