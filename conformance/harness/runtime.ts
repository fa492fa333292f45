/** The runtime under test, driven by its command line alone. */

import { existsSync, mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { State } from "../../lib/spec/types.ts";
import { cgroupDriver } from "./cgroup_place.ts";
import cgroupV1View from "./cgroup_v1_view.sh" with { type: "text" };
import { type CommandOptions, type Result, runCommand, succeeded } from "./command.ts";
import { findProgram, repository } from "./paths.ts";
import { timeFactor } from "./time_limit.ts";

/** Known runtimes; their deviations are noted by these names in the tests. */
export type RuntimeKind = "tsrun" | "runc" | "crun" | "other";

export interface RuntimeChoice {
  readonly kind: RuntimeKind;
  readonly path: string;
}

/** @param name a path, or a name such as `runc`. */
export function chooseRuntime(name: string): RuntimeChoice {
  const path = findProgram(name);
  if (path === undefined) throw new Error(`no runtime ${name} found; RUNTIME names another one, make builds tsrun`);
  const kind = (["tsrun", "crun", "runc"] as const).find((known) => basename(path).startsWith(known));
  return { kind: kind ?? "other", path };
}

/** The runtime that RUNTIME names, the built tsrun if it is not set. */
export function selectedRuntime(): RuntimeChoice {
  return chooseRuntime(process.env.RUNTIME || join(repository, "build/bin/tsrun"));
}

/** Options of `create` and `run`, all optional; `flags` go right behind the command's name. */
export interface CreateOptions extends CommandOptions {
  readonly pidFile?: string;
  readonly flags?: readonly string[];
}

/** What `state` prints beyond the specification's fields. */
export interface RuntimeState extends State {
  readonly rootfs?: string;
  readonly created?: string;
  readonly owner?: string;
}

const hybrid = (): boolean => existsSync("/sys/fs/cgroup/unified/cgroup.procs");

/** What tells the runtime which cgroup driver to use. crun has to be told of no cgroups at all. */
function driverFlags(kind: RuntimeKind): readonly string[] {
  if (cgroupDriver === "none") return kind === "crun" ? ["--cgroup-manager=disabled"] : [];
  return cgroupDriver === "systemd" ? ["--systemd-cgroup"] : [];
}

/** A runtime with a state root of its own; every method runs one command and gives its result, failed or not. */
export class Runtime {
  readonly kind: RuntimeKind;
  readonly path: string;
  readonly root: string;
  readonly #view: readonly string[];

  /** @param folder an existing folder, in which the state root and what else the runtime needs are made. */
  constructor(folder: string, choice: RuntimeChoice = selectedRuntime()) {
    this.kind = choice.kind;
    this.path = choice.path;
    this.root = join(folder, `state-${choice.kind}`);
    this.#view = [];
    if (choice.kind === "crun" && hybrid()) {
      const view = join(folder, "cgroup-v1-view");
      mkdirSync(view, { recursive: true });
      this.#view = ["sh", "-c", cgroupV1View, "cgroup_v1_view.sh", view];
    }
  }

  /** The command line for `args`, the state root and the cgroup driver included. */
  argv(args: readonly string[]): string[] {
    return [...this.#view, this.path, "--root", this.root, ...driverFlags(this.kind), ...args];
  }

  async command(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const result = await runCommand(this.argv(args), options);
    return { ...result, argv: result.argv.slice(this.#view.length) };
  }

  /** The same without `--root`: for `--version`, `spec` and globals of the caller's own. */
  async bare(args: readonly string[], options: CommandOptions = {}): Promise<Result> {
    const result = await runCommand([...this.#view, this.path, ...args], options);
    return { ...result, argv: result.argv.slice(this.#view.length) };
  }

  /** Whether `delete` might find something: every known runtime keeps a directory of the container's name. */
  mayKnow(id: string): boolean {
    return this.kind === "other" || existsSync(join(this.root, id));
  }

  create(id: string, bundle: string, options: CreateOptions = {}): Promise<Result> {
    return this.command(["create", ...this.#createFlags(bundle, options), id], options);
  }

  run(id: string, bundle: string, options: CreateOptions = {}): Promise<Result> {
    return this.command(["run", ...this.#createFlags(bundle, options), id], options);
  }

  start(id: string): Promise<Result> {
    return this.command(["start", id]);
  }

  kill(id: string, ...rest: string[]): Promise<Result> {
    return this.command(["kill", id, ...rest]);
  }

  delete(id: string, ...flags: string[]): Promise<Result> {
    return this.command(["delete", ...flags, id]);
  }

  /** @throws Error when `state` fails or prints something else than JSON. */
  async state(id: string): Promise<RuntimeState> {
    return JSON.parse(succeeded(await this.command(["state", id])).stdout) as RuntimeState;
  }

  async status(id: string): Promise<State["status"]> {
    return (await this.state(id)).status;
  }

  /** Wait until the container has this status. @throws Error after `timeout` milliseconds. */
  async waitFor(id: string, status: State["status"], timeout = 10_000): Promise<void> {
    const deadline = Date.now() + timeout * timeFactor;
    for (;;) {
      const now = await this.status(id);
      if (now === status) return;
      if (Date.now() > deadline) throw new Error(`${id} is still ${now}, not ${status}`);
      await setTimeout(20);
    }
  }

  #createFlags(bundle: string, options: CreateOptions): string[] {
    const pidFile = options.pidFile === undefined ? [] : ["--pid-file", options.pidFile];
    return ["--bundle", bundle, ...pidFile, ...(options.flags ?? [])];
  }
}
