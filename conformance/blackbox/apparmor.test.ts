/** AppArmor: the profile that a config names confines the container's processes. */

import { describe, expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

const scenario = scenarioWith(["root", "file:/sys/kernel/security/apparmor/profiles", "tool:apparmor_parser"]);

/** Load a profile of the test's own that lets everything be done but read one file; it is removed after the test. */
async function loadProfile(t: Scenario, name: string, denied: string): Promise<void> {
  const file = join(t.folder, name);
  const rules = ["file,", "capability,", "network,", "signal,", "ptrace,", "unix,", `deny ${denied} r,`];
  writeFileSync(file, `profile ${name} flags=(attach_disconnected) {\n${rules.join("\n")}\n}\n`);
  const parser = (...flags: string[]) => runCommand(["apparmor_parser", "--skip-cache", ...flags, file]);
  succeeded(await parser("--replace"));
  t.defer(async () => void succeeded(await parser("--remove")));
}

const script =
  "cat /proc/self/attr/current; cat /etc/group >/dev/null && echo group; cat /etc/passwd >/dev/null && echo passwd";

describe("the profile", () => {
  scenario("confines what the container runs", async (t) => {
    await loadProfile(t, t.id, "/etc/passwd");
    const result = await t.sh(script, (config) => {
      config.process.apparmorProfile = t.id;
    });
    expect(result.stdout).toBe(`${t.id} (enforce)\ngroup\n`);
    expect(result.stderr).toContain("Permission denied");
  });

  scenario("confines it in a user namespace too", async (t) => {
    await loadProfile(t, t.id, "/etc/passwd");
    const mappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
    const bundle = await t.bundle((config) => {
      config.process.apparmorProfile = t.id;
      config.process.args = ["sh", "-c", script];
      config.linux.namespaces.push({ type: "user" });
      Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
    });
    await Bun.$`chown -R 100000:100000 ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
    expect((await t.runtime.run(t.id, bundle.path)).stdout).toBe(`${t.id} (enforce)\ngroup\n`);
  });

  scenario("confines what exec runs: the container's, or another", async (t) => {
    const other = `${t.id}-other`;
    await loadProfile(t, t.id, "/etc/passwd");
    await loadProfile(t, other, "/etc/group");
    await t.startSleeping((config) => {
      config.process.apparmorProfile = t.id;
    });
    const exec = (...flags: string[]) => t.runtime.command(["exec", ...flags, t.id, "sh", "-c", script]);
    expect((await exec()).stdout).toBe(`${t.id} (enforce)\ngroup\n`);
    expect((await exec("--apparmor", other)).stdout).toBe(`${other} (enforce)\npasswd\n`);
  });
});

describe("a profile that is not loaded", () => {
  const says = (t: Scenario): string =>
    t.runtime.kind === "tsrun" ? `/process/apparmorProfile: the profile ${t.id} is not loaded` : "";

  scenario("is an error of create, and nothing is left", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.apparmorProfile = t.id;
    });
    expectFailure(await t.runtime.create(t.id, bundle.path), says(t));
    await t.expectNothingLeft();
  });

  scenario("is an error of exec", async (t) => {
    await t.startSleeping();
    expectFailure(await t.runtime.command(["exec", "--apparmor", t.id, t.id, "true"]), says(t), 255);
  });
});
