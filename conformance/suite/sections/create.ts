/** runtime.md: create, and the beginning of the life cycle. */

import { existsSync, mkdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { type Result, succeeded } from "../../harness/command.ts";
import { findLeftovers } from "../../harness/leftovers.ts";
import { different, equal, ok, refused } from "../assertions.ts";
import { deFacto, must, section, should } from "../test.ts";
import { probeWords, put, type Trial } from "../trial.ts";

async function createFresh(t: Trial, id: string): Promise<Result> {
  const bundle = await t.bundle();
  return t.runtime.create(id, bundle.path);
}

/** `create` has reported an error, and there is no such container. */
async function noContainer(t: Trial, id: string, result: Result): Promise<void> {
  refused("create", result);
  refused(`state of ${id}`, await t.runtime.command(["state", id]));
}

export const CREATE = [
  ...section("runtime.md#create", [
    must("gives a container whose status is created", async (t) => {
      succeeded(await createFresh(t, t.id));
      equal("status", await t.runtime.status(t.id), "created");
    }),
    must("does not run the process", async (t) => {
      await t.create([["touch", "/shared/ran"], ["hold"]]);
      equal("what the process printed", t.printed(), []);
      ok("the process has run", !existsSync(join(t.shared, "ran")));
    }),
    must("is an error without an id", async (t) => {
      const bundle = await t.bundle();
      refused("create", await t.runtime.command(["create", "--bundle", bundle.path]));
    }),
    must("is an error where there is no bundle", async (t) =>
      noContainer(t, t.id, await t.runtime.create(t.id, join(t.folder, "nothing"))),
    ),
    must("is an error with an id that is taken, and leaves its container alone", async (t) => {
      const pid = await t.start();
      refused("create", await createFresh(t, t.id));
      const { status, pid: now } = await t.runtime.state(t.id);
      equal("the first container", { status, pid: now }, { status: "running", pid });
    }),
    must("is an error with the id of a stopped container", async (t) => {
      await t.start([["exit", 0]]);
      await t.runtime.waitFor(t.id, "stopped");
      refused("create", await createFresh(t, t.id));
    }),
    must("is an error with an id that leads out of the runtime's folder", async (t) => {
      refused("create", await createFresh(t, `../${t.id}`));
      ok("a folder beside the runtime's", !existsSync(join(t.runtime.root, "..", t.id)));
    }),
    must("is an error with an empty id", async (t) => refused("create", await createFresh(t, ""))),
    must("makes the namespaces", async (t) => {
      const pid = await t.create();
      for (const kind of ["mnt", "uts", "ipc", "net", "pid"])
        different(`${kind} namespace`, readlinkSync(`/proc/${pid}/ns/${kind}`), readlinkSync(`/proc/self/ns/${kind}`));
    }),
    must("makes the mounts", async (t) => {
      const pid = await t.create();
      const mounts = readFileSync(`/proc/${pid}/mountinfo`, "utf8");
      ok("the mount on /shared", mounts.includes(" /shared "));
    }),
    must("makes the cgroup, and puts the process into it", async (t) => {
      const pid = await t.create();
      ok("the process's cgroup", readFileSync(`/proc/${pid}/cgroup`, "utf8").includes(t.id));
    }),
    should("makes a container of a config without a process", async (t) => {
      const bundle = await t.bundle((config) => put(config, "process", undefined));
      succeeded(await t.runtime.create(t.id, bundle.path));
      equal("status", await t.runtime.status(t.id), "created");
    }),
    deFacto("writes the pid to --pid-file, without a newline", async (t) => {
      const bundle = await t.bundle();
      const pidFile = join(t.folder, "pid");
      succeeded(await t.runtime.create(t.id, bundle.path, { pidFile }));
      equal("the file", readFileSync(pidFile, "utf8"), String((await t.runtime.state(t.id)).pid));
    }),
    deFacto("looks for the executable already", async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["/no/such/program"];
      });
      refused("create", await t.runtime.create(t.id, bundle.path));
    }),
  ]),
  ...section("runtime.md#lifecycle", [
    must("a change of config.json after create has no effect", async (t) => {
      const bundle = await t.printing([["report"]]);
      succeeded(await t.runtime.create(t.id, bundle.path));
      bundle.config.hostname = "changed";
      bundle.config.process.args = probeWords(["to", "/shared/out"], ["touch", "/tmp/changed"]);
      bundle.save();
      succeeded(await t.runtime.start(t.id));
      await t.runtime.waitFor(t.id, "stopped");
      const [report] = t.printed<{ hostname?: string }>();
      equal("hostname", report?.hostname, "typical");
    }),
    must("neither has its removal", async (t) => {
      const bundle = await t.printing([["clocks"]]);
      succeeded(await t.runtime.create(t.id, bundle.path));
      bundle.saveText("");
      succeeded(await t.runtime.start(t.id));
      equal(
        "what ran",
        (await t.ended()).map(({ action }) => action),
        ["clocks"],
      );
    }),
    must("a container can be made again under the id of one that was deleted", async (t) => {
      for (let i = 0; i < 2; i++) {
        succeeded(await createFresh(t, t.id));
        succeeded(await t.runtime.start(t.id));
        await t.runtime.waitFor(t.id, "stopped");
        succeeded(await t.runtime.delete(t.id));
      }
    }),
    must("containers of several ids are there at once", async (t) => {
      const second = t.newId();
      await t.start();
      const other = await t.bundle((config) => {
        config.linux.cgroupsPath = `/${second}`;
        config.process.args = probeWords(["hold"]);
      });
      succeeded(await t.runtime.create(second, other.path));
      succeeded(await t.runtime.start(second));
      equal("status", await t.runtime.status(t.id), "running");
      equal("status", await t.runtime.status(second), "running");
    }),
  ]),
  ...section("runtime.md#errors", [
    must("a bundle without config.json is refused", async (t) => {
      const empty = join(t.folder, "empty");
      mkdirSync(empty);
      await noContainer(t, t.id, await t.runtime.create(t.id, empty));
    }),
    must("a config that is not JSON is refused", async (t) => {
      const bundle = await t.bundle();
      bundle.saveText('{"ociVersion": "1.0.0",');
      await noContainer(t, t.id, await t.runtime.create(t.id, bundle.path));
    }),
    must("a config that cannot be satisfied is refused, and nothing of the container stays", async (t) => {
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/x", type: "bind", source: join(t.folder, "missing"), options: ["bind"] });
      });
      await noContainer(t, t.id, await t.runtime.create(t.id, bundle.path));
      const { cgroups, processes } = findLeftovers(t.id);
      equal("cgroups that stayed", cgroups, []);
      equal("processes that stayed", processes, []);
    }),
    must("an id can be used after a create that failed", async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["/no/such/program"];
      });
      const first = await t.runtime.create(t.id, bundle.path);
      if (first.status === 0) t.skip("the runtime looks for the executable at start");
      succeeded(await createFresh(t, t.id));
    }),
  ]),
];
