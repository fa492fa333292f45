/** Podman and Buildah with storage of the test's own. Neither has a daemon. */

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRootfs } from "../harness/bundle.ts";
import { type CommandOptions, type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { bySystemd, cgroupParent } from "./cgroup_parent.ts";
import { type Engine, removeEmptyCgroups } from "./engine_suite.ts";
import { snippet } from "./page.ts";
import { inTerminal } from "./terminal.ts";

export const image = "localhost/busybox:test";
const section = "Podman and Buildah";
/** Where Podman puts what has no other parent. */
const podmansParent = "libpod_parent";

/** What `podman inspect` tells of a container, as far as the tests look. */
export interface Inspected {
  readonly Id: string;
  readonly OCIRuntime: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly Pid: number;
    readonly ExitCode: number;
  };
}

export class Podman implements Engine {
  readonly folder: string;
  readonly #cgroup: string;
  readonly #runtime: string;
  readonly #parentWasThere: boolean;

  private constructor(folder: string, cgroup: string, runtime: string) {
    this.folder = folder;
    this.#cgroup = cgroup;
    this.#runtime = runtime;
    this.#parentWasThere = existsSync(`/sys/fs/cgroup/devices/${podmansParent}`);
  }

  /**
   * Configure Podman as docs/engines.md says, and import the image.
   *
   * @param parent an existing folder to work in.
   * @param cgroup the name of the cgroup in which all containers lie.
   * @param runtime the runtime's path.
   */
  static async start(parent: string, cgroup: string, runtime: string): Promise<Podman> {
    const folder = join(parent, "podman");
    mkdirSync(folder);
    // Podman's own default needs CAP_SYS_RESOURCE where the hard limits are lower
    const limits = '\n[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n';
    writeFileSync(join(folder, "containers.conf"), snippet(section, "toml", runtime) + limits);
    const podman = new Podman(folder, cgroup, runtime);
    await makeRootfs(join(folder, "rootfs"));
    const tar = join(folder, "rootfs.tar");
    succeeded(await runCommand(["tar", "-C", join(folder, "rootfs"), "--numeric-owner", "-cf", tar, "."]));
    succeeded(await podman.podman(["import", "--change", "ENV PATH=/bin", tar, image]));
    return podman;
  }

  get #storage(): string[] {
    return [`--root=${this.folder}/storage`, `--runroot=${this.folder}/run`, "--storage-driver=overlay"];
  }

  /** The program, with the configuration that it is to read. */
  #start(program: string): string[] {
    return ["env", `CONTAINERS_CONF=${this.folder}/containers.conf`, program, ...this.#storage];
  }

  argv(args: readonly string[]): string[] {
    const manager = bySystemd ? "systemd" : "cgroupfs";
    const flags = [`--tmpdir=${this.folder}/tmp`, `--cgroup-manager=${manager}`, "--events-backend=file"];
    return [...this.#start("podman"), ...flags, ...args];
  }

  podman(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    return runCommand(this.argv(args), { cwd: this.folder, ...options });
  }

  /** As `podman`, with a terminal of 100 columns and 30 lines; its output is all in stdout. */
  inTerminal(args: readonly string[]): Promise<Result> {
    return inTerminal(this.argv(args));
  }

  /** `buildah build` with the flags of docs/engines.md. */
  build(context: string, tag: string): Promise<Result> {
    const [program = "", ...flags] = snippet(section, "sh", this.#runtime).trim().split(" ");
    const [subcommand = "", ...rest] = flags;
    const parent = `--cgroup-parent=${this.buildCgroup}`;
    const command = [...this.#start(program), subcommand, ...rest, "--network=none", parent, "--tag", tag, context];
    return runCommand(command, { timeout: 60_000 });
  }

  buildah(args: readonly string[]): Promise<Result> {
    return runCommand([...this.#start("buildah"), ...args]);
  }

  /** Builders take the parent for the container's own cgroup, in which nothing else may lie, unless it is a slice. */
  get buildCgroup(): string {
    return bySystemd ? cgroupParent(this.#cgroup) : `/${this.#cgroup}/build`;
  }

  /** What `run`, `create` and `pod create` get: the parent of all cgroups, and no network unless they name one. */
  place(flags: readonly string[]): string[] {
    const network = flags.some((flag) => /^--(network|pod)/.test(flag)) ? [] : ["--network=none"];
    return [`--cgroup-parent=${cgroupParent(this.#cgroup)}`, ...network, ...flags];
  }

  run(flags: readonly string[], command: readonly string[], options: CommandOptions = {}): Promise<Result> {
    return this.podman(["run", ...this.place(flags), image, ...command], options);
  }

  /** `podman run --rm`, and what it printed. @throws Error when it failed */
  async output(flags: readonly string[], command: readonly string[]): Promise<string> {
    return succeeded(await this.run(["--rm", ...flags], command)).stdout;
  }

  /** Run a container in the background. */
  async detached(name: string, flags: readonly string[], command: readonly string[]): Promise<void> {
    succeeded(await this.run(["--detach", `--name=${name}`, ...flags], command));
  }

  async inspect(name: string): Promise<Inspected> {
    const inspect = ["container", "inspect", name];
    const [one] = JSON.parse(succeeded(await this.podman(inspect)).stdout) as Inspected[];
    if (one === undefined) throw new Error(`podman inspect tells nothing of ${name}`);
    return one;
  }

  /** Wait until a container has this status. */
  async waitFor(name: string, status: string): Promise<void> {
    await eventually(`${name} ${status}`, async () => (await this.inspect(name)).State.Status === status, 15_000);
  }

  async reset(): Promise<void> {
    succeeded(await this.podman(["pod", "rm", "--all", "--force", "--time=0"]));
    const remove = ["rm", "--all", "--force", "--time=0", "--volumes"];
    // conmon's own clean-up of a container that just ended may still have a file system busy
    await eventually("the containers' removal", async () => (await this.podman(remove)).status === 0, 15_000);
  }

  async stop(): Promise<void> {
    const mounts = readFileSync("/proc/self/mountinfo", "utf8")
      .split("\n")
      .map((line) => line.split(" ")[4] ?? "")
      .filter((path) => path.startsWith(`${this.folder}/`));
    for (const mount of mounts.reverse()) succeeded(await runCommand(["umount", mount]));
    if (!this.#parentWasThere) removeEmptyCgroups(podmansParent);
  }
}
