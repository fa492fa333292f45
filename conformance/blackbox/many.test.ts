/** Many containers, one after another and at once: the machine stays as it was. */

import { describe, expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setCgroup } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { cgroupV1Hierarchies } from "../harness/facilities.ts";
import { scenario } from "../harness/scenario.ts";

/** Counts that a leak would raise. Others work on the machine too, so they are compared only where that is exact. */
function mountCount(token: string): number {
  return readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(token)).length;
}

describe("many containers", () => {
  scenario(
    "200 runs, one after another",
    async (t) => {
      const bundle = await t.bundle();
      for (let i = 0; i < 200; i++) {
        const result = succeeded(await t.runtime.run(`${t.id}-run-${i}`, bundle.path));
        expect(result.stdout + result.stderr).toBe("");
      }
      expect(mountCount(t.id)).toBe(0);
      await t.expectNothingLeft();
      expect(readdirSync(t.runtime.root).filter((name) => name.startsWith(t.id))).toEqual([]);
    },
    { needs: ["fast"], timeout: 240_000 },
  );

  scenario(
    "20 runs at once",
    async (t) => {
      const runs = Array.from({ length: 20 }, async (_, i) => {
        const id = t.newId();
        const bundle = await t.bundle((config) => {
          setCgroup(config, id);
          config.process.args = ["sh", "-c", `sleep 0.2; echo ${i}; exit ${i}`];
        });
        return t.runtime.run(id, bundle.path);
      });
      for (const [i, result] of (await Promise.all(runs)).entries()) {
        expect(result.stdout).toBe(`${i}\n`);
        expect(result.status).toBe(i);
      }
      await t.expectNothingLeft();
    },
    { needs: ["fast"], timeout: 120_000 },
  );

  scenario(
    "20 lives at once, from create to delete",
    async (t) => {
      const lives = Array.from({ length: 20 }, async () => {
        const id = t.newId();
        const bundle = await t.bundle((config) => {
          setCgroup(config, id);
          config.process.args = ["sleep", "1000"];
        });
        succeeded(await t.runtime.create(id, bundle.path));
        succeeded(await t.runtime.start(id));
        expect(await t.runtime.status(id)).toBe("running");
        succeeded(await t.runtime.kill(id, "KILL"));
        await t.runtime.waitFor(id, "stopped");
        succeeded(await t.runtime.delete(id));
      });
      await Promise.all(lives);
      await t.expectNothingLeft();
    },
    { needs: ["fast"], timeout: 120_000 },
  );

  scenario(
    "one id, created by 8 at once: one wins, and the others leave it alone",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sleep", "1000"];
      });
      const results = await Promise.all(Array.from({ length: 8 }, () => t.runtime.create(t.id, bundle.path)));
      expect(results.filter(({ status }) => status === 0)).toHaveLength(1);
      for (const { stderr } of results.filter(({ status }) => status !== 0))
        expect(stderr).toContain("container with given ID already exists");
      expect(await t.runtime.status(t.id)).toBe("created");
      const hierarchy = cgroupV1Hierarchies().get("pids");
      if (hierarchy !== undefined)
        expect(
          readFileSync(join(hierarchy, t.id, "cgroup.procs"), "utf8")
            .trim()
            .split("\n"),
        ).toHaveLength(1);
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] }, // neither locks: the losers may take the winner's cgroup away
  );
});
