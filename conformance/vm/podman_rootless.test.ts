/**
 * Podman of an ordinary user as a distribution sets one up: with ids to lend, and a systemd of its own that makes the
 * cgroups where CGROUP_DRIVER says so.
 */

import { expect } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, engineSuite } from "../engines/engine_suite.ts";
import { snippet } from "../engines/page.ts";
import { makeRootfs } from "../harness/bundle.ts";
import { cgroupDriver } from "../harness/cgroup_place.ts";
import { type CommandOptions, cleanEnvironment, type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";

const image = "localhost/busybox:test";

class UserPodman implements Engine {
  readonly folder: string;
  readonly #environment: Readonly<Record<string, string>>;

  private constructor(folder: string) {
    this.folder = folder;
    this.#environment = { ...cleanEnvironment, HOME: folder, CONTAINERS_CONF: join(folder, "containers.conf") };
  }

  static async start(parent: string, runtime: string): Promise<UserPodman> {
    const podman = new UserPodman(join(parent, "home"));
    mkdirSync(podman.folder);
    writeFileSync(join(podman.folder, "containers.conf"), snippet("Podman and Buildah", "toml", runtime));
    await makeRootfs(join(parent, "rootfs"));
    const tar = join(podman.folder, "rootfs.tar");
    succeeded(await runCommand(["tar", "-C", join(parent, "rootfs"), "--owner=0", "--group=0", "-cf", tar, "."]));
    succeeded(await podman.podman(["import", tar, image]));
    return podman;
  }

  podman(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const places = [`--root=${this.folder}/root`, `--runroot=${this.folder}/run`, `--tmpdir=${this.folder}/tmp`];
    const manager = cgroupDriver === "systemd" ? "systemd" : "cgroupfs";
    const flags = ["--storage-driver=vfs", `--cgroup-manager=${manager}`, "--events-backend=file"];
    const env = this.#environment;
    return runCommand(["podman", ...places, ...flags, ...args], { cwd: this.folder, env, timeout: 60_000, ...options });
  }

  run(flags: readonly string[], command: readonly string[]): Promise<Result> {
    const network = flags.some((flag) => /^--(network|pod)/.test(flag)) ? [] : ["--network=none"];
    return this.podman(["run", ...network, ...flags, image, ...command]);
  }

  /** The output of a container that is gone afterwards. */
  async output(flags: readonly string[], script: string): Promise<string> {
    return succeeded(await this.run(["--rm", ...flags], ["sh", "-c", script])).stdout;
  }

  async detached(name: string, flags: readonly string[], script: string): Promise<void> {
    succeeded(await this.run(["--detach", `--name=${name}`, ...flags], ["sh", "-c", script]));
  }

  async reset(): Promise<void> {
    succeeded(await this.podman(["pod", "rm", "--all", "--force", "--time=0"]));
    succeeded(await this.podman(["rm", "--all", "--force", "--time=0", "--volumes"]));
  }

  /** End the process that keeps Podman's user namespace, and remove what belongs to the lent ids. */
  async stop(): Promise<void> {
    succeeded(await this.podman(["unshare", "rm", "-rf", `${this.folder}/root`, `${this.folder}/run`]));
    await this.podman(["system", "migrate"]);
  }
}

const needs: readonly Need[] = ["ordinary-user", "tool:podman", "tool:conmon", "cgroup-v2"];

engineSuite(
  "podman of a user with ids to lend",
  needs,
  (t) => UserPodman.start(t.folder, t.runtime.path),
  (test) => {
    test("run: users inside are ids that are lent", async (podman) => {
      expect(await podman.output([], "id -u; cut -c1-22 /proc/self/uid_map")).toMatch(/^0\n\s*0\s+1000\s+1\s+100000\s/);
      expect(await podman.output(["--user=1000:1000"], "id -u; stat -Lc %u /proc/self")).toBe("1000\n1000\n");
      expect((await podman.run(["--rm"], ["sh", "-c", "exit 7"])).status).toBe(7);
      expectFailure(await podman.run(["--rm"], ["no-such-command"]), "executable file not found in $PATH", 127);
    });

    test("run: the user's own id, the host's network, processes and cgroups", async (podman) => {
      expect(await podman.output(["--userns=keep-id"], "id -u")).toBe("1000\n");
      expect(await podman.output(["--network=host"], "ls /sys/class/net | head -1")).toBe("lo\n");
      expect(await podman.output(["--pid=host"], "cat /proc/1/comm")).toBe("systemd\n");
      expect(await podman.output(["--privileged", "--cgroupns=host"], "id -u")).toBe("0\n");
    });

    test(
      "run: limits",
      async (podman) => {
        const read = "cd /sys/fs/cgroup; cat pids.max memory.max cpu.max";
        const flags = ["--pids-limit=20", "--memory=64m", "--cpus=0.5"];
        expect(await podman.output(flags, read)).toBe(`20\n${64 << 20}\n50000 100000\n`);
        const eat = "head -c 200m /dev/zero | tail >/dev/null";
        const result = await podman.run(["--rm", "--memory=24m", "--memory-swap=24m"], ["sh", "-c", `exec ${eat}`]);
        expect(result.status).not.toBe(0);
      },
      { needs: ["systemd"] },
    );

    test("exec, logs, stop and kill", async (podman) => {
      await podman.detached("one", [], "trap 'echo asked; exit 5' TERM; while :; do sleep 0.1; done");
      expect(succeeded(await podman.podman(["exec", "one", "id", "-u"])).stdout).toBe("0\n");
      expect((await podman.podman(["exec", "--user=1000", "one", "sh", "-c", "exit $(($(id -u) - 996))"])).status).toBe(
        4,
      );
      succeeded(await podman.podman(["stop", "one"]));
      expect(succeeded(await podman.podman(["logs", "one"])).stdout).toBe("asked\n");
      expect(succeeded(await podman.podman(["wait", "one"])).stdout).toBe("5\n");
    });

    test(
      "pause, update of nothing, statistics",
      async (podman) => {
        await podman.detached("one", [], "sleep 1000");
        succeeded(await podman.podman(["pause", "one"]));
        expectFailure(await podman.podman(["exec", "one", "true"]), "on running containers", 255);
        succeeded(await podman.podman(["unpause", "one"]));
        const stats = await podman.podman(["stats", "--no-stream", "--format={{.PIDS}}", "one"]);
        expect(succeeded(stats).stdout).toBe("1\n");
      },
      { needs: ["systemd"] },
    );

    test("a pod shares its network", async (podman) => {
      succeeded(await podman.podman(["pod", "create", "--name=together", "--network=none"]));
      const serve = "mkdir /site; echo page > /site/index.html; exec httpd -f -p 127.0.0.1:8080 -h /site";
      await podman.detached("server", ["--pod=together"], serve);
      const page = async (): Promise<string> =>
        (await podman.run(["--rm", "--pod=together"], ["wget", "-qO-", "http://127.0.0.1:8080/"])).stdout;
      await eventually("the page", async () => (await page()) === "page\n", 20_000);
    });

    test("a health check", async (podman) => {
      await podman.detached("one", ["--health-cmd=test -e /healthy", "--health-interval=disable"], "sleep 1000");
      expect((await podman.podman(["healthcheck", "run", "one"])).status).toBe(1);
      succeeded(await podman.podman(["exec", "one", "touch", "/healthy"]));
      succeeded(await podman.podman(["healthcheck", "run", "one"]));
    });

    test("build", async (podman) => {
      const context = join(podman.folder, "context");
      mkdirSync(context);
      writeFileSync(join(context, "Containerfile"), `FROM ${image}\nRUN id -u >/made && chown 7:8 /made\n`);
      const flags = ["--network=none", "--isolation=oci", "--tag=localhost/built:test"];
      succeeded(await podman.podman(["build", ...flags, context]));
      const look = [
        "run",
        "--rm",
        "--network=none",
        "localhost/built:test",
        "sh",
        "-c",
        "cat /made; stat -c %u:%g /made",
      ];
      expect(succeeded(await podman.podman(look)).stdout).toBe("0\n7:8\n");
    });
  },
);
