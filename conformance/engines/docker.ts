/** A dockerd of the test's own: all it has is in a temporary folder, and in a network namespace that ends with it. */

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRootfs } from "../harness/bundle.ts";
import { type CommandOptions, cleanEnvironment, type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { findProgram } from "../harness/paths.ts";
import { Daemon } from "./daemon.ts";
import type { Engine } from "./engine_suite.ts";
import { snippet } from "./page.ts";
import { inTerminal } from "./terminal.ts";

export const image = "busybox:test";

export const dockerNeeds: readonly Need[] = [
  "tool:dockerd",
  "tool:docker",
  "tool:containerd-shim-runc-v2",
  "tool:unshare",
  "tool:iptables", // name service in user-defined networks
];

/** What `docker inspect` tells of a container, as far as the tests look. */
export interface Inspected {
  readonly Id: string;
  readonly RestartCount: number;
  readonly Config: { readonly Hostname: string; readonly Env: readonly string[] };
  readonly HostConfig: { readonly Runtime: string; readonly Memory: number };
  readonly State: {
    readonly Status: string;
    readonly Pid: number;
    readonly ExitCode: number;
    readonly OOMKilled: boolean;
    readonly Paused: boolean;
    readonly Error: string;
    readonly Health?: { readonly Status: string; readonly Log: readonly { readonly ExitCode: number }[] };
  };
}

export class Docker implements Engine {
  readonly folder: string;
  readonly #cgroup: string;
  #daemon: Daemon;

  private constructor(folder: string, cgroup: string) {
    this.folder = folder;
    this.#cgroup = cgroup;
    this.#daemon = this.#spawn();
  }

  /**
   * Start the daemon as docs/engines.md says, and import the image.
   *
   * @param parent an existing folder to work in.
   * @param cgroup the name of the cgroup in which all containers lie.
   * @param runtime the runtime's path.
   */
  static async start(parent: string, cgroup: string, runtime: string): Promise<Docker> {
    const folder = join(parent, "docker");
    for (const name of ["", "bin", "client"]) mkdirSync(join(folder, name));
    // BuildKit inside dockerd knows one runtime only: the first `runc` in its PATH
    symlinkSync(runtime, join(folder, "bin/runc"));
    writeFileSync(join(folder, "daemon.json"), snippet("Docker", "json", runtime));
    // otherwise it makes /etc/docker/key.json
    Docker.#configure(folder, { "deprecated-key-path": join(folder, "key.json") });
    const docker = new Docker(folder, cgroup);
    try {
      await docker.#answers();
      await makeRootfs(join(folder, "rootfs"));
      const tar = join(folder, "rootfs.tar");
      succeeded(await runCommand(["tar", "-C", join(folder, "rootfs"), "--numeric-owner", "-cf", tar, "."]));
      succeeded(await docker.docker(["import", tar, image]));
    } catch (error) {
      const log = docker.log();
      await docker.stop();
      throw new Error(`dockerd did not start:\n${log}`, { cause: error });
    }
    return docker;
  }

  #spawn(): Daemon {
    const { folder } = this;
    const options = {
      host: `unix://${folder}/socket`,
      "config-file": `${folder}/daemon.json`,
      "data-root": `${folder}/data`,
      "exec-root": `${folder}/exec`,
      pidfile: `${folder}/pid`,
      "cgroup-parent": `/${this.#cgroup}`,
      bridge: "none",
      iptables: "false",
    };
    const flags = Object.entries(options).map(([name, value]) => `--${name}=${value}`);
    const inside = ["unshare", "--net", "busybox", "sh", "-c", 'busybox ip link set lo up && exec "$@"', "sh"];
    const env = { PATH: `${folder}/bin:/usr/local/sbin:/usr/sbin:/sbin:${cleanEnvironment.PATH}` };
    return new Daemon([...inside, findProgram("dockerd") ?? "dockerd", ...flags], { env, log: join(folder, "log") });
  }

  async #answers(): Promise<void> {
    await eventually("dockerd", async () => (await this.docker(["version"])).status === 0, 40_000);
  }

  /** Run Docker's client; `options.env` adds to the clean environment. */
  docker(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    return runCommand(this.argv(args), { ...options, env: { ...cleanEnvironment, ...options.env } });
  }

  /** As `docker`, with a terminal of 100 columns and 30 lines; its output is all in stdout. */
  inTerminal(args: readonly string[]): Promise<Result> {
    return inTerminal(this.argv(args));
  }

  argv(args: readonly string[]): string[] {
    // the distribution's own client, should another be in front of it
    const program = findProgram("/usr/bin/docker") ?? findProgram("docker") ?? "docker";
    return [program, `--host=unix://${this.folder}/socket`, `--config=${this.folder}/client`, ...args];
  }

  /** `docker run` without a network unless `flags` name one. */
  run(flags: readonly string[], command: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const network = flags.some((flag) => flag.startsWith("--network")) ? [] : ["--network=none"];
    return this.docker(["run", ...network, ...flags, image, ...command], options);
  }

  /** `docker run --rm`, and what it printed. @throws Error when it failed */
  async output(flags: readonly string[], command: readonly string[]): Promise<string> {
    return succeeded(await this.run(["--rm", ...flags], command)).stdout;
  }

  /** The addresses of a name, as containers on the same network get them; static busybox crashes in glibc's own way. */
  async lookUp(name: string, flags: readonly string[]): Promise<string[]> {
    const answer = await this.run(["--rm", ...flags], ["nslookup", "-type=a", name, "127.0.0.11"]);
    return [...answer.stdout.matchAll(/^Address: (\S+)$/gm)].map(([, address]) => address ?? "");
  }

  /** Run a container in the background. */
  async detached(name: string, flags: readonly string[], command: readonly string[]): Promise<void> {
    succeeded(await this.run(["--detach", "--name", name, ...flags], command));
  }

  async inspect(name: string): Promise<Inspected> {
    const [one] = JSON.parse(succeeded(await this.docker(["inspect", name])).stdout) as Inspected[];
    if (one === undefined) throw new Error(`docker inspect tells nothing of ${name}`);
    return one;
  }

  /** The daemon's process. */
  get pid(): number {
    return Number(readFileSync(join(this.folder, "pid"), "utf8"));
  }

  /** Wait until a container has this status. */
  async waitFor(name: string, status: string): Promise<void> {
    await eventually(`${name} ${status}`, async () => (await this.inspect(name)).State.Status === status, 15_000);
  }

  log(): string {
    return existsSync(join(this.folder, "log")) ? readFileSync(join(this.folder, "log"), "utf8") : "";
  }

  /** Add to daemon.json; it counts from the next restart. */
  configure(more: Readonly<Record<string, unknown>>): void {
    Docker.#configure(this.folder, more);
  }

  static #configure(folder: string, more: Readonly<Record<string, unknown>>): void {
    const path = join(folder, "daemon.json");
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, "utf8")), ...more }));
  }

  /** End the daemon and start it again. */
  async restart(): Promise<void> {
    await this.#daemon.stop();
    this.#daemon = this.#spawn();
    await this.#answers();
  }

  async reset(): Promise<void> {
    const ids = succeeded(await this.docker(["ps", "--all", "--quiet"]))
      .stdout.split("\n")
      .filter(Boolean);
    if (ids.length > 0) succeeded(await this.docker(["rm", "--force", "--volumes", ...ids]));
  }

  async stop(): Promise<void> {
    await this.#daemon.stop();
    // dockerd leaves the namespace of --network=host and a file system for secrets mounted
    const mounts = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "")
      .filter((path) => path.startsWith(`${this.folder}/`));
    for (const mount of mounts.reverse()) succeeded(await runCommand(["umount", mount]));
  }
}
