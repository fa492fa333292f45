/** runtime.md: what the state of a container tells. */

import { readFileSync, realpathSync } from "node:fs";
import { succeeded } from "../../harness/command.ts";
import { equal, ok, refused } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";

const SEM_VER = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;

export const STATE = [
  ...section("runtime.md#state", [
    must("ociVersion is a version by SemVer", async (t) => {
      await t.create();
      const { ociVersion } = await t.runtime.state(t.id);
      ok("ociVersion", SEM_VER.test(ociVersion), ociVersion);
    }),
    must("id is the one given to create", async (t) => {
      await t.create();
      equal("id", (await t.runtime.state(t.id)).id, t.id);
    }),
    must("status is created after create", async (t) => {
      await t.create();
      equal("status", await t.runtime.status(t.id), "created");
    }),
    must("status is running while the process runs", async (t) => {
      await t.start();
      equal("status", await t.runtime.status(t.id), "running");
    }),
    must("status is stopped when the process has ended", async (t) => {
      await t.start([["exit", 0]]);
      await t.runtime.waitFor(t.id, "stopped");
    }),
    must("pid is that of a living process while the container is created", async (t) => {
      const pid = await t.create();
      ok("pid", pid > 1, pid);
      readFileSync(`/proc/${pid}/stat`);
    }),
    must("pid is that of the container's process, as the host sees it", async (t) => {
      const pid = await t.start([["report"], ["hold"]]);
      await t.printedLine("the process", ({ action }) => action === "hold");
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      equal(`command line of ${pid}`, words.slice(0, 2), ["/probe", "do"]);
    }),
    must("pid stays the same from create to the end", async (t) => {
      const pid = await t.create();
      succeeded(await t.runtime.start(t.id));
      equal("pid", (await t.runtime.state(t.id)).pid, pid);
    }),
    must("bundle is the absolute path of the bundle", async (t) => {
      const bundle = await t.bundle();
      succeeded(await t.runtime.create(t.id, bundle.path));
      equal("bundle", realpathSync((await t.runtime.state(t.id)).bundle), realpathSync(bundle.path));
    }),
    must("bundle is absolute even where create was given a relative path", async (t) => {
      const bundle = await t.bundle();
      succeeded(await t.runtime.create(t.id, ".", { cwd: bundle.path }));
      equal("bundle", (await t.runtime.state(t.id)).bundle, realpathSync(bundle.path));
    }),
    must("annotations are those of the config", async (t) => {
      const annotations = { "org.example.one": "1", "org.example.empty": "" };
      await t.create([], (config) => {
        config.annotations = annotations;
      });
      const shown = (await t.runtime.state(t.id)).annotations ?? {};
      for (const [key, value] of Object.entries(annotations)) equal(`annotation ${key}`, shown[key], value);
    }),
    must("annotations are absent or empty where the config has none", async (t) => {
      await t.create();
      const annotations = (await t.runtime.state(t.id)).annotations ?? {};
      const own = Object.keys(annotations).filter((key) => !key.startsWith("org.opencontainers."));
      equal("annotations", own, []);
    }),
    must("annotations are told as long as the container is there", async (t) => {
      await t.start([["exit", 0]], (config) => {
        config.annotations = { "org.example.one": "1" };
      });
      await t.runtime.waitFor(t.id, "stopped");
      equal("annotations", (await t.runtime.state(t.id)).annotations?.["org.example.one"], "1");
    }),
    deFacto("tells when it was created", async (t) => {
      await t.create();
      const { created = "" } = await t.runtime.state(t.id);
      ok("created", !Number.isNaN(Date.parse(created)), created);
    }),
  ]),
  ...section("runtime.md#query-state", [
    must("is an error without an id", async (t) => refused("state", await t.runtime.command(["state"]))),
    must("is an error for a container that there is not", async (t) =>
      refused("state", await t.runtime.command(["state", t.id])),
    ),
    must("is an error for a container that was deleted", async (t) => {
      await t.start([["exit", 0]]);
      await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.delete(t.id));
      refused("state", await t.runtime.command(["state", t.id]));
    }),
    must("changes nothing", async (t) => {
      await t.start();
      const first = succeeded(await t.runtime.command(["state", t.id])).stdout;
      equal("the second answer", succeeded(await t.runtime.command(["state", t.id])).stdout, first);
    }),
  ]),
];
