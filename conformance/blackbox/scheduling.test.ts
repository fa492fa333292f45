/** What the process runs as, in the kernel's eyes: scheduler, I/O priority, personality, memory policy, affinity, clocks. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { MemoryPolicy } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
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

  // how the kernel shows them in numa_maps
  const policies: readonly [MemoryPolicy, shown: string, ...more: `kernel:${number}.${number}`[]][] = [
    [{ mode: "MPOL_DEFAULT" }, "default"],
    [{ mode: "MPOL_LOCAL" }, "local"],
    [{ mode: "MPOL_BIND", nodes: "0" }, "bind:0"],
    [{ mode: "MPOL_INTERLEAVE", nodes: "0" }, "interleave:0"],
    [{ mode: "MPOL_PREFERRED", nodes: "0" }, "prefer:0"],
    [{ mode: "MPOL_PREFERRED" }, "local"],
    [{ mode: "MPOL_PREFERRED_MANY", nodes: "0" }, "prefer (many):0", "kernel:5.15"],
    [{ mode: "MPOL_WEIGHTED_INTERLEAVE", nodes: "0" }, "weighted interleave:0", "kernel:6.9"],
    [{ mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_STATIC_NODES"] }, "bind=static:0"],
    [{ mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_RELATIVE_NODES"] }, "bind=relative:0"],
    [{ mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_NUMA_BALANCING"] }, "bind", "kernel:5.12"],
    [{ mode: "MPOL_BIND", nodes: "0-1023" }, "bind:0"],
  ];
  for (const [policy, shown, ...more] of policies)
    scenario(
      `has its memory policy, and so has one that joins: ${JSON.stringify(policy)}`,
      async (t) => {
        const show = ["sh", "-c", "head -n 1 /proc/self/numa_maps"];
        await t.startSleeping((config) => {
          t.share(config);
          config.linux.memoryPolicy = policy;
          config.process.args = ["sh", "-c", `${show[2]} >/shared/maps; exec sleep 1000`];
        });
        const maps = join(t.folder, "shared/maps");
        await eventually("the process's maps", () => existsSync(maps) && readFileSync(maps, "utf8").endsWith("\n"));
        const joined = succeeded(await t.runtime.command(["exec", t.id, ...show])).stdout;
        for (const line of [readFileSync(maps, "utf8"), joined]) expect(line.replace(/^\w+ /, "")).toStartWith(shown);
      },
      { needs: ["runtime:tsrun", "file:/proc/self/numa_maps", ...more] },
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

  scenario(
    "mountLabel",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.linux.mountLabel = "system_u:object_r:container_file_t:s0";
      });
      const result = await t.runtime.create(t.id, bundle.path);
      expectFailure(result, t.runtime.kind === "tsrun" ? "/linux/mountLabel: SELinux is not enabled" : "");
      await t.expectNothingLeft();
    },
    { needs: ["no-file:/sys/fs/selinux/enforce", "not-runtime:crun"] }, // crun passes over it
  );
});
