/** run: the process's standard streams, signals and exit status are the command's own. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { withoutPidNamespace } from "../harness/base_configs.ts";
import { type Result, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { isAlive } from "../harness/leftovers.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

describe("exit status", () => {
  for (const status of [0, 1, 7, 127, 255])
    scenario(`${status} is passed on`, async (t) => {
      expect((await t.sh(`exit ${status}`)).status).toBe(status);
    });

  for (const [name, number] of [
    ["KILL", 9],
    ["TERM", 15],
    ["SEGV", 11],
  ] as const)
    scenario(`death by ${name} gives ${128 + number}`, async (t) => {
      expect((await t.sh(`kill -${name} $$`, withoutPidNamespace)).status).toBe(128 + number);
    });

  scenario("a container killed from outside gives 137", async (t) => {
    const { ended } = await runInBackground(t, "exec sleep 1000");
    succeeded(await t.runtime.kill(t.id, "KILL"));
    expect((await ended).status).toBe(137);
  });
});

/** The exit statuses of containers that run this script one after the other, among the host's processes. */
async function statuses(t: Scenario, count: number, script: string): Promise<(number | null)[]> {
  const bundle = await t.bundle((config) => {
    withoutPidNamespace(config);
    config.process.args = ["sh", "-c", script];
  });
  const all: (number | null)[] = [];
  for (let i = 0; i < count; i++) all.push((await t.runtime.run(t.id, bundle.path)).status);
  return all;
}

/** Run a script in the foreground, wait until the container runs it, and give the runtime's pid and its end. */
async function runInBackground(
  t: Scenario,
  script: string,
  flags: readonly string[] = [],
): Promise<{ ended: Promise<Result>; pid: number; shared: string }> {
  let shared = "";
  let pid = 0;
  const bundle = await t.bundle((config) => {
    shared = t.share(config);
    config.process.args = ["sh", "-c", `: >/shared/ready; ${script}`];
  });
  const onStart = (started: number): void => {
    pid = started;
  };
  const ended = t.runtime.run(t.id, bundle.path, { flags, onStart });
  await eventually("the container", () => existsSync(join(shared, "ready")));
  return { ended, pid, shared };
}

describe("standard streams", () => {
  scenario("output and errors come out where they belong", async (t) => {
    const result = await t.sh("echo out; echo err >&2");
    expect(result.stdout).toBe("out\n");
    expect(result.stderr).toBe("err\n");
  });

  scenario("input reaches the process, its end too", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", "cat; echo end"];
    });
    const text = "line\n".repeat(50_000);
    const result = succeeded(await t.runtime.run(t.id, bundle.path, { stdin: text }));
    expect(result.stdout).toBe(`${text}end\n`);
  });

  scenario("nothing of a long output is lost", async (t) => {
    const result = succeeded(await t.sh("yes 0123456789 | head -c 8000000; echo done >&2"));
    expect(result.stdout).toHaveLength(8_000_000);
    expect(result.stderr).toBe("done\n");
  });

  scenario("a non-root process may open /dev/stdout again", async (t) => {
    const result = await t.sh("echo again >/dev/stdout && echo err >/dev/stderr", (config) => {
      config.process.user = { uid: 1000, gid: 1000 };
    });
    expect(succeeded(result).stdout).toBe("again\n");
    expect(result.stderr).toBe("err\n");
  });
});

describe("signals to the command reach the process", () => {
  scenario("from its very first moment on", async (t) => {
    const shell = "trap 'exit 9' TERM; kill -TERM $PPID; while :; do sleep 0.01; done";
    expect(await statuses(t, 20, shell)).toEqual(new Array(20).fill(9));
  });

  for (const signal of ["TERM", "INT", "HUP", "USR1", "USR2", "QUIT"] as const)
    scenario(signal, async (t) => {
      const script = `trap 'echo got ${signal}; exit 9' ${signal}; : >/shared/trap; while :; do sleep 0.02; done`;
      const { ended, pid, shared } = await runInBackground(t, script);
      await eventually("the trap", () => existsSync(join(shared, "trap")));
      process.kill(pid, `SIG${signal}`);
      const result = await ended;
      expect(result.stdout).toBe(`got ${signal}\n`);
      expect(result.status).toBe(9);
    });
});

scenario(
  "what is about the command itself, its window and urgent data, stays with it",
  async (t) => {
    const script =
      "for s in WINCH URG; do trap \"echo got $s\" $s; done; trap 'exit 9' TERM; : >/shared/trap; " +
      "while :; do sleep 0.02; done";
    const { ended, pid, shared } = await runInBackground(t, script);
    await eventually("the trap", () => existsSync(join(shared, "trap")));
    for (const signal of ["SIGWINCH", "SIGURG", "SIGTERM"]) process.kill(pid, signal);
    expect(await ended).toMatchObject({ stdout: "", status: 9 });
  },
  // Go's own signals are URG, which runc 1.1.5 passes on; crun passes on both
  { needs: ["not-runtime:runc", "not-runtime:crun"] },
);

describe("afterwards", () => {
  scenario("the container is deleted", async (t) => {
    succeeded(await t.sh("true"));
    await t.expectNothingLeft();
  });

  scenario("the container of a process that failed is deleted too", async (t) => {
    expect((await t.sh("sleep 1001 & exit 3")).status).toBe(3);
    await t.expectNothingLeft();
  });

  scenario(
    "--keep keeps it, stopped",
    async (t) => {
      const bundle = await t.bundle();
      succeeded(await t.runtime.run(t.id, bundle.path, { flags: ["--keep"] }));
      expect(await t.runtime.status(t.id)).toBe("stopped");
      succeeded(await t.runtime.delete(t.id));
      await t.expectNothingLeft();
    },
    { needs: ["not-runtime:crun"] },
  ); // 1.8.1 does not have it

  scenario(
    "processes that the first one leaves behind are gone, without a PID namespace too",
    async (t) => {
      succeeded(await t.sh("sleep 1001 & sleep 1002 & exit 0", withoutPidNamespace));
      await t.expectNothingLeft();
    },
    { needs: ["not-runtime:crun"] },
  ); // 1.8.1 waits for them
});

describe("--detach", () => {
  for (const flag of ["--detach", "-d"])
    scenario(`${flag} returns at once, the container runs on`, async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sleep", "1000"];
      });
      const pidFile = join(t.folder, "pid");
      succeeded(await t.runtime.run(t.id, bundle.path, { flags: [flag], pidFile }));
      expect(await t.runtime.status(t.id)).toBe("running");
      expect(isAlive(Number(readFileSync(pidFile, "utf8")))).toBeTrue();
    });
});

describe("failures", () => {
  scenario("a missing command gives 1 and leaves nothing", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["no-such-command"];
    });
    const text = t.runtime.kind === "crun" ? "not found in $PATH" : "executable file not found in $PATH";
    expectFailure(await t.runtime.run(t.id, bundle.path), text);
    await t.expectNothingLeft();
  });

  scenario("an id in use is refused", async (t) => {
    await t.startSleeping();
    const bundle = await t.bundle();
    expectFailure(await t.runtime.run(t.id, bundle.path), "already exists");
    expect(await t.runtime.status(t.id)).toBe("running");
  });

  scenario("the pid file names the process while it runs", async (t) => {
    const pidFile = join(t.folder, "pid");
    const { ended } = await runInBackground(t, "exec sleep 1000", ["--pid-file", pidFile]);
    expect((await t.runtime.state(t.id)).pid).toBe(Number(readFileSync(pidFile, "utf8")));
    succeeded(await t.runtime.kill(t.id, "KILL"));
    await ended;
  });
});
