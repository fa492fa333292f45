/** The class of each failure in the JSON log, as docs/errors.md has them. */

import { describe, expect } from "bun:test";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "../harness/base_configs.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const tsrunOnly = { needs: ["not-runtime:runc", "not-runtime:crun"] } as const;

/** The one entry of a command that fails, and its exit status. */
async function failure(t: Scenario, ...words: string[]): Promise<Record<string, unknown>> {
  const log = join(t.folder, "log");
  rmSync(log, { force: true });
  const { status } = await t.runtime.command(["--log", log, "--log-format", "json", ...words]);
  const lines = readFileSync(log, "utf8").trimEnd().split("\n");
  expect(lines).toHaveLength(1);
  return { ...(JSON.parse(lines[0] ?? "") as object), status };
}

async function creating(t: Scenario, patch: (config: TestConfig) => void): Promise<Record<string, unknown>> {
  const { path } = await t.bundle(patch);
  return failure(t, "create", "--bundle", path, t.id);
}

describe("the code of", () => {
  const configs: readonly (readonly [string, (config: TestConfig) => void, object])[] = [
    [
      "a wrong config",
      (c) => {
        c.process.cwd = "tmp";
      },
      { code: "config.invalid" },
    ],
    [
      "a missing command",
      (c) => {
        c.process.args = ["/no/such"];
      },
      { code: "exec.not_found", errno: "ENOENT" },
    ],
    [
      "a directory",
      (c) => {
        c.process.args = ["/bin"];
      },
      { code: "exec.not_executable", pointer: "/process/args/0" },
    ],
    [
      "a failing hook",
      (c) => {
        c.hooks = { createRuntime: [{ path: "/bin/false" }] };
      },
      { code: "hook.failed", pointer: "/hooks/createRuntime/0" },
    ],
    [
      "a limit that the kernel refuses",
      (c) => {
        c.linux.resources.cpu = { cpus: "4000" };
      },
      { code: "cgroup.failed", pointer: "/linux/resources/cpu/cpus" },
    ],
    [
      "a system call",
      (c) => {
        c.mounts.push({ destination: "/x", type: "nosuchfs", source: "x" });
      },
      { code: "system", errno: "ENODEV", syscall: "fsopen" },
    ],
  ];
  for (const [what, patch, expected] of configs)
    scenario(
      what,
      async (t) => {
        expect(await creating(t, patch)).toMatchObject({ level: "error", status: 1, ...expected });
        await t.expectNothingLeft();
      },
      tsrunOnly,
    );

  scenario(
    "a security module that is off",
    async (t) => {
      const expected = { code: "config.unsupported", pointer: "/process/selinuxLabel" };
      const label = "system_u:system_r:container_t:s0";
      expect(
        await creating(t, (c) => {
          c.process.selinuxLabel = label;
        }),
      ).toMatchObject(expected);
      await t.startSleeping();
      expect(await failure(t, "exec", "--process-label", label, t.id, "true")).toMatchObject(expected);
    },
    { needs: ["runtime:tsrun", "no-file:/sys/fs/selinux/enforce"] },
  );

  scenario(
    "an id that is taken, a status that does not allow it, a container that is not there",
    async (t) => {
      expect(await failure(t, "start", t.id)).toMatchObject({ code: "container.not_found", status: 1 });
      await t.startSleeping();
      const { bundle } = await t.runtime.state(t.id);
      expect(await failure(t, "create", "-b", bundle, t.id)).toMatchObject({ code: "container.exists" });
      expect(await failure(t, "start", t.id)).toMatchObject({ code: "container.wrong_status" });
      expect(await failure(t, "delete", t.id)).toMatchObject({ code: "container.wrong_status" });
      expect(await failure(t, "resume", t.id)).toMatchObject({ code: "container.wrong_status" });
      expect(await failure(t, "exec", t.id, "no-such")).toMatchObject({ code: "exec.not_found", status: 255 });
    },
    tsrunOnly,
  );

  scenario(
    "a mistake on the command line",
    async (t) => {
      expect(await failure(t, "kill", t.id, "NOSUCH")).toMatchObject({ code: "usage", status: 1 });
      expect(await failure(t, "nosuch")).toMatchObject({ code: "usage", status: 1 });
    },
    tsrunOnly,
  );

  scenario(
    "a state that cannot be read",
    async (t) => {
      await t.startSleeping();
      const state = join(t.runtime.root, t.id, "state.json");
      const text = readFileSync(state, "utf8");
      rmSync(join(t.runtime.root, t.id, "state.program"));
      writeFileSync(state, "{");
      expect(await failure(t, "state", t.id)).toMatchObject({ code: "state.corrupt" });
      writeFileSync(state, text);
    },
    tsrunOnly,
  );

  scenario(
    "too little memory to begin with",
    async (t) => {
      const entry = await creating(t, (config) => {
        config.linux.resources.memory = { limit: 4096, swap: 4096 };
      });
      // the kernel may refuse so small a limit
      expect(["oom", "cgroup.failed"]).toContain(String(entry.code));
    },
    { needs: [...tsrunOnly.needs, "controller:memory"] },
  );
});
