/** Podman of an ordinary user, who has no ids to lend to containers and no cgroups, as far as that goes. */

import { expect } from "bun:test";
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { makeRootfs } from "../harness/bundle.ts";
import { type CommandOptions, cleanEnvironment, type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { type Engine, engineSuite } from "./engine_suite.ts";
import { snippet } from "./page.ts";
import { inTerminal, shownTerminal, showsTerminal } from "./terminal.ts";

const image = "localhost/busybox:test";
/** Nobody else's, and not in /etc/subuid. */
const user = 432_101;

class RootlessPodman implements Engine {
  readonly folder: string;

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async start(parent: string, runtime: string): Promise<RootlessPodman> {
    chmodSync(parent, 0o711);
    const podman = new RootlessPodman(join(parent, "home"));
    const { folder } = podman;
    mkdirSync(folder);
    mkdirSync(join(folder, "run"), { mode: 0o700 });
    chownSync(folder, user, user);
    chownSync(join(folder, "run"), user, user);
    const installed = installForAll(runtime, join(parent, "installed"));
    writeFileSync(join(folder, "containers.conf"), snippet("Podman and Buildah", "toml", installed));
    await makeRootfs(join(parent, "rootfs"));
    const tar = join(folder, "rootfs.tar");
    succeeded(await runCommand(["tar", "-C", join(parent, "rootfs"), "--numeric-owner", "--owner=0", "-cf", tar, "."]));
    succeeded(await podman.podman(["import", tar, image]));
    return podman;
  }

  argv(args: readonly string[]): string[] {
    const { folder } = this;
    const variables = { HOME: folder, XDG_RUNTIME_DIR: `${folder}/run`, CONTAINERS_CONF: `${folder}/containers.conf` };
    const environment = Object.entries({ PATH: cleanEnvironment.PATH, ...variables }).map((pair) => pair.join("="));
    const identity = ["setpriv", `--reuid=${user}`, `--regid=${user}`, "--clear-groups"];
    const flags = ["--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--events-backend=file"];
    return [...identity, "env", "-i", ...environment, "podman", ...flags, ...args];
  }

  podman(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    return runCommand(this.argv(args), { cwd: this.folder, ...options });
  }

  run(flags: readonly string[], command: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const network = flags.some((flag) => /^--(network|pod)/.test(flag)) ? [] : ["--network=none"];
    return this.podman(["run", ...network, ...flags, image, ...command], options);
  }

  async detached(name: string, flags: readonly string[], command: readonly string[]): Promise<void> {
    succeeded(await this.run(["--detach", `--name=${name}`, ...flags], command));
  }

  async reset(): Promise<void> {
    succeeded(await this.podman(["pod", "rm", "--all", "--force", "--time=0"]));
    succeeded(await this.podman(["rm", "--all", "--force", "--time=0", "--volumes"]));
  }

  /** End the process that keeps Podman's user namespace. */
  async stop(): Promise<void> {
    const file = join(this.folder, "run/libpod/tmp/pause.pid");
    if (existsSync(file)) process.kill(Number(readFileSync(file, "utf8")), "SIGKILL");
  }
}

/** A copy of the runtime where every user reaches it. */
function installForAll(runtime: string, folder: string): string {
  const installed = join(folder, "bin", basename(runtime));
  cpSync(runtime, installed);
  const engine = join(dirname(runtime), "../lib/tsrun");
  if (basename(runtime) === "tsrun") cpSync(engine, join(folder, "lib/tsrun"), { recursive: true });
  return installed;
}

// crun refuses the hybrid layout, and the view that the harness gives it does not reach what conmon starts
const needs: readonly Need[] = ["tool:podman", "tool:conmon", "tool:setpriv", "not-runtime:crun"];

engineSuite(
  "rootless podman",
  needs,
  (t) => RootlessPodman.start(t.folder, t.runtime.path),
  (test) => {
    test("run: root inside is the user outside", async (podman) => {
      const result = succeeded(await podman.run(["--rm"], ["sh", "-c", "id -u; cat /proc/self/uid_map; echo $HOME"]));
      expect(result.stdout.trim().split(/\s+/)).toEqual(["0", "0", `${user}`, "1", "/root"]);
    });

    for (const [what, command, status, says] of [
      ["the command's own", ["sh", "-c", "exit 7"], 7, ""],
      ["a command that is not there", ["no-such-command"], 127, "executable file not found in $PATH"],
      ["a command that is not executable", ["/etc/passwd"], 126, "permission denied"],
    ] as const)
      test(`exit status: ${what}`, async (podman) => {
        expectFailure(await podman.run(["--rm"], command), says, status);
      });

    test("devices, a read-only root, tmpfs, binds, capabilities and seccomp", async (podman) => {
      const data = join(podman.folder, "data");
      mkdirSync(data);
      chownSync(data, user, user);
      const flags = ["--read-only", "--read-only-tmpfs=false", "--tmpfs=/scratch", `--volume=${data}:/data`];
      const script = `for f in /x /scratch/x /data/x; do touch $f 2>/dev/null && echo $f; done
        echo > /dev/null && head -c 3 /dev/zero | wc -c; grep -E '^(CapEff|Seccomp):' /proc/self/status`;
      const result = succeeded(await podman.run(["--rm", "--cap-drop=ALL", ...flags], ["sh", "-c", script]));
      expect(result.stdout).toBe("/scratch/x\n/data/x\n3\nCapEff:\t0000000000000000\nSeccomp:\t2\n");
      expect(existsSync(join(data, "x"))).toBe(true);
    });

    test("exec, logs, stop and kill", async (podman) => {
      await podman.detached("one", [], ["sh", "-c", "trap 'echo asked; exit 5' TERM; while :; do sleep 0.1; done"]);
      const exec = (...command: string[]): Promise<Result> => podman.podman(["exec", "one", ...command]);
      expect(succeeded(await exec("id", "-u")).stdout).toBe("0\n");
      expect((await exec("sh", "-c", "exit 4")).status).toBe(4);
      expectFailure(await exec("no-such-command"), "executable file not found in $PATH", 127);
      succeeded(await podman.podman(["stop", "one"]));
      expect(succeeded(await podman.podman(["logs", "one"])).stdout).toBe("asked\n");
      expect(succeeded(await podman.podman(["wait", "one"])).stdout).toBe("5\n");
      succeeded(await podman.podman(["start", "one"]));
      succeeded(await podman.podman(["kill", "one"]));
      const status = async (): Promise<string> =>
        succeeded(await podman.podman(["container", "inspect", "--format={{.State.ExitCode}}", "one"])).stdout;
      await eventually("the end", async () => (await status()) === "137\n");
    });

    test(
      "terminals of run and exec",
      async (podman) => {
        const flags = ["--rm", "--network=none", "--interactive", "--tty"];
        const run = await inTerminal(podman.argv(["run", ...flags, image, "sh", "-c", showsTerminal]));
        expect(run.stdout).toMatch(shownTerminal);
        expect(run.status).toBe(3);
        await podman.detached("one", [], ["sleep", "1000"]);
        const exec = ["exec", "--interactive", "--tty", "one", "sh", "-c", showsTerminal];
        expect((await inTerminal(podman.argv(exec))).stdout).toMatch(shownTerminal);
      },
      { needs: ["tool:script"] },
    );

    test("a pod", async (podman) => {
      succeeded(await podman.podman(["pod", "create", "--name=together", "--network=none"]));
      const serve = "mkdir /site; echo page > /site/index.html; exec httpd -f -p 127.0.0.1:8080 -h /site";
      await podman.detached("server", ["--pod=together"], ["sh", "-c", serve]);
      const get = ["wget", "-qO-", "http://127.0.0.1:8080/"];
      const page = async (): Promise<string> => (await podman.run(["--rm", "--pod=together"], get)).stdout;
      await eventually("the page", async () => (await page()) === "page\n", 20_000);
    });

    test("10 attached containers at once", async (podman) => {
      // They end when their input does, which reaches them once conmon has accepted the client: see the next test.
      const numbers = Array.from({ length: 10 }, (_, i) => `${i}\n`);
      const runs = numbers.map((stdin) => podman.run(["--rm", "--interactive"], ["cat"], { stdin, timeout: 55_000 }));
      expect((await Promise.all(runs)).map((result) => succeeded(result).stdout)).toEqual(numbers);
    });

    test("10 containers at once that end by themselves", async (podman) => {
      // Read from the logs, which have what conmon may not let an attached client see: docs/engines.md.
      const outputOf = async (i: number): Promise<string> => {
        const name = `one-of-many-${i}`;
        succeeded(await podman.run(["--detach", `--name=${name}`], ["echo", `${i}`], { timeout: 55_000 }));
        succeeded(await podman.podman(["wait", name], { timeout: 55_000 }));
        return succeeded(await podman.podman(["logs", name])).stdout;
      };
      const numbers = Array.from({ length: 10 }, (_, i) => i);
      expect(await Promise.all(numbers.map(outputOf))).toEqual(numbers.map((i) => `${i}\n`));
    });
  },
);
