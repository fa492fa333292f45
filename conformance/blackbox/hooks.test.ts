/** Hooks of all kinds: their order and place, what they are told, and what their failure means (config.md, runtime.md). */

import { describe, expect } from "bun:test";
import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Hook, Hooks } from "../../lib/spec/types.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { cleanEnvironment, succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const OUTSIDE = ["prestart", "createRuntime", "poststart", "poststop"] as const;
const INSIDE = ["createContainer", "startContainer"] as const;
type Kind = keyof Hooks;

/** A script on the host that appends a line of what `told` prints to the log. */
function script(t: Scenario, name: string, body: string): Hook {
  const path = join(t.folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return { path, args: [name] };
}

/** Where hooks write, on the host and, bound there, in the container. */
function log(t: Scenario): string {
  const path = join(t.folder, "log");
  if (!existsSync(path)) writeFileSync(path, "", { mode: 0o666 });
  return path;
}

const lines = (t: Scenario): string[] => readFileSync(log(t), "utf8").split("\n").filter(Boolean);

/** The container sees the log at the same place; startContainer hooks are looked up there. */
function bindLog(t: Scenario, config: TestConfig): void {
  config.mounts.push({ destination: "/log", type: "bind", source: log(t), options: ["bind", "rw"] });
}

/** A hook of this kind that tells its name, its state and its namespaces. */
function telling(t: Scenario, kind: Kind): Hook {
  const where = kind === "startContainer" ? "/log" : log(t);
  const body = `state=$(cat); echo "${kind} $state $(readlink /proc/self/ns/mnt)" >>${where}`;
  if (kind === "startContainer") return { path: "/bin/sh", args: ["sh", "-c", body] };
  return script(t, kind, body);
}

interface Told {
  readonly kind: string;
  readonly state: Record<string, unknown>;
  readonly mountNamespace: string;
}

function told(t: Scenario): Told[] {
  return lines(t).map((line) => {
    const [, kind = "", state = "", mountNamespace = ""] = /^(\w+) (\{.*\}) (\S*)$/.exec(line) ?? [];
    return { kind, state: JSON.parse(state) as Record<string, unknown>, mountNamespace };
  });
}

describe("hooks", () => {
  scenario(
    "run in the order of the life cycle, in their namespaces, with the state",
    async (t) => {
      const bundle = await t.bundle((config) => {
        bindLog(t, config);
        config.annotations = { "org.test": "told" };
        config.hooks = Object.fromEntries([...OUTSIDE, ...INSIDE].map((kind) => [kind, [telling(t, kind)]]));
        config.process.args = ["sleep", "1000"];
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      const { pid } = await t.runtime.state(t.id);
      const created = ["prestart", "createRuntime", "createContainer"];
      expect(told(t).map(({ kind }) => kind)).toEqual(created);
      succeeded(await t.runtime.start(t.id));
      expect(told(t).map(({ kind }) => kind)).toEqual([...created, "startContainer", "poststart"]);
      succeeded(await t.runtime.delete(t.id, "--force"));
      const all = told(t);
      expect(all.map(({ kind }) => kind)).toEqual([...created, "startContainer", "poststart", "poststop"]);

      const statuses = all.map(({ state }) => state.status);
      expect(statuses).toEqual(["creating", "creating", "creating", "created", "running", "stopped"]);
      for (const { state } of all)
        expect(state).toMatchObject({ id: t.id, bundle: bundle.path, annotations: { "org.test": "told" } });
      expect(all[0]?.state.pid).toBe(pid);
      expect(all[4]?.state.pid).toBe(pid);
      const own = all[0]?.mountNamespace;
      for (const { kind, mountNamespace } of all) {
        const inside = (INSIDE as readonly string[]).includes(kind);
        if (inside) expect(mountNamespace).not.toBe(own);
        else expect(mountNamespace).toBe(own ?? "");
      }
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  ); // runc 1.1 runs poststart hooks at create; with crun they race with those of startContainer

  scenario("of one kind run one after the other, with their arguments and environment", async (t) => {
    await t.sh("true", (config) => {
      const hook = (name: string): Hook => ({
        ...script(t, name, `echo "$0 $1 $GIVEN $(env | grep -c ^HOME=)" >>${log(t)}`),
        args: [name, "argument"],
        env: ["GIVEN=value", "PATH=/usr/bin:/bin"],
      });
      config.hooks = { prestart: [hook("first"), hook("second")] };
    });
    const [first, second, ...rest] = lines(t);
    expect(rest).toEqual([]);
    expect(first).toMatch(/first argument value 0$/);
    expect(second).toMatch(/second argument value 0$/);
  });

  scenario(
    "without an environment of their own get the caller's, and nothing else",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["true"];
        config.hooks = { prestart: [script(t, "hook", `tr '\\0' '\\n' </proc/$$/environ >>${log(t)}`)] };
      });
      succeeded(await t.runtime.run(t.id, bundle.path, { env: { ...cleanEnvironment, GIVEN: "value" } }));
      const given = Object.entries({ ...cleanEnvironment, GIVEN: "value" }).map(([name, value]) => `${name}=${value}`);
      expect(lines(t).sort()).toEqual(given.sort());
    },
    { needs: ["not-runtime:crun"] },
  ); // crun adds a variable of its own

  for (const kind of [...OUTSIDE, "createContainer"] as const)
    scenario(`of ${kind} make files by the caller's umask`, async (t) => {
      const made = join(t.folder, "made");
      const bundle = await t.bundle((config) => {
        config.process.args = ["true"];
        config.process.user.umask = 0o017;
        config.hooks = { [kind]: [script(t, "hook", `cat >/dev/null; echo >${made}`)] };
      });
      const before = process.umask(0o027);
      try {
        succeeded(await t.runtime.run(t.id, bundle.path));
      } finally {
        process.umask(before);
      }
      expect(statSync(made).mode & 0o777).toBe(0o640);
    });

  scenario(
    "CVE-2025-23266: of createContainer, which are the host's programs, get nothing of the container's environment",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["true"];
        config.process.env = ["PATH=/bin", "LD_PRELOAD=/proc/self/cwd/evil.so"];
        config.hooks = { createContainer: [script(t, "hook", `wc -c </proc/self/environ >>${log(t)}`)] };
      });
      succeeded(await t.runtime.run(t.id, bundle.path));
      expect(lines(t)).toEqual(["0"]);
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  ); // runc 1.1 hands on the container's, crun the caller's

  scenario("of startContainer, which are the container's programs, get its environment", async (t) => {
    await t.sh("true", (config) => {
      bindLog(t, config);
      config.process.env = ["PATH=/bin", "GIVEN=value", "HOME=/root"];
      config.hooks = { startContainer: [{ path: "/bin/sh", args: ["sh", "-c", "env >/log"] }] };
    });
    expect(lines(t)).toEqual(expect.arrayContaining(["PATH=/bin", "GIVEN=value", "HOME=/root"]));
  });

  for (const kind of ["prestart", "createRuntime", "createContainer"] as const)
    scenario(`a failing ${kind} hook ends create, after poststop`, async (t) => {
      const bundle = await t.bundle((config) => {
        config.hooks = {
          [kind]: [script(t, "fails", "cat >/dev/null; echo the reason >&2; exit 3")],
          poststop: [script(t, "poststop", `cat >/dev/null; echo poststop >>${log(t)}`)],
        };
      });
      const { status, stderr } = await t.runtime.create(t.id, bundle.path);
      expect(status).not.toBe(0);
      if (t.runtime.kind === "tsrun") {
        expect(status).toBe(1);
        expect(stderr).toContain(`/hooks/${kind}/0`);
        expect(stderr).toContain("3");
        expect(stderr).toContain("the reason");
        expect(lines(t)).toEqual(["poststop"]);
      }
      await t.expectNothingLeft();
    });

  for (const kind of ["createRuntime", "createContainer"] as const)
    scenario(
      `a ${kind} hook that is not there is named, with the kernel's words`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          config.hooks = { [kind]: [{ path: "/no/such/hook" }] };
        });
        expectFailure(await t.runtime.create(t.id, bundle.path), ["/no/such/hook", "no such file or directory"]);
        await t.expectNothingLeft();
      },
      { needs: ["not-runtime:crun"] }, // 1.8.1 does not name it
    );

  scenario("a failing startContainer hook ends start", async (t) => {
    const bundle = await t.bundle((config) => {
      config.hooks = { startContainer: [{ path: "/bin/sh", args: ["sh", "-c", "exit 4"] }] };
      config.process.args = ["sleep", "1000"];
    });
    succeeded(await t.runtime.create(t.id, bundle.path));
    const { status, stderr } = await t.runtime.start(t.id);
    if (t.runtime.kind === "tsrun") {
      expect(status).toBe(1);
      expect(stderr).toContain("/hooks/startContainer/0");
      expect(await t.runtime.status(t.id)).toBe("stopped");
    }
    await t.runtime.waitFor(t.id, "stopped");
  });

  scenario(
    "a failing poststart hook ends the container",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.hooks = { poststart: [script(t, "fails", "cat >/dev/null; exit 5")] };
        config.process.args = ["sleep", "1000"];
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      expect((await t.runtime.start(t.id)).status).toBe(1);
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  ); // runc: the same; crun 1.8 goes on

  scenario(
    "a failing poststop hook does not keep the others, nor the deletion",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.hooks = {
          poststop: [
            script(t, "fails", "cat >/dev/null; exit 6"),
            script(t, "runs", `cat >/dev/null; echo second >>${log(t)}`),
          ],
        };
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      succeeded(await t.runtime.delete(t.id, "--force"));
      expect(lines(t)).toEqual(["second"]);
    },
    { needs: ["not-runtime:runc"] },
  ); // runc 1.1 stops at the first that fails

  scenario("that take longer than their timeout are killed", async (t) => {
    const bundle = await t.bundle((config) => {
      config.hooks = { prestart: [{ ...script(t, "slow", "exec sleep 600"), timeout: 1 }] };
    });
    const started = Date.now();
    const { status, stderr } = await t.runtime.create(t.id, bundle.path);
    expect(status).toBe(1);
    expect(Date.now() - started).toBeLessThan(20_000);
    if (t.runtime.kind === "tsrun") expect(stderr).toContain("/hooks/prestart/0");
  });

  scenario("poststop comes at the end of a foreground run", async (t) => {
    succeeded(
      await t.sh("true", (config) => {
        config.hooks = { poststop: [script(t, "poststop", `cat >/dev/null; echo poststop >>${log(t)}`)] };
      }),
    );
    expect(lines(t)).toEqual(["poststop"]);
  });
});
