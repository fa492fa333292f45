/** runtime.md: delete. */

import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../../harness/command.ts";
import { cgroupV1Hierarchies } from "../../harness/facilities.ts";
import { settledLeftovers } from "../../harness/leftovers.ts";
import { equal, ok, refused } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";
import type { Trial } from "../trial.ts";

async function deleteStopped(t: Trial): Promise<void> {
  await t.start([["exit", 0]]);
  await t.runtime.waitFor(t.id, "stopped");
  succeeded(await t.runtime.delete(t.id));
}

/** A folder in a cgroup hierarchy of this machine, with the test's id in its name. */
function makeCgroup(t: Trial, name: string): string {
  const hierarchy = cgroupV1Hierarchies().get("memory") ?? "/sys/fs/cgroup";
  const path = join(hierarchy, name);
  mkdirSync(path);
  t.defer(() => {
    if (existsSync(path)) rmdirSync(path);
  });
  return path;
}

export const DELETE = section("runtime.md#delete", [
  must("is an error without an id", async (t) => refused("delete", await t.runtime.command(["delete"]))),
  must("is an error for a container that there is not", async (t) => refused("delete", await t.runtime.delete(t.id))),
  must("is an error for a running container, and has no effect on it", async (t) => {
    const pid = await t.start();
    refused("delete", await t.runtime.delete(t.id));
    const { status, pid: now } = await t.runtime.state(t.id);
    equal("the container", { status, pid: now }, { status: "running", pid });
  }),
  must("removes the container", async (t) => {
    await deleteStopped(t);
    refused("state", await t.runtime.command(["state", t.id]));
  }),
  must("is an error the second time", async (t) => {
    await deleteStopped(t);
    refused("delete", await t.runtime.delete(t.id));
  }),
  must("removes the cgroup", async (t) => {
    await deleteStopped(t);
    equal("cgroups that stayed", (await settledLeftovers(t.id)).cgroups, []);
  }),
  must("leaves no process", async (t) => {
    await deleteStopped(t);
    equal("processes that stayed", (await settledLeftovers(t.id)).processes, []);
  }),
  must("leaves no mount on the host", async (t) => {
    await deleteStopped(t);
    equal("mounts that stayed", (await settledLeftovers(t.id)).mounts, []);
  }),
  must("leaves the bundle as it was", async (t) => {
    const bundle = await t.bundle();
    const before = [readdirSync(bundle.rootfs), readFileSync(join(bundle.path, "config.json"), "utf8")];
    succeeded(await t.runtime.create(t.id, bundle.path));
    succeeded(await t.runtime.start(t.id));
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await t.runtime.delete(t.id));
    equal("the bundle", [readdirSync(bundle.rootfs), readFileSync(join(bundle.path, "config.json"), "utf8")], before);
  }),
  must("leaves what was mounted from the host", async (t) => {
    await deleteStopped(t);
    ok("the folder on the host", existsSync(join(t.shared, "out")));
  }),
  must("leaves a cgroup above the container's that it has not made", async (t) => {
    const path = makeCgroup(t, `${t.id}-above`);
    await t.start([["exit", 0]], (config) => {
      config.linux.cgroupsPath = `/${t.id}-above/${t.id}`;
    });
    await t.runtime.waitFor(t.id, "stopped");
    succeeded(await t.runtime.delete(t.id));
    ok("the cgroup above", existsSync(path));
    ok("the container's cgroup stayed", !existsSync(join(path, t.id)));
  }),
  deFacto("removes a container that is created", async (t) => {
    await t.create();
    succeeded(await t.runtime.delete(t.id));
    refused("state", await t.runtime.command(["state", t.id]));
    equal("processes that stayed", (await settledLeftovers(t.id)).processes, []);
  }),
  deFacto("--force ends and removes a running container", async (t) => {
    await t.start();
    succeeded(await t.runtime.delete(t.id, "--force"));
    refused("state", await t.runtime.command(["state", t.id]));
  }),
  deFacto("--force succeeds where there is no such container", async (t) => {
    succeeded(await t.runtime.delete(t.id, "--force"));
  }),
]);
