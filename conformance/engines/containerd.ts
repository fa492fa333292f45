/** A containerd of the test's own: its folders, socket and namespace are all temporary. */

import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CommandOptions, cleanEnvironment, type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { findProgram } from "../harness/paths.ts";
import { makeImageArchive } from "./image.ts";

const image = "example.test/busybox:latest";

/** What containerd would reach for outside its folders is switched off. */
const configuration = (folder: string): string => `version = 2
root = "${folder}/root"
state = "${folder}/state"
disabled_plugins = [
  "io.containerd.grpc.v1.cri",
  "io.containerd.snapshotter.v1.aufs",
  "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs",
  "io.containerd.internal.v1.opt",
  "io.containerd.internal.v1.tracing",
  "io.containerd.tracing.processor.v1.otlp",
]
[grpc]
address = "${folder}/socket"
[ttrpc]
address = "${folder}/socket.ttrpc"
[debug]
address = "${folder}/debug"
`;

export class Containerd {
  readonly #folder: string;
  readonly #namespace: string;
  readonly #runtime: string;
  readonly #daemon: ChildProcess;

  private constructor(folder: string, namespace: string, runtime: string, daemon: ChildProcess) {
    this.#folder = folder;
    this.#namespace = namespace;
    this.#runtime = runtime;
    this.#daemon = daemon;
  }

  /**
   * Start the daemon and import the image.
   *
   * @param parent an existing folder to work in.
   * @param namespace containerd's name for a set of containers; it becomes part of cgroup paths.
   * @param runtime the runtime's path.
   */
  static async start(parent: string, namespace: string, runtime: string): Promise<Containerd> {
    const folder = join(parent, "containerd");
    mkdirSync(folder);
    writeFileSync(join(folder, "config.toml"), configuration(folder));
    const log = openSync(join(folder, "log"), "a");
    const daemon = spawn(findProgram("containerd") ?? "containerd", ["--config", join(folder, "config.toml")], {
      env: { ...cleanEnvironment },
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const containerd = new Containerd(folder, namespace, runtime, daemon);
    try {
      await eventually("containerd", async () => (await containerd.ctr(["version"])).status === 0, 30_000);
      succeeded(await containerd.ctr(["image", "import", await makeImageArchive(folder, image)], { timeout: 60_000 }));
    } catch (error) {
      await containerd.stop();
      throw new Error(`containerd did not start:\n${containerd.log()}`, { cause: error });
    }
    return containerd;
  }

  /** Run containerd's client. */
  ctr(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const ctr = findProgram("ctr") ?? "ctr";
    return runCommand(
      [ctr, "--address", join(this.#folder, "socket"), "--namespace", this.#namespace, ...args],
      options,
    );
  }

  /** `ctr run` with the runtime under test; `flags` go in front of the image. */
  run(id: string, command: readonly string[], flags: readonly string[] = []): Promise<Result> {
    const runtime = ["--runc-binary", this.#runtime, "--runc-root", join(this.#folder, "runtime-root")];
    const fifos = ["--fifo-dir", join(this.#folder, "fifos")];
    return this.ctr(["run", ...runtime, ...fifos, ...flags, image, id, ...command]);
  }

  log(): string {
    return readFileSync(join(this.#folder, "log"), "utf8");
  }

  /** Remove the image and stop the daemon. */
  async stop(): Promise<void> {
    await this.ctr(["image", "rm", "--sync", image]);
    if (this.#daemon.exitCode === null) {
      const ended = new Promise((resolve) => this.#daemon.once("exit", resolve));
      this.#daemon.kill("SIGTERM");
      const timer = setTimeout(() => this.#daemon.kill("SIGKILL"), 10_000);
      await ended;
      clearTimeout(timer);
    }
  }
}
