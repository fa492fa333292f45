/** Containers for tests that write them down and bring them back with CRIU. */

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "./base_configs.ts";
import type { Bundle } from "./bundle.ts";
import { type CommandOptions, type Result, runCommand, succeeded } from "./command.ts";
import { eventually } from "./expectations.ts";
import type { Scenario } from "./scenario_context.ts";

const patience: CommandOptions = { timeout: 60_000 };

/** Counts into /shared/n, in its memory. */
const COUNTING = "i=0; while :; do i=$((i+1)); echo $i >/shared/n.new; mv /shared/n.new /shared/n; sleep 0.05; done";

/** A command whose standard streams are the null device: CRIU takes no file of the host along. */
export function quietly(t: Scenario, options: CommandOptions, ...args: string[]): Promise<Result> {
  return runCommand(["sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh", ...t.runtime.argv(args)], options);
}

export async function startQuietly(t: Scenario, bundle: Bundle, ...flags: string[]): Promise<void> {
  succeeded(await quietly(t, {}, "run", "--detach", "--bundle", bundle.path, ...flags, t.id));
}

export interface Counting {
  readonly bundle: Bundle;
  readonly images: string;
  count(): number;
}

/** Start a container that counts. */
export async function startCounting(t: Scenario, patch: (config: TestConfig) => void = () => {}): Promise<Counting> {
  let shared = "";
  const bundle = await t.bundle((config) => {
    shared = t.share(config);
    config.process.args = ["sh", "-c", COUNTING];
    patch(config);
  });
  await startQuietly(t, bundle);
  const count = (): number => (existsSync(join(shared, "n")) ? Number(readFileSync(join(shared, "n"), "utf8")) : 0);
  await eventually("a number", () => count() > 2);
  return { bundle, images: join(t.folder, "images"), count };
}

export function checkpoint(t: Scenario, images: string, ...flags: string[]): Promise<Result> {
  return t.runtime.command(["checkpoint", "--image-path", images, ...flags, t.id], patience);
}

export function restore(
  t: Scenario,
  { bundle, images }: Pick<Counting, "bundle" | "images">,
  ...flags: string[]
): Promise<Result> {
  const args = ["restore", "--detach", "--bundle", bundle.path, "--image-path", images, ...flags, t.id];
  return t.runtime.command(args, patience);
}
