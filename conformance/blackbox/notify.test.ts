/** A container as a service: readiness passed on to the manager (sd_notify), and sockets passed in (sd_listen_fds). */

import { describe, expect } from "bun:test";
import { closeSync, existsSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, cleanEnvironment, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { ServiceManager } from "../harness/service_manager.ts";

const withProbe = { needs: ["probe"] } as const;

/** A manager, and the environment of a service of its. */
function manage(
  t: Scenario,
  address = join(t.folder, "manager"),
): { manager: ServiceManager; service: CommandOptions } {
  const manager = new ServiceManager(address);
  t.defer(() => manager.close());
  return { manager, service: { env: { ...cleanEnvironment, NOTIFY_SOCKET: address } } };
}

/** A bundle whose process does this and goes on. */
const probing = (t: Scenario, ...actions: string[]) =>
  t.bundle((config) => {
    config.process.args = ["/probe", "do", ...actions, ";", "sleep", "100000"];
  });

/** What a manager gets to hear of a container that is ready. runc has the barrier since 1.2. */
const everything = ["READY=1", "MAINPID=PID", ...(selectedRuntime().kind === "runc" ? [] : ["BARRIER=1"])];

/** Everything that it has heard, once that is all. */
async function heardAll(t: Scenario, manager: ServiceManager): Promise<readonly string[]> {
  await eventually("all that is to be heard", () => manager.heard.length >= everything.length);
  const { pid } = await t.runtime.state(t.id);
  return manager.heard.map((message) => message.replace(String(pid), "PID").trim());
}

describe("readiness", () => {
  scenario(
    "start waits for it, and passes it on with the main process",
    async (t) => {
      const { manager, service } = manage(t);
      const bundle = await probing(t, "sleep", "300", ";", "notify", "READY=1");
      succeeded(await t.runtime.create(t.id, bundle.path, service));
      const started = t.runtime.command(["start", t.id], service);
      expect(await heardAll(t, manager)).toEqual(everything);
      succeeded(await started);
      expect(await t.runtime.status(t.id)).toBe("running");
    },
    { needs: ["probe", "not-runtime:crun"] }, // crun says nothing of the barrier
  );

  scenario(
    "nothing else is passed on",
    async (t) => {
      const { manager, service } = manage(t);
      const words = ["notify", "STATUS=warming up", ";", "notify", "MAINPID=1", ";", "notify", "READY=1\nSTATUS=up"];
      const bundle = await probing(t, ...words);
      succeeded(await t.runtime.create(t.id, bundle.path, service));
      const started = t.runtime.command(["start", t.id], service);
      expect(await heardAll(t, manager)).toEqual(everything);
      succeeded(await started);
    },
    { needs: ["probe", "not-runtime:crun"] },
  );

  scenario(
    "run --detach waits for it too",
    async (t) => {
      const { manager, service } = manage(t);
      const bundle = await probing(t, "notify", "READY=1");
      const ran = t.runtime.run(t.id, bundle.path, { ...service, flags: ["--detach"] });
      await eventually("all that is to be heard", () => manager.heard.length >= everything.length);
      succeeded(await ran);
      expect(await heardAll(t, manager)).toEqual(everything);
    },
    { needs: ["probe", "not-runtime:crun"] },
  );

  scenario(
    "is passed on while run waits in the foreground",
    async (t) => {
      const { manager, service } = manage(t);
      const bundle = await probing(t, "notify", "READY=1");
      const ran = t.runtime.run(t.id, bundle.path, service);
      await eventually("all that is to be heard", () => manager.heard.length >= everything.length);
      expect(await heardAll(t, manager)).toEqual(everything);
      succeeded(await t.runtime.kill(t.id, "KILL"));
      expect((await ran).status).toBe(137);
      await t.expectNothingLeft();
    },
    { needs: ["probe", "not-runtime:runc", "not-runtime:crun"] }, // runc 1.1.5 forwards no signal and knows no end then
  );

  scenario(
    "an abstract socket is reached as well",
    async (t) => {
      const { manager, service } = manage(t, `@${t.id}`);
      const bundle = await probing(t, "notify", "READY=1");
      succeeded(await t.runtime.create(t.id, bundle.path, service));
      const started = t.runtime.command(["start", t.id], service);
      expect(await heardAll(t, manager)).toEqual(everything);
      succeeded(await started);
    },
    { needs: ["probe", "not-runtime:crun"] },
  );

  scenario(
    "any user of the container may tell of it, and sees nothing but the socket",
    async (t) => {
      const { manager, service } = manage(t);
      const bundle = await t.bundle((config) => {
        config.process.user = { uid: 1000, gid: 1000 };
        config.process.args = ["/probe", "do", "list", "/run/notify", ";", "notify", "READY=1", ";", "sleep", "100000"];
      });
      succeeded(await t.runtime.create(t.id, bundle.path, service));
      const started = t.runtime.command(["start", t.id], service);
      expect(await heardAll(t, manager)).toEqual(everything);
      succeeded(await started);
      const mounts = succeeded(await t.runtime.command(["exec", t.id, "cat", "/proc/mounts"])).stdout;
      expect(mounts).toMatch(/ \/run\/notify \S+ ro,nosuid,nodev,noexec/);
    },
    { needs: ["probe", "not-runtime:crun"] },
  );

  scenario(
    "start does not wait for a process that ends without a word",
    async (t) => {
      const { manager, service } = manage(t);
      const bundle = await t.bundle();
      succeeded(await t.runtime.create(t.id, bundle.path, service));
      succeeded(await t.runtime.command(["start", t.id], service));
      expect(manager.heard).toEqual([]);
    },
    withProbe,
  );

  scenario("without a manager there is no socket", async (t) => {
    const script = "test -z $NOTIFY_SOCKET && test ! -e /run/notify && echo none";
    expect(succeeded(await t.sh(script)).stdout).toBe("none\n");
  });

  scenario(
    "the container is deleted with its socket",
    async (t) => {
      const { service } = manage(t);
      const bundle = await t.bundle();
      succeeded(await t.runtime.run(t.id, bundle.path, service));
      expect(existsSync(join(t.runtime.root, t.id))).toBeFalse();
    },
    { needs: ["not-runtime:runc"] }, // run of 1.1.5 waits for ever for a process that ends without a word
  );
});

describe("sockets of the service", () => {
  /** Run in a shell that becomes the runtime, since LISTEN_PID is the runtime's own. */
  async function runWithSockets(
    t: Scenario,
    script: string,
    flags: readonly string[] = [],
    own = "$$",
  ): Promise<string> {
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", script];
    });
    const files = ["one", "two", "three"].map((name) => {
      writeFileSync(join(t.folder, name), `${name}\n`);
      return openSync(join(t.folder, name), "r");
    });
    const line = t.runtime.argv(["run", "--bundle", bundle.path, ...flags, t.id]);
    const { runCommand } = await import("../harness/command.ts");
    const shell = ["sh", "-c", `export LISTEN_FDS=2 LISTEN_PID=${own}; exec "$@"`, "sh", ...line];
    try {
      return succeeded(await runCommand(shell, { descriptors: files })).stdout;
    } finally {
      for (const file of files) closeSync(file);
    }
  }

  const notCrun = { needs: ["not-runtime:crun"] } as const; // crun 1.8.1 does not tell the process of them

  scenario(
    "are the process's, which is told how many",
    async (t) => {
      const script = "echo $LISTEN_FDS $LISTEN_PID; cat <&3; cat <&4; test -e /proc/self/fd/5 || echo no more";
      expect(await runWithSockets(t, script)).toBe("2 1\none\ntwo\nno more\n");
    },
    notCrun,
  );

  scenario(
    "come before those of --preserve-fds",
    async (t) => {
      const script = "echo $LISTEN_FDS; cat <&3; cat <&5";
      expect(await runWithSockets(t, script, ["--preserve-fds", "1"])).toBe("2\none\nthree\n");
    },
    notCrun,
  );

  scenario(
    "are not passed on if they are for another process",
    async (t) => {
      const script = "echo -$LISTEN_FDS-; test -e /proc/self/fd/3 || echo none";
      expect(await runWithSockets(t, script, [], "1")).toBe("--\nnone\n");
    },
    { needs: ["not-runtime:crun"] }, // it does not look
  );
});
