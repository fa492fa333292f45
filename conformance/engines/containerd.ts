/** A containerd of the test's own: its folders, sockets and namespaces are all temporary. */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { findProgram } from "../harness/paths.ts";
import { bySystemd, cgroupParent } from "./cgroup_parent.ts";
import { Daemon } from "./daemon.ts";
import type { Engine } from "./engine_suite.ts";
import { makeImageArchive } from "./image.ts";
import { inTerminal } from "./terminal.ts";

export const image = "example.test/busybox:latest";

export interface ContainerdOptions {
  /** The CRI plugin's part of config.toml with the file's version; without it that plugin is switched off. */
  readonly cri?: string;
  /** containerd's name for a set of containers; for `ctr` it becomes part of cgroup paths. */
  readonly namespace: string;
}

/** What containerd would reach for outside its folders is switched off. */
const configuration = (folder: string, cri: string | undefined): string => `root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = [${cri === undefined ? '"io.containerd.grpc.v1.cri",' : ""}
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp",
]
${cri ?? "version = 2"}
[grpc]
address = "${folder}/socket"
[ttrpc]
address = "${folder}/socket.ttrpc"
[debug]
address = "${folder}/debug"
`;

export class Containerd implements Engine {
  readonly folder: string;
  readonly #namespace: string;
  readonly runtime: string;
  #daemon: Daemon;

  private constructor(folder: string, namespace: string, runtime: string) {
    this.folder = folder;
    this.#namespace = namespace;
    this.runtime = runtime;
    this.#daemon = this.#spawn();
  }

  /**
   * Start the daemon and import the image.
   *
   * @param parent an existing folder to work in.
   * @param runtime the runtime's path.
   */
  static async start(parent: string, runtime: string, { cri, namespace }: ContainerdOptions): Promise<Containerd> {
    const folder = join(parent, "containerd");
    mkdirSync(folder);
    writeFileSync(join(folder, "config.toml"), configuration(folder, cri));
    const containerd = new Containerd(folder, namespace, runtime);
    try {
      await containerd.#answers();
      succeeded(await containerd.ctr(["image", "import", await makeImageArchive(folder, image)], { timeout: 60_000 }));
    } catch (error) {
      await containerd.stop();
      throw new Error(`containerd did not start:\n${containerd.#daemon.log()}`, { cause: error });
    }
    return containerd;
  }

  get socket(): string {
    return join(this.folder, "socket");
  }

  #spawn(): Daemon {
    const command = ["containerd", "--config", join(this.folder, "config.toml")];
    return new Daemon(command, { log: join(this.folder, "log") });
  }

  async #answers(): Promise<void> {
    await eventually("containerd", async () => (await this.ctr(["version"])).status === 0, 30_000);
  }

  argv(args: readonly string[]): string[] {
    return [findProgram("ctr") ?? "ctr", "--address", this.socket, "--namespace", this.#namespace, ...args];
  }

  /** Run containerd's client. */
  ctr(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    return runCommand(this.argv(args), options);
  }

  /** As `ctr`, with a terminal of 100 columns and 30 lines; its output is all in stdout. */
  inTerminal(args: readonly string[]): Promise<Result> {
    return inTerminal(this.argv(args));
  }

  /** What `ctr run` gets, so that all that it makes is in the folder. */
  get folders(): string[] {
    return ["--runc-root", join(this.folder, "runtime-root"), ...this.fifos];
  }

  /** What `ctr run` gets where systemd makes the cgroups. */
  #driver(id: string): string[] {
    if (!bySystemd) return [];
    return ["--runc-systemd-cgroup", "--cgroup", `${cgroupParent(this.#namespace)}:${this.#namespace}:${id}`];
  }

  /** The same for `ctr task exec`. */
  get fifos(): string[] {
    return ["--fifo-dir", join(this.folder, "fifos")];
  }

  /** The arguments of `ctr run` with the runtime under test; `flags` go in front of the image. */
  runArguments(id: string, command: readonly string[], flags: readonly string[] = []): string[] {
    const own = ["--runc-binary", this.runtime, ...this.folders, ...this.#driver(id)];
    return ["run", ...own, ...flags, image, id, ...command];
  }

  run(
    id: string,
    command: readonly string[],
    flags: readonly string[] = [],
    options?: CommandOptions,
  ): Promise<Result> {
    return this.ctr(this.runArguments(id, command, flags), options);
  }

  /** Run a container in the background. */
  async detached(id: string, command: readonly string[], flags: readonly string[] = []): Promise<void> {
    succeeded(await this.run(id, command, ["--detach", ...flags]));
  }

  /** Write containerd's events to a file until the listener is stopped. */
  async listen(file: string): Promise<Daemon> {
    const listener = new Daemon(this.argv(["events"]), { log: file });
    await Bun.sleep(500); // it does not tell when it listens
    return listener;
  }

  /** The ids of tasks with their pid and status. */
  async tasks(): Promise<Map<string, { readonly pid: number; readonly status: string }>> {
    const lines = succeeded(await this.ctr(["task", "ls"]))
      .stdout.trim()
      .split("\n")
      .slice(1);
    return new Map(
      lines.map((line) => {
        const [id = "", pid = "", status = ""] = line.split(/\s+/);
        return [id, { pid: Number(pid), status }];
      }),
    );
  }

  async status(id: string): Promise<string | undefined> {
    return (await this.tasks()).get(id)?.status;
  }

  /** Delete a task that has ended; `ctr` tells its exit status in a warning. */
  async exitStatus(id: string): Promise<number> {
    const { stderr } = succeeded(await this.ctr(["task", "delete", id]));
    return Number(/exit code (\d+)/.exec(stderr)?.[1] ?? 0);
  }

  /** End the daemon and start it again. */
  async restart(): Promise<void> {
    await this.#daemon.stop();
    this.#daemon = this.#spawn();
    await this.#answers();
  }

  async reset(): Promise<void> {
    for (const id of (await this.tasks()).keys()) await this.ctr(["task", "delete", "--force", id]);
    const ids = succeeded(await this.ctr(["container", "ls", "-q"]))
      .stdout.split("\n")
      .filter(Boolean);
    if (ids.length > 0) succeeded(await this.ctr(["container", "delete", ...ids]));
  }

  async stop(): Promise<void> {
    await this.ctr(["image", "rm", "--sync", image]);
    await this.#daemon.stop();
  }
}
