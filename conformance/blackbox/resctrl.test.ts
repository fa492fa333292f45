/** A class of service that update gives a container, in a folder that stands in for the resctrl file system, goes with it. */

import { expect } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readConfigCopy } from "../../lib/container/config_copy.ts";
import { loadState } from "../../lib/container/state.ts";
import { updateSchemas } from "../../lib/container/update_schemas.ts";
import { succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

const scenario = scenarioWith(["runtime:tsrun"]);

/** What `update --l3-cache-schema L3:0=f` does where the file system is mounted. */
function giveClass(t: Scenario): { group: string } {
  const resctrl = join(t.folder, "resctrl");
  mkdirSync(resctrl);
  const state = loadState(t.runtime.root, t.id);
  updateSchemas(t.runtime.root, state, readConfigCopy(t.runtime.root, t.id), { l3CacheSchema: "L3:0=f" }, resctrl);
  const group = join(resctrl, t.id);
  expect(readFileSync(join(group, "tasks"), "utf8")).toBe(String(state.pid));
  expect(readFileSync(join(group, "schemata"), "utf8")).toBe("L3:0=f\n");
  // The kernel removes a group with its files.
  for (const file of readdirSync(group)) rmSync(join(group, file));
  return { group };
}

scenario("when run ends that watches it", async (t) => {
  let shared = "";
  const bundle = await t.bundle((config) => {
    shared = t.share(config);
    config.process.args = ["sh", "-c", ": >/shared/ready; exec sleep 1000"];
  });
  const ended = t.runtime.run(t.id, bundle.path);
  await eventually("the container", () => existsSync(join(shared, "ready")));
  const { group } = giveClass(t);
  succeeded(await t.runtime.kill(t.id, "KILL"));
  expect((await ended).status).toBe(137);
  expect(existsSync(group)).toBeFalse();
  await t.expectNothingLeft();
});

for (const flags of [[], ["--force"]])
  scenario(["by delete", ...flags].join(" "), async (t) => {
    await t.startSleeping();
    const { group } = giveClass(t);
    if (flags.length === 0) {
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
    }
    succeeded(await t.runtime.delete(t.id, ...flags));
    expect(existsSync(group)).toBeFalse();
    await t.expectNothingLeft();
  });
