/** What a test works with: containers whose process is the probe, driven by the runtime's command line. */

import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { Hook, Hooks } from "../../lib/spec/types.ts";
import { type TestConfig, typicalConfig } from "../harness/base_configs.ts";
import type { Bundle } from "../harness/bundle.ts";
import { type Result, succeeded } from "../harness/command.ts";
import type { ProbeReport } from "../harness/probe_report.ts";
import type { RuntimeChoice } from "../harness/runtime.ts";
import { Scenario } from "../harness/scenario_context.ts";
import { timeFactor } from "../harness/time_limit.ts";
import { Deviation, refused } from "./assertions.ts";

/** One action of the probe and its words, see probe/actions.c. */
export type Action = readonly (string | number)[];
export type Patch = (config: TestConfig) => void;

/** A test finds that it cannot judge. */
export class Skip extends Error {
  override readonly name = "Skip";
}

/**
 * Put a value where the types would not have it.
 *
 * @param path keys with dots between: `linux.rootfsPropagation`; objects on the way are made.
 */
export function put(config: TestConfig, path: string, value: unknown): void {
  const keys = path.split(".");
  const last = keys.pop() ?? "";
  let at = config as unknown as Record<string, unknown>;
  for (const key of keys) {
    at[key] ??= {};
    at = at[key] as Record<string, unknown>;
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
}

/** A patch that puts one value, see `put`. */
export const having =
  (path: string, value: unknown): Patch =>
  (config) =>
    put(config, path, value);

/** What an action printed. */
export interface Outcome {
  readonly action: string;
  readonly errno?: number;
  readonly result?: number;
  readonly length?: number;
  readonly text?: string;
  readonly changed?: number;
  readonly mode?: number;
  readonly nodes?: number;
  /** Exit status of what was executed, -1 after a signal. */
  readonly status?: number;
  readonly signal?: number;
  readonly made?: number;
  readonly names?: readonly string[];
  readonly monotonic?: number;
  readonly boottime?: number;
}

/** What a hook was told and saw. */
export interface HookCall {
  readonly hook: string;
  /** Standard input. */
  readonly state: string;
  readonly args: readonly string[];
  readonly env: readonly string[];
  readonly mnt: string | null;
  readonly pid: string | null;
  readonly net: string | null;
  readonly uts: string | null;
  readonly probe_at_root: number;
  /** Where mounts are in the hook's namespace, and in that of the process that the state tells. */
  readonly mounts: readonly string[];
  readonly mounts_of_pid: readonly string[];
}

/** Milliseconds. */
const PATIENCE = 12_000 * timeFactor;

/** The words of a process that carries out these actions. */
export function probeWords(...actions: readonly Action[]): string[] {
  return ["/probe", "do", ...actions.flatMap((action, i) => [...(i > 0 ? [";"] : []), ...action.map(String)])];
}

function jsonLines<T>(text: string): T[] {
  return text
    .split("\n")
    .filter((line) => line.startsWith("{") && line.endsWith("}"))
    .map((line) => JSON.parse(line) as T);
}

/** A root file system with the probe, the usual folders, and nothing else. */
async function fillRootfs(probe: string, folder: string): Promise<void> {
  for (const name of ["dev", "etc", "proc", "sys", "tmp", "shared"])
    mkdirSync(join(folder, name), { recursive: true, mode: 0o755 });
  chmodSync(join(folder, "tmp"), 0o1777);
  copyFileSync(probe, join(folder, "probe"));
  chmodSync(join(folder, "probe"), 0o755);
}

export class Trial extends Scenario {
  /** The probe on the host, for hooks. */
  readonly probePath: string;
  readonly #ociVersion: string;
  #shared: string | undefined;

  /** @param since the version of the specification that the test is about: `1.2`. */
  constructor(choice: RuntimeChoice, probe: string, since: string) {
    super(choice, (folder) => fillRootfs(probe, folder));
    this.probePath = probe;
    this.#ociVersion = `${since}.0`;
    chmodSync(this.folder, 0o711); // users of user namespaces pass through it
  }

  /** The rest of the test does not apply. */
  skip(reason: string): never {
    throw new Skip(reason);
  }

  /** A config of a usual container that does nothing. */
  override bundle(patch: Patch = () => {}, base: TestConfig = typicalConfig()): Promise<Bundle> {
    base.ociVersion = this.#ociVersion;
    if (base.process.args[0] === "true") base.process.args = probeWords(["exit", 0]);
    return super.bundle(patch, base);
  }

  /** What the probe sees in a container of this config; `paths` are described. */
  see(patch: Patch = () => {}, ...paths: string[]): Promise<ProbeReport> {
    return this.probe(patch, paths);
  }

  /** Run a container in the foreground that carries out these actions, and give what they printed. */
  async do(actions: readonly Action[], patch: Patch = () => {}): Promise<Outcome[]> {
    const bundle = await this.bundle((config) => {
      config.process.args = probeWords(...actions);
      patch(config);
    });
    return jsonLines<Outcome>(succeeded(await this.runtime.run(this.id, bundle.path)).stdout);
  }

  /** The same with one action. */
  async try(action: Action, patch?: Patch): Promise<Outcome> {
    const [outcome] = await this.do([action], patch);
    if (outcome === undefined) throw new Deviation(`the process printed nothing of ${action.join(" ")}`);
    return outcome;
  }

  /** The folder on the host that containers see as /shared. */
  get shared(): string {
    if (this.#shared === undefined) {
      this.#shared = join(this.folder, "shared");
      mkdirSync(this.#shared);
      chmodSync(this.#shared, 0o777);
      writeFileSync(join(this.#shared, "out"), "", { mode: 0o666 });
      chmodSync(join(this.#shared, "out"), 0o666);
    }
    return this.#shared;
  }

  /** A bundle whose process carries out these actions and prints into a file that `printed` reads. */
  printing(actions: readonly Action[], patch: Patch = () => {}): Promise<Bundle> {
    return this.bundle((config) => {
      config.mounts.push({ destination: "/shared", type: "bind", source: this.shared, options: ["rbind", "rw"] });
      config.process.args = probeWords(["to", "/shared/out"], ...actions);
      patch(config);
    });
  }

  /** What a process of `printing` has printed so far, without the line that says that it will. */
  printed<T = Outcome>(): T[] {
    return jsonLines<T>(readFileSync(join(this.shared, "out"), "utf8"));
  }

  /** Wait until a line of the process is so. @throws Deviation after some seconds */
  printedLine(what: string, condition: (line: Outcome & { signal?: number }) => boolean): Promise<Outcome> {
    return this.eventually(what, () => this.printed().find(condition));
  }

  /** Create a container that carries out these actions when it is started, and give its pid. */
  async create(actions: readonly Action[] = [["hold"]], patch?: Patch): Promise<number> {
    const bundle = await this.printing(actions, patch);
    succeeded(await this.runtime.create(this.id, bundle.path));
    return (await this.runtime.state(this.id)).pid ?? 0;
  }

  /** The same, and start it. */
  async start(actions: readonly Action[] = [["hold"]], patch?: Patch): Promise<number> {
    const pid = await this.create(actions, patch);
    succeeded(await this.runtime.start(this.id));
    return pid;
  }

  /** Wait for the end of a container that was started, and give what its process printed. */
  async ended(): Promise<Outcome[]> {
    await this.runtime.waitFor(this.id, "stopped", PATIENCE);
    return this.printed();
  }

  /** The runtime makes no container of such a config: `create` or, at the latest, `start` reports an error. */
  async refuses(what: string, patch: Patch): Promise<void> {
    const bundle = await this.bundle(patch);
    await this.refusesBundle(what, bundle.path);
  }

  async refusesBundle(what: string, path: string): Promise<void> {
    const created = await this.runtime.create(this.id, path);
    if (created.status !== 0 || created.timedOut) return refused(what, created);
    refused(what, await this.runtime.start(this.id));
  }

  /** The runtime runs a container of such a config to its end. */
  async accepts(patch: Patch): Promise<Result> {
    const bundle = await this.bundle(patch);
    return succeeded(await this.runtime.run(this.id, bundle.path));
  }

  /** A hook that writes down what it is told, then ends with a status. */
  hook(kind: keyof Hooks, name: string = kind, status = 0, more: Partial<Hook> = {}): Hook {
    const inside = kind === "startContainer";
    const log = inside ? "/shared/hooks" : join(this.shared, "hooks");
    return {
      path: inside ? "/probe" : this.probePath,
      args: ["probe", "do", "hook", name, log, String(status)],
      ...more,
    };
  }

  /** What hooks have written down, in their order. */
  hookCalls(): HookCall[] {
    const path = join(this.shared, "hooks");
    return existsSync(path) ? jsonLines<HookCall>(readFileSync(path, "utf8")) : [];
  }

  /** Wait until there is something. @throws Deviation after some seconds */
  async eventually<T>(what: string, condition: () => T | undefined | false | null): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    for (;;) {
      const value = condition();
      if (value) return value;
      if (Date.now() > deadline) throw new Deviation(`in vain waited for: ${what}`);
      await setTimeout(20);
    }
  }
}
