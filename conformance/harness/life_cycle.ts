/** tsrun's two ways to carry out a command, and the states of a container, for tests of the one against the other. */

import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { setCgroup } from "./base_configs.ts";
import type { Bundle } from "./bundle.ts";
import { cgroupDriver } from "./cgroup_place.ts";
import { cleanEnvironment, runCommand, succeeded } from "./command.ts";
import { chooseRuntime, Runtime } from "./runtime.ts";
import type { Scenario } from "./scenario.ts";

/** Without life cycle programs. */
export const withEngine = { env: { ...cleanEnvironment, TSRUN_FAST: "0" } };
/** By life cycle programs, where there are any. */
export const withPrograms = { env: { ...cleanEnvironment, TSRUN_FAST: "1" } };

/** Whether there is one that deletes: units of systemd are the engine's to end. */
export const deletedByProgram = cgroupDriver !== "systemd";

/** What a tsrun without its engine says of all that it cannot do without. */
export const NO_ENGINE = "cannot start the engine";

/** A tsrun without its engine, and the state root of the other. */
export function withoutEngine(t: Scenario): Runtime {
  mkdirSync(join(t.folder, "bin"), { recursive: true });
  const path = join(t.folder, "bin/tsrun");
  copyFileSync(t.runtime.path, path);
  return new Runtime(t.folder, chooseRuntime(path));
}

/** A bundle whose process sleeps, and whose cgroup is named by the container's id. */
export function sleeping(t: Scenario, id = t.id): Promise<Bundle> {
  return t.bundle((config) => {
    config.process.args = ["sleep", "1000"];
    setCgroup(config, id);
  });
}

type Bring = (t: Scenario, id: string) => Promise<void>;

const create: Bring = async (t, id) => {
  succeeded(await t.runtime.create(id, (await sleeping(t, id)).path));
};
const start: Bring = async (t, id) => {
  await create(t, id);
  succeeded(await t.runtime.start(id));
};
const stop: Bring = async (t, id) => {
  await start(t, id);
  succeeded(await t.runtime.kill(id, "KILL"));
  await t.runtime.waitFor(id, "stopped");
};

/** A file of the container in the state root. */
export const fileOf = (t: Scenario, id: string, name: string): string => join(t.runtime.root, id, name);

/** How to bring a new container into a state. */
export const states: Readonly<Record<string, Bring>> = {
  missing: async () => {},
  created: create,
  running: start,
  paused: async (t, id) => {
    await start(t, id);
    succeeded(await t.runtime.command(["pause", id]));
  },
  "created and paused": async (t, id) => {
    await create(t, id);
    succeeded(await t.runtime.command(["pause", id]));
  },
  stopped: stop,
  "stopped while created": async (t, id) => {
    await create(t, id);
    succeeded(await t.runtime.kill(id, "KILL"));
    await t.runtime.waitFor(id, "stopped");
  },
  "killed for want of memory": async (t, id) => {
    const script = "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done";
    const { path } = await t.bundle((config) => {
      config.process.args = ["sh", "-c", script];
      setCgroup(config, id);
      config.linux.resources = { ...config.linux.resources, memory: { limit: 8 << 20, swap: 8 << 20 } };
    });
    succeeded(await t.runtime.run(id, path, { flags: ["--detach"] }));
    await t.runtime.waitFor(id, "stopped", 30_000);
  },
  "half made": async (t, id) => {
    mkdirSync(join(t.runtime.root, id), { recursive: true, mode: 0o711 });
  },
  "with its process's id taken by another": async (t, id) => {
    await start(t, id);
    const { pid = 0 } = await t.runtime.state(id);
    succeeded(await t.runtime.kill(id, "KILL"));
    await t.runtime.waitFor(id, "stopped");
    await takeProcessId(t, pid);
  },
};

/** Those that take root to come about: a cgroup that freezes or limits, a process id of one's choice. */
export const statesOfRoot = [
  "paused",
  "created and paused",
  "killed for want of memory",
  "with its process's id taken by another",
];

/** Start a process that has this id, as the kernel would give it out again some day. */
async function takeProcessId(t: Scenario, pid: number): Promise<void> {
  const ATTEMPTS = 500;
  const script = `i=0; while [ $i -lt ${ATTEMPTS} ]; do i=$((i+1))
    echo ${pid - 1} >/proc/sys/kernel/ns_last_pid
    sleep 1000 >/dev/null 2>&1 &
    [ $! = ${pid} ] && exit 0
    kill $!
  done; exit 1`;
  await until(() => !existsSync(`/proc/${pid}`), "the container's process was gone");
  succeeded(await runCommand(["sh", "-c", script]));
  t.defer(() => {
    process.kill(pid, "SIGKILL");
  });
}

/** Wait for a condition. @throws Error after ten seconds */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`waited in vain until ${what}`);
    await setTimeout(10);
  }
}
