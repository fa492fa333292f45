/** The tests of one engine: its daemon is started once, and after every test it has no container left. */

import { afterAll, beforeAll, describe } from "bun:test";
import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { cgroupV1Hierarchies, type Need, reasonToSkip } from "../harness/facilities.ts";
import { Scenario, testWhere } from "../harness/scenario.ts";
import { timeFactor } from "../harness/time_limit.ts";
import { removeSlice } from "./cgroup_parent.ts";

/** An engine that a suite started. */
export interface Engine {
  /** Remove all containers. */
  reset(): Promise<void>;
  /** End the daemon and all that it mounted. */
  stop(): Promise<void>;
}

export interface EngineTestOptions {
  /** Besides what the whole suite needs. */
  readonly needs?: readonly Need[];
  /** Milliseconds, 60,000 if left out. */
  readonly timeout?: number;
}

/** Define a test that gets the running engine, and the suite's scenario. */
export type EngineTest<E> = (
  name: string,
  body: (engine: E, t: Scenario) => Promise<void>,
  options?: EngineTestOptions,
) => void;

/** Milliseconds for an engine's start, with the images that it is given. */
const START_LIMIT = 450_000;

/**
 * Define the tests of one engine. When they have ended nothing may be left of it on the machine.
 *
 * @param needs besides root, or "ordinary-user": without these nothing is started, and all tests are skipped.
 * @param start starts the engine; all names and folders that it uses contain the scenario's id.
 */
export function engineSuite<E extends Engine>(
  name: string,
  needs: readonly Need[],
  start: (t: Scenario) => Promise<E>,
  define: (test: EngineTest<E>) => void,
): void {
  describe(name, () => {
    const user: Need = needs.includes("ordinary-user") ? "ids" : "root";
    const suiteNeeds: readonly Need[] = [user, "tool:busybox", ...needs];
    let suite: { readonly t: Scenario; readonly engine: E } | undefined;
    let failed = false;

    beforeAll(async () => {
      if (reasonToSkip(suiteNeeds) !== undefined) return;
      const t = new Scenario();
      try {
        suite = { t, engine: await start(t) };
      } catch (error) {
        await t.end(true);
        throw error;
      }
    }, START_LIMIT * timeFactor);

    afterAll(async () => {
      if (suite === undefined) return;
      const { t, engine } = suite;
      try {
        await engine.stop();
        removeEmptyCgroups(t.id);
        await removeSlice(t.id);
      } catch (error) {
        failed = true;
        throw error;
      } finally {
        await t.end(failed);
      }
    }, 120_000 * timeFactor);

    define((title, body, options = {}) =>
      testWhere(
        [...suiteNeeds, ...(options.needs ?? [])],
        title,
        async () => {
          if (suite === undefined) throw new Error("the engine did not start");
          let done = false;
          try {
            await body(suite.engine, suite.t);
            done = true;
          } finally {
            failed ||= !done;
            await suite.engine.reset();
          }
        },
        options.timeout ?? 60_000,
      ));
  });
}

/** Remove the cgroups that an engine makes for its containers' cgroups to lie in, and that nobody else removes. */
export function removeEmptyCgroups(name: string): void {
  const hierarchies = [...new Set(cgroupV1Hierarchies().values()), "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
  for (const parent of hierarchies.map((folder) => join(folder, name)).filter(existsSync)) removeTree(parent);
}

/** @throws Error when a cgroup below still has processes. */
function removeTree(cgroup: string): void {
  for (const entry of readdirSync(cgroup, { withFileTypes: true }))
    if (entry.isDirectory()) removeTree(join(cgroup, entry.name));
  rmdirSync(cgroup);
}
