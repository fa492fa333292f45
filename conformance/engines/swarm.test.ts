/** Docker's Swarm mode runs services with the runtime under test. */

import { expect } from "bun:test";
import { type CommandOptions, type Result, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { Docker, dockerNeeds, type Inspected, image } from "./docker.ts";
import { type Engine, engineSuite } from "./engine_suite.ts";

/** Runs until it is asked to end. */
const untilAsked = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.2; done"];
const patience = 40_000;
const slow = { timeout: 110_000 } as const;

/** A swarm of one node; its services are the containers. */
class Swarm implements Engine {
  readonly engine: Docker;

  private constructor(engine: Docker) {
    this.engine = engine;
  }

  /** Start the daemon, and make its swarm. */
  static async start(parent: string, cgroup: string, runtime: string): Promise<Swarm> {
    const swarm = new Swarm(await Docker.start(parent, cgroup, runtime));
    succeeded(await swarm.docker(["swarm", "init", "--advertise-addr=127.0.0.1", "--listen-addr=127.0.0.1:2377"]));
    return swarm;
  }

  docker(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    return this.engine.docker(args, options);
  }

  /** Make a service; `command` is what its tasks run. */
  async service(name: string, flags: readonly string[], command: readonly string[] = untilAsked): Promise<void> {
    const base = ["service", "create", "--detach", "--no-resolve-image", "--name", name];
    succeeded(await this.docker([...base, ...flags, image, ...command]));
  }

  async update(name: string, ...flags: readonly string[]): Promise<void> {
    succeeded(await this.docker(["service", "update", "--detach", "--no-resolve-image", ...flags, name]));
  }

  /** The running containers of a service. */
  async containers(name: string): Promise<Inspected[]> {
    const list = ["ps", "--quiet", "--filter", `label=com.docker.swarm.service.name=${name}`];
    const ids = succeeded(await this.docker(list))
      .stdout.split("\n")
      .filter(Boolean);
    return ids.length === 0 ? [] : (JSON.parse((await this.docker(["inspect", ...ids])).stdout) as Inspected[]);
  }

  /** How many replicas run, and how many there should be. */
  async replicas(name: string): Promise<string> {
    const list = ["service", "ls", "--filter", `name=${name}`, "--format", "{{.Replicas}}"];
    return succeeded(await this.docker(list)).stdout.trim();
  }

  async settled(name: string, replicas: string): Promise<void> {
    await eventually(`${name} ${replicas}`, async () => (await this.replicas(name)) === replicas, patience);
  }

  async reset(): Promise<void> {
    const names = succeeded(await this.docker(["service", "ls", "--quiet"]))
      .stdout.split("\n")
      .filter(Boolean);
    if (names.length > 0) succeeded(await this.docker(["service", "rm", ...names]));
    await eventually("no task", async () => (await this.docker(["ps", "-q"])).stdout === "", patience);
    await this.engine.reset();
  }

  async stop(): Promise<void> {
    await this.docker(["swarm", "leave", "--force"]);
    await this.engine.stop();
  }
}

engineSuite(
  "swarm",
  [...dockerNeeds, "not-runtime:crun"], // for crun see docker.test.ts
  (t) => Swarm.start(t.folder, t.id, t.runtime.path),
  (test) => {
    test(
      "a service of three replicas, scaled to ten and back",
      async (swarm) => {
        await swarm.service("web", ["--replicas=3", "--network=host"]);
        await swarm.settled("web", "3/3");
        for (const { HostConfig } of await swarm.containers("web")) expect(HostConfig.Runtime).toBe("tsrun");
        succeeded(await swarm.docker(["service", "scale", "--detach", "web=10"]));
        await swarm.settled("web", "10/10");
        expect(await swarm.containers("web")).toHaveLength(10);
        succeeded(await swarm.docker(["service", "scale", "--detach", "web=3"]));
        await eventually("three containers", async () => (await swarm.containers("web")).length === 3, patience);
      },
      slow,
    );

    test(
      "a rolling update replaces one task after the other",
      async (swarm) => {
        await swarm.service("web", ["--replicas=3", "--network=host", "--update-order=start-first", "--env=VERSION=1"]);
        await swarm.settled("web", "3/3");
        const before = (await swarm.containers("web")).map(({ Id }) => Id);
        await swarm.update("web", "--env-add=VERSION=2", "--update-monitor=200ms");
        const fewest: number[] = [];
        await eventually(
          "the end of the update",
          async () => {
            fewest.push((await swarm.containers("web")).length);
            const state = ["service", "inspect", "--format", "{{.UpdateStatus.State}}", "web"];
            return succeeded(await swarm.docker(state)).stdout === "completed\n";
          },
          patience,
        );
        expect(Math.min(...fewest)).toBeGreaterThanOrEqual(3);
        await eventually("three containers", async () => (await swarm.containers("web")).length === 3, patience);
        for (const { Id, Config } of await swarm.containers("web")) {
          expect(before).not.toContain(Id);
          expect(Config.Env).toContain("VERSION=2");
        }
      },
      slow,
    );

    test(
      "an update whose tasks cannot start is rolled back",
      async (swarm) => {
        await swarm.service("web", ["--replicas=2", "--network=host", "--update-failure-action=rollback"]);
        await swarm.settled("web", "2/2");
        await swarm.update("web", "--args=no-such-command", "--update-monitor=5s", "--restart-condition=none");
        const state = async (): Promise<string> =>
          succeeded(await swarm.docker(["service", "inspect", "--format", "{{.UpdateStatus.State}}", "web"])).stdout;
        await eventually("the rollback", async () => (await state()) === "rollback_completed\n", patience);
        const errors = await swarm.docker(["service", "ps", "--no-trunc", "--format", "{{.Error}}", "web"]);
        expect(errors.stdout).toContain("executable file not found in $PATH");
        await swarm.settled("web", "2/2");
      },
      slow,
    );

    test(
      "a killed task is replaced",
      async (swarm) => {
        await swarm.service("web", ["--replicas=2", "--network=host", "--restart-delay=0s"]);
        await swarm.settled("web", "2/2");
        const [victim, other] = await swarm.containers("web");
        process.kill(victim?.State.Pid ?? 0, "SIGKILL");
        await eventually(
          "another container",
          async () => {
            const ids = (await swarm.containers("web")).map(({ Id }) => Id);
            return ids.length === 2 && ids.includes(other?.Id ?? "") && !ids.includes(victim?.Id ?? "");
          },
          patience,
        );
      },
      slow,
    );

    test(
      "an overlay network: every task is found by name, and answers",
      async (swarm) => {
        succeeded(await swarm.docker(["network", "create", "--driver=overlay", "--attachable", "overlay"]));
        const serve = ["sh", "-c", "mkdir /site; hostname > /site/index.html; exec httpd -f -p 8080 -h /site"];
        await swarm.service("web", ["--replicas=3", "--network=overlay"], serve);
        await swarm.settled("web", "3/3");
        const flags = ["--network=overlay"];
        let addresses: string[] = [];
        await eventually("three addresses", async () => {
          addresses = await swarm.engine.lookUp("tasks.web", flags);
          return addresses.length === 3;
        });
        const get = addresses.map((address) => `wget -qO- http://${address}:8080/`).join("; ");
        const names = (await swarm.engine.output(flags, ["sh", "-c", get])).trim().split("\n");
        const hosts = (await swarm.containers("web")).map(({ Config }) => Config.Hostname);
        expect(names.toSorted()).toEqual(hosts.toSorted());
        await swarm.reset();
        await eventually(
          "the network's removal",
          async () => (await swarm.docker(["network", "rm", "overlay"])).status === 0,
          patience,
        );
      },
      slow,
    );

    test(
      "secrets, configs, limits and users of a service",
      async (swarm) => {
        succeeded(await swarm.docker(["secret", "create", "word", "-"], { stdin: "secret" }));
        succeeded(await swarm.docker(["config", "create", "setting", "-"], { stdin: "config" }));
        const flags = ["--secret=source=word,mode=0440,uid=1000", "--config=source=setting,target=/setting"];
        const more = [
          "--limit-memory=32m",
          "--user=alice",
          "--read-only",
          "--network=host",
          "--restart-condition=none",
        ];
        const script = "cat /run/secrets/word /setting; id -un; grep -c ' / overlay ro' /proc/mounts";
        await swarm.service("one", [...flags, ...more], ["sh", "-c", script]);
        const logs = async (): Promise<string> => (await swarm.docker(["service", "logs", "--raw", "one"])).stdout;
        await eventually("the output", async () => (await logs()) === "secretconfigalice\n1\n", patience);
        await swarm.reset();
        succeeded(await swarm.docker(["secret", "rm", "word"]));
        succeeded(await swarm.docker(["config", "rm", "setting"]));
      },
      slow,
    );

    test(
      "a job's tasks run to their end, two at a time",
      async (swarm) => {
        const job = ["--mode=replicated-job", "--replicas=4", "--max-concurrent=2", "--network=host"];
        await swarm.service("job", job, ["sh", "-c", "exit 0"]);
        await swarm.settled("job", "0/2 (4/4 completed)");
      },
      slow,
    );
  },
);
