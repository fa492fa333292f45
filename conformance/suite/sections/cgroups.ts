/** config-linux.md: where the cgroup is, and whose. */

import { existsSync, lstatSync, mkdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../../harness/command.ts";
import { cgroupV1Hierarchies } from "../../harness/facilities.ts";
import { equal, ok } from "../assertions.ts";
import { must, section, should } from "../test.ts";
import { having, type Patch, probeWords, type Trial } from "../trial.ts";

/** The container's cgroup by controller, as the host sees the process; `` is that of version 2. */
function cgroupsOf(pid: number): Map<string, string> {
  const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8").trim().split("\n");
  return new Map(
    lines.flatMap((line) => {
      const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return controllers.split(",").map((controller) => [controller.replace("name=", ""), path] as const);
    }),
  );
}

/** Where a controller's hierarchy is on the host. */
function hierarchy(controller: string): string {
  const found = cgroupV1Hierarchies().get(controller);
  return found ?? "/sys/fs/cgroup";
}

const at =
  (path: string): Patch =>
  (config) => {
    config.linux.cgroupsPath = path;
  };

const pathOf = (pid: number): string => cgroupsOf(pid).get("memory") ?? cgroupsOf(pid).get("") ?? "";

async function ownerOf(t: Trial, options: readonly string[]): Promise<number> {
  const pid = await t.start([["hold"]], (config) => {
    config.linux.namespaces.push({ type: "user" }, { type: "cgroup" });
    config.linux.uidMappings = config.linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
    const mount = config.mounts.find(({ destination }) => destination === "/sys/fs/cgroup");
    if (mount !== undefined) mount.options = [...options];
  });
  return lstatSync(join(hierarchy("memory"), pathOf(pid))).uid;
}

export const CGROUPS = [
  ...section("config-linux.md#cgroups-path", [
    must("an absolute path is the process's cgroup below the mount point", async (t) => {
      const pid = await t.create([["hold"]], at(`/${t.id}/deep/er`));
      equal("cgroup", pathOf(pid), `/${t.id}/deep/er`);
    }),
    must(
      "the cgroup is made in every hierarchy of version 1",
      async (t) => {
        const pid = await t.create([["hold"]], at(`/${t.id}`));
        const elsewhere = [...cgroupsOf(pid)].filter(([name, path]) => name !== "" && path !== `/${t.id}`);
        const used = ["memory", "cpu", "pids", "devices", "freezer", "cpuset", "blkio"];
        equal(
          "controllers elsewhere",
          elsewhere.map(([name]) => name).filter((name) => used.includes(name)),
          [],
        );
      },
      { needs: ["cgroup-v1"] },
    ),
    must("the same path is the same place for a second container", async (t) => {
      const paths: string[] = [];
      for (let i = 0; i < 2; i++) {
        paths.push(pathOf(await t.create([["hold"]], at(`/${t.id}/place`))));
        succeeded(await t.runtime.kill(t.id, "KILL"));
        await t.runtime.waitFor(t.id, "stopped");
        succeeded(await t.runtime.delete(t.id));
      }
      equal("cgroups", paths, [`/${t.id}/place`, `/${t.id}/place`]);
    }),
    must("a relative path gives a place as well, which its name is part of", async (t) => {
      const pid = await t.create([["hold"]], at(`${t.id}-relative`));
      ok("cgroup", pathOf(pid).includes(`${t.id}-relative`), pathOf(pid));
    }),
    must("the cgroup's parts are made if they are missing", async (t) => {
      const pid = await t.create([["hold"]], at(`/${t.id}/a/b`));
      ok("the folder", existsSync(join(hierarchy("memory"), pathOf(pid))));
    }),
    must("without it the container has a cgroup of its own all the same", async (t) => {
      const bundle = await t.printing([["hold"]], (config) => {
        delete config.linux.cgroupsPath;
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      const pid = (await t.runtime.state(t.id)).pid ?? 0;
      ok("cgroup", pathOf(pid) !== cgroupsOf(process.pid).get("memory"), pathOf(pid));
    }),
    must("a path that leads out of the hierarchy does not", async (t) => {
      const bundle = await t.printing([["hold"]], at(`/../../${t.id}`));
      const created = await t.runtime.create(t.id, bundle.path);
      if (created.status !== 0) return;
      equal("cgroup", pathOf((await t.runtime.state(t.id)).pid ?? 0), `/${t.id}`);
    }),
    must("the cgroup that is there is used", async (t) => {
      const path = join(hierarchy("memory"), t.id);
      mkdirSync(path);
      t.defer(() => {
        if (existsSync(path)) rmdirSync(path);
      });
      equal("cgroup", pathOf(await t.create([["hold"]], at(`/${t.id}`))), `/${t.id}`);
    }),
    should("the processes of the container that are made later are in it", async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = probeWords(["exec", "/probe", "do", "read", "/proc/self/cgroup"]);
      });
      const { stdout } = succeeded(await t.runtime.run(t.id, bundle.path));
      ok("cgroup of the child", stdout.includes(t.id), stdout);
    }),
  ]),
  ...section(
    "config-linux.md#cgroup-ownership",
    [
      should("owners stay as they are under version 1", async (t) => equal("owner", await ownerOf(t, ["rw"]), 0), {
        needs: ["cgroup-v1"],
      }),
      should(
        "the cgroup is the container's root's where cgroups are mounted for writing",
        async (t) => equal("owner", await ownerOf(t, ["rw"]), 100_000),
        { needs: ["cgroup-v2"] },
      ),
      should("owners stay as they are where cgroups are mounted for reading", async (t) =>
        equal("owner", await ownerOf(t, ["ro"]), 0),
      ),
    ],
    { since: "1.1", needs: ["file:/proc/self/ns/user"] },
  ),
  ...section("config-linux.md#control-groups", [
    must("resources of a kind that there is not are ignored, as unknown properties are", async (t) => {
      await t.accepts(having("linux.resources.antigravity", { limit: 5 }));
    }),
    must(
      "a container without resources runs",
      async (t) => void (await t.accepts(having("linux.resources", undefined))),
    ),
  ]),
];
