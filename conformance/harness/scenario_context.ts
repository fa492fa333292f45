/** What one test works with: a folder, an id and a runtime of its own, and the proof that nothing stays behind. */

import { deepStrictEqual } from "node:assert";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setCgroup, type TestConfig, typicalConfig } from "./base_configs.ts";
import { type Bundle, makeBundle, makeRootfs } from "./bundle.ts";
import { type Result, succeeded } from "./command.ts";
import { findLeftovers, type Leftovers, removeLeftovers, settledLeftovers } from "./leftovers.ts";
import type { ProbeReport } from "./probe_report.ts";
import { type CreateOptions, chooseRuntime, Runtime, type RuntimeChoice, selectedRuntime } from "./runtime.ts";

const clean: Leftovers = { cgroups: [], mounts: [], states: [], processes: [] };

/** A name that nothing else on the machine has. */
export function uniqueId(): string {
  return `ct-${randomBytes(5).toString("hex")}`;
}

/** What a test works with. Everything it makes has `id` in its name, by which leftovers are found. */
export class Scenario {
  /** The first container's id, and the prefix of all others. */
  readonly id: string = uniqueId();
  readonly folder: string = mkdtempSync(join(tmpdir(), `${this.id}-`));
  readonly runtime: Runtime;
  readonly #runtimes: Runtime[];
  readonly #fillRootfs: (folder: string) => Promise<void>;
  readonly #ids: string[] = [this.id];
  readonly #deferred: (() => void | Promise<void>)[] = [];
  #bundles = 0;

  /** @param fillRootfs makes the root file systems of bundles, of busybox and the probe if left out. */
  constructor(choice: RuntimeChoice = selectedRuntime(), fillRootfs: (folder: string) => Promise<void> = makeRootfs) {
    this.runtime = new Runtime(this.folder, choice);
    this.#runtimes = [this.runtime];
    this.#fillRootfs = fillRootfs;
  }

  /** Another container's id; it is deleted after the test like the first. */
  newId(): string {
    const id = `${this.id}-${this.#ids.length}`;
    this.#ids.push(id);
    return id;
  }

  /** A second runtime, to compare with. */
  peer(name: string): Runtime {
    const runtime = new Runtime(this.folder, chooseRuntime(name));
    this.#runtimes.push(runtime);
    return runtime;
  }

  /**
   * Make a bundle. The container's cgroup is named by its id, unless the patch says otherwise.
   *
   * @param patch changes the config before it is written.
   * @param base what it starts from, Docker-like if left out.
   */
  bundle(patch: (config: TestConfig) => void = () => {}, base: TestConfig = typicalConfig()): Promise<Bundle> {
    const path = join(this.folder, `bundle-${this.#bundles++}`);
    mkdirSync(path);
    setCgroup(base, this.id);
    patch(base);
    return makeBundle(path, base, this.#fillRootfs);
  }

  /**
   * Let a container write where the test can read.
   *
   * @returns the folder that is bound to /shared.
   */
  share(config: TestConfig): string {
    const folder = join(this.folder, "shared");
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o777);
    config.mounts.push({ destination: "/shared", type: "bind", source: folder, options: ["rbind", "rw"] });
    return folder;
  }

  /** Run something after the test, last one first. */
  defer(action: () => void | Promise<void>): void {
    this.#deferred.push(action);
  }

  /** Run a shell script in the foreground in a container of this config, and give its result. */
  async sh(script: string, patch: (config: TestConfig) => void = () => {}, base?: TestConfig): Promise<Result> {
    const bundle = await this.bundle((config) => {
      config.process.args = ["sh", "-c", script];
      patch(config);
    }, base);
    return this.runtime.run(this.id, bundle.path);
  }

  /** Run the probe in a container of this config; `paths` are described in its report. */
  async probe(
    patch: (config: TestConfig) => void = () => {},
    paths: readonly string[] = [],
    base?: TestConfig,
  ): Promise<ProbeReport> {
    const bundle = await this.bundle((config) => {
      config.process.args = ["/probe", ...paths];
      patch(config);
    }, base);
    return this.runProbe(bundle);
  }

  /** Run a bundle whose process is the probe. */
  async runProbe(bundle: Bundle, options: CreateOptions = {}, runtime: Runtime = this.runtime): Promise<ProbeReport> {
    return JSON.parse(succeeded(await runtime.run(this.id, bundle.path, options)).stdout) as ProbeReport;
  }

  /** Create and start a container that sleeps, and give its pid. */
  async startSleeping(patch: (config: TestConfig) => void = () => {}, base?: TestConfig): Promise<number> {
    const bundle = await this.bundle((config) => {
      config.process.args = ["sleep", "1000"];
      patch(config);
    }, base);
    succeeded(await this.runtime.create(this.id, bundle.path));
    succeeded(await this.runtime.start(this.id));
    return (await this.runtime.state(this.id)).pid ?? 0;
  }

  /** Assert that no trace of the test's containers is on the machine, and that no runtime knows them. */
  async expectNothingLeft(): Promise<void> {
    for (const runtime of this.#runtimes.filter(({ root }) => existsSync(root))) {
      const known = await runtime.command(["list", "-q"]);
      deepStrictEqual(
        known.stdout.split("\n").filter((id) => id.startsWith(this.id)),
        [],
      );
    }
    deepStrictEqual(await settledLeftovers(this.id), clean);
  }

  /** Delete the test's containers as a user would, assert that nothing is left, and clean up in any case. */
  async end(failed: boolean): Promise<void> {
    try {
      for (const runtime of this.#runtimes)
        for (const id of this.#ids.filter((id) => runtime.mayKnow(id))) {
          const result = await runtime.delete(id, "--force");
          if (!failed) succeeded(result);
        }
      for (const action of this.#deferred.reverse()) await action();
      if (!failed) await this.expectNothingLeft();
    } finally {
      if (JSON.stringify(findLeftovers(this.id)) !== JSON.stringify(clean)) await removeLeftovers(this.id);
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
