/** kill: every spelling of a signal, and whom it reaches. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setCgroup, withoutPidNamespace } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { isAlive } from "../harness/leftovers.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

/** Start a container whose process notes each of these signals; the result reads what it got so far. */
async function startNoting(t: Scenario, signals: readonly (string | number)[]): Promise<() => string[]> {
  let shared = "";
  const traps = signals.map((signal) => `trap 'echo ${signal} >>/shared/got' ${signal}`).join("; ");
  await t.startSleeping((config) => {
    shared = t.share(config);
    config.process.args = ["sh", "-c", `${traps}; : >/shared/ready; while :; do sleep 0.02; done`];
  });
  await eventually("the traps", () => existsSync(join(shared, "ready")));
  const got = join(shared, "got");
  return () => (existsSync(got) ? readFileSync(got, "utf8").split("\n").slice(0, -1) : []);
}

describe("signals", () => {
  scenario("the default is TERM", async (t) => {
    const got = await startNoting(t, ["TERM", "INT"]);
    succeeded(await t.runtime.kill(t.id));
    await eventually("the signal", () => got().length > 0);
    expect(got()).toEqual(["TERM"]);
  });

  scenario(
    "an empty one is the default, as of a script whose variable is not set",
    async (t) => {
      const got = await startNoting(t, ["TERM", "INT"]);
      succeeded(await t.runtime.kill(t.id, ""));
      await eventually("the signal", () => got().length > 0);
      expect(got()).toEqual(["TERM"]);
    },
    { needs: ["not-runtime:crun"] }, // 1.8.1 takes it for 0
  );

  const spellings = [
    ["USR1", ["USR1", "SIGUSR1", "usr1", "sigusr1", "SigUsr1", "10"]],
    ["HUP", ["HUP", "1"]],
    ["WINCH", ["WINCH", "28"]],
    ["CHLD", ["SIGCHLD", "17"]],
  ] as const;
  for (const [signal, forms] of spellings)
    scenario(`${signal} as ${forms.join(", ")}`, async (t) => {
      const got = await startNoting(t, [signal]);
      // crun 1.8.1 takes what it does not know, lower case included, for 0
      const known = t.runtime.kind === "crun" ? forms.filter((form) => !/[a-z]/.test(form)) : forms;
      for (const [i, form] of known.entries()) {
        succeeded(await t.runtime.kill(t.id, form));
        await eventually(`the signal ${form}`, () => got().length > i);
      }
    });

  scenario(
    "signal 0 only checks",
    async (t) => {
      await t.startSleeping();
      succeeded(await t.runtime.kill(t.id, "0"));
      expect(await t.runtime.status(t.id)).toBe("running");
    },
    { needs: ["not-runtime:crun"] },
  ); // crun 1.8.1 does not know it

  for (const wrong of ["FOO", "SIGFOO", "65536", "1x", "SIG"])
    scenario(
      `${JSON.stringify(wrong)} is refused`,
      async (t) => {
        await t.startSleeping();
        const result = await t.runtime.kill(t.id, wrong);
        expect(result.status).toBe(1);
        expect(result.stderr).not.toBe("");
        expect(await t.runtime.status(t.id)).toBe("running");
      },
      { needs: ["not-runtime:crun"] },
    );
});

describe("KILL", () => {
  scenario("stops a running container and all in its PID namespace", async (t) => {
    const pid = await t.startSleeping((config) => {
      config.process.args = ["sh", "-c", "sleep 1001 & exec sleep 1000"];
    });
    succeeded(await t.runtime.kill(t.id, "SIGKILL"));
    await t.runtime.waitFor(t.id, "stopped");
    expect(isAlive(pid)).toBeFalse();
    succeeded(await t.runtime.delete(t.id));
    await t.expectNothingLeft();
  });

  scenario("stops a created container", async (t) => {
    const bundle = await t.bundle();
    succeeded(await t.runtime.create(t.id, bundle.path));
    succeeded(await t.runtime.kill(t.id, "9"));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await t.runtime.delete(t.id));
    await t.expectNothingLeft();
  });
});

describe("--all", () => {
  for (const flag of ["--all", "-a"])
    scenario(`${flag} KILL reaches every process of a container without a PID namespace`, async (t) => {
      await t.startSleeping((config) => {
        withoutPidNamespace(config);
        config.process.args = ["sh", "-c", "sleep 1001 & sleep 1002 & exec sleep 1000"];
      });
      succeeded(await t.runtime.command(["kill", flag, t.id, "KILL"]));
      await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.delete(t.id));
      await t.expectNothingLeft();
    });

  scenario(
    "of a stopped container succeeds",
    async (t) => {
      await t.startSleeping();
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.command(["kill", "--all", t.id, "KILL"]));
    },
    { needs: ["not-runtime:crun"] }, // it fails, the cgroup being gone
  );
});

describe("--regex", () => {
  const likeCrun = { needs: ["not-runtime:runc"] } as const;
  const detached = { flags: ["--detach"] } as const;

  scenario(
    "signals every container whose id matches, and passes over those that cannot be",
    async (t) => {
      const ids = [t.newId(), t.newId(), t.newId()];
      const bundles = await Promise.all(
        ids.map((id) =>
          t.bundle((config) => {
            config.process.args = ["sleep", "1000"];
            setCgroup(config, id);
          }),
        ),
      );
      for (const [i, id] of ids.entries()) succeeded(await t.runtime.run(id, bundles[i]?.path ?? "", detached));
      const [one = "", two = "", three = ""] = ids;
      succeeded(await t.runtime.command(["kill", "--regex", `^${t.id}-[12]$`, "KILL"]));
      for (const id of [one, two]) await t.runtime.waitFor(id, "stopped");
      expect(await t.runtime.status(three)).toBe("running");
      const result = await t.runtime.command(["delete", "-r", t.id]);
      expect(result.status).toBe(0);
      expect(result.stderr).not.toBe(""); // the third runs
      const list = await t.runtime.command(["list", "-q"]);
      expect(list.stdout.trim()).toBe(three);
      succeeded(await t.runtime.command(["delete", "--force", "--regex", "."]));
      expect((await t.runtime.command(["list", "-q"])).stdout).toBe("");
      succeeded(await t.runtime.command(["kill", "-r", "nothing matches", "KILL"]));
    },
    likeCrun,
  );

  scenario(
    "is an extended one: classes, alternatives, counts",
    async (t) => {
      await t.startSleeping();
      const random = t.id.slice("ct-".length);
      const classes = [...random].map((letter) => (/\d/.test(letter) ? "[[:digit:]]" : "[[:alpha:]]")).join("");
      for (const missing of [`^(a|b)-${classes}$`, "[[:upper:]]", "^c{2}t"]) {
        succeeded(await t.runtime.command(["kill", "--regex", missing, "KILL"]));
        expect(await t.runtime.status(t.id)).toBe("running");
      }
      succeeded(await t.runtime.command(["kill", "--regex", `^(ct|other){1}-${classes}$`, "KILL"]));
      await t.runtime.waitFor(t.id, "stopped");
    },
    likeCrun,
  );

  scenario(
    "that is none is refused",
    async (t) => {
      expectFailure(await t.runtime.command(["kill", "--regex", "[", "KILL"]), "regular expression");
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  );
});
