/** ps, events, pause and resume: what a running container does, and letting it wait. */

import { describe, expect } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { runCommand, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const has = { needs: ["not-runtime:crun"] } as const; // its ps takes no options, and it has no events

const ps = async (t: Scenario, ...words: string[]): Promise<string> =>
  succeeded(await t.runtime.command(["ps", ...words])).stdout;

describe("ps", () => {
  for (const flags of [["--format", "json"], ["-f", "json"], ["--format=json"]])
    scenario(`${flags.join(" ")} is a list of numbers`, async (t) => {
      const pid = await t.startSleeping();
      expect(JSON.parse(await ps(t, ...flags, t.id))).toEqual([pid]);
    });

  scenario(
    "prints what ps -ef does, of the container's processes only",
    async (t) => {
      const pid = await t.startSleeping();
      const lines = (await ps(t, t.id)).trimEnd().split("\n");
      expect(lines[0]).toMatch(/^UID\s+PID\s+PPID\s+C\s+STIME\s+TTY\s+TIME\s+CMD$/);
      expect(lines).toHaveLength(2);
      const user = succeeded(await runCommand(["id", "-un"])).stdout.trim();
      expect(lines[1]).toMatch(new RegExp(`^${user}\\s+${pid}\\s.*sleep 1000$`));
    },
    has,
  );

  scenario(
    "takes options for ps behind the id",
    async (t) => {
      const pid = await t.startSleeping();
      expect(await ps(t, t.id, "-o", "pid,comm")).toMatch(new RegExp(`^\\s*PID COMMAND\\n\\s*${pid} sleep\\n$`));
      expectFailure(await t.runtime.command(["ps", t.id, "-o", "comm"]), "PID");
    },
    has,
  );

  scenario("sees processes that joined", async (t) => {
    const first = await t.startSleeping();
    succeeded(await t.runtime.command(["exec", "--detach", t.id, "sleep", "1001"]));
    const pids = JSON.parse(await ps(t, "--format", "json", t.id)) as number[];
    expect(pids).toHaveLength(2);
    expect(pids).toContain(first);
  });

  scenario("of a container that is not there fails", async (t) => {
    const result = await t.runtime.command(["ps", t.id]);
    if (t.runtime.kind === "crun") expect(result.status).not.toBe(0);
    else expectFailure(result, "container does not exist");
  });
});

describe("events", () => {
  scenario(
    "--stats prints one, and what runc's has",
    async (t) => {
      await t.startSleeping();
      const { stdout } = succeeded(await t.runtime.command(["events", "--stats", t.id]));
      expect(stdout.trimEnd().split("\n")).toHaveLength(1);
      const { type, id, data } = JSON.parse(stdout) as { type: string; id: string; data: Record<string, object> };
      expect([type, id]).toEqual(["stats", t.id]);
      expect(data.pids).toHaveProperty("current", 1);
      expect(data.memory).toHaveProperty("usage");
      expect(data.cpu).toHaveProperty("usage");
    },
    has,
  );

  scenario(
    "--interval prints again and again, until the container ends",
    async (t) => {
      await t.startSleeping();
      const watching = t.runtime.command(["events", "--interval", "300ms", t.id]);
      await Bun.sleep(1500);
      succeeded(await t.runtime.kill(t.id, "KILL"));
      const lines = (await watching).stdout.trimEnd().split("\n");
      expect(lines.length).toBeGreaterThan(1);
      for (const line of lines) expect(JSON.parse(line)).toMatchObject({ type: "stats", id: t.id });
    },
    { needs: ["not-runtime:crun", "not-runtime:runc"] }, // runc may end with an error of its own
  );

  scenario(
    "tell of a process that is killed for lack of memory",
    async (t) => {
      await t.startSleeping((config) => {
        config.linux.resources.memory = { limit: 24 << 20 };
      });
      const watching = t.runtime.command(["events", "--interval", "10s", t.id]);
      await Bun.sleep(1000);
      await t.runtime.command(["exec", t.id, "sh", "-c", "head -c 100000000 /dev/zero | tail >/dev/null"]);
      await Bun.sleep(1000);
      succeeded(await t.runtime.kill(t.id, "KILL"));
      expect((await watching).stdout).toContain(`{"type":"oom","id":"${t.id}"`);
    },
    { needs: ["not-runtime:crun", "not-runtime:runc", "controller:memory"] },
  );

  scenario(
    "of a container that has stopped are an error",
    async (t) => {
      await t.startSleeping();
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      expectFailure(await t.runtime.command(["events", "--stats", t.id]), "not running");
    },
    has,
  );
});

describe("pause and resume", () => {
  /** Nothing yet where the container's process has not come so far. */
  const counted = (folder: string): number => {
    const file = `${folder}/count`;
    return existsSync(file) ? readFileSync(file, "utf8").length : 0;
  };

  scenario("the processes wait, and go on", async (t) => {
    let shared = "";
    await t.startSleeping((config) => {
      shared = t.share(config);
      config.process.args = ["sh", "-c", ": >/shared/count; while :; do printf . >>/shared/count; sleep 0.02; done"];
    });
    await eventually("some counts", () => counted(shared) > 2);
    succeeded(await t.runtime.command(["pause", t.id]));
    expect(await t.runtime.status(t.id)).toBe("paused");
    const then = counted(shared);
    await Bun.sleep(300);
    expect(counted(shared)).toBe(then);
    succeeded(await t.runtime.command(["resume", t.id]));
    expect(await t.runtime.status(t.id)).toBe("running");
    await eventually("more counts", () => counted(shared) > then);
  });

  scenario(
    "only what runs is paused, and only what is paused is resumed",
    async (t) => {
      await t.startSleeping();
      expectFailure(await t.runtime.command(["resume", t.id]), "container not paused");
      succeeded(await t.runtime.command(["pause", t.id]));
      expect((await t.runtime.command(["pause", t.id])).status).toBe(1);
      succeeded(await t.runtime.command(["resume", t.id]));
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      expectFailure(await t.runtime.command(["pause", t.id]), "container not running");
    },
    has,
  );

  scenario(
    "a created container that is paused can be killed, and be started once it is resumed",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sleep", "1000"];
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      succeeded(await t.runtime.command(["pause", t.id]));
      expect(await t.runtime.status(t.id)).toBe("paused");
      expectFailure(await t.runtime.start(t.id), "cannot start a container in the paused state");
      succeeded(await t.runtime.command(["resume", t.id]));
      expect(await t.runtime.status(t.id)).toBe("created");
      succeeded(await t.runtime.start(t.id));
      expect(await t.runtime.status(t.id)).toBe("running");
      succeeded(await t.runtime.delete(t.id, "--force"));
      succeeded(await t.runtime.create(t.id, bundle.path));
      succeeded(await t.runtime.command(["pause", t.id]));
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
    },
    has, // crun's start succeeds, and its KILL waits to be thawed
  );
});
