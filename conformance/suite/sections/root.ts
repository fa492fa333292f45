/** config.md: the root file system. */

import { readFileSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { succeeded } from "../../harness/command.ts";
import { equal, includes, ok } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having, probeWords } from "../trial.ts";

const { EROFS } = constants.errno;

export const ROOT = section("config.md#root", [
  must("the container sees what lies in root.path as /", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = probeWords(["read", "/marker"]);
    });
    writeFileSync(join(bundle.rootfs, "marker"), "here");
    includes("what it reads", succeeded(await t.runtime.run(t.id, bundle.path)).stdout, '"text":"here"');
  }),
  must("root.path may be absolute", async (t) => {
    const bundle = await t.bundle();
    bundle.config.root.path = bundle.rootfs;
    bundle.save();
    succeeded(await t.runtime.run(t.id, bundle.path));
  }),
  must("a relative root.path is relative to the bundle, wherever the runtime is called", async (t) => {
    const bundle = await t.bundle();
    succeeded(await t.runtime.run(t.id, bundle.path, { cwd: "/" }));
  }),
  must("a config without root is an error", (t) => t.refuses("a config without root", having("root", undefined))),
  must("a root without a path is an error", (t) => t.refuses("a root without a path", having("root", {}))),
  must("a root.path where there is nothing is an error", (t) =>
    t.refuses("a missing folder", having("root.path", "nothing-here")),
  ),
  must("a root.path that is no directory is an error", (t) => t.refuses("a file", having("root.path", "bind-source"))),
  must("what is in the container's / can be written if readonly is not set", async (t) => {
    equal("errno", (await t.try(["touch", "/new"])).errno, 0);
  }),
  must("neither can readonly false keep it from that", async (t) => {
    equal("errno", (await t.try(["touch", "/new"], having("root.readonly", false))).errno, 0);
  }),
  must("nothing in / can be made if readonly is true", async (t) => {
    const outcomes = await t.do(
      [
        ["touch", "/new"],
        ["mkdir", "/new"],
        ["unlink", "/probe"],
      ],
      having("root.readonly", true),
    );
    equal(
      "errno",
      outcomes.map(({ errno }) => errno),
      [EROFS, EROFS, EROFS],
    );
  }),
  must("the mount of / is read-only if readonly is true", async (t) => {
    const { mounts } = await t.see(having("root.readonly", true));
    const root = mounts.find(({ target }) => target === "/");
    ok("options of /", root?.options.split(",").includes("ro"), root?.options);
  }),
  must("mounts in a read-only root may be written", async (t) => {
    const outcome = await t.try(["touch", "/tmp/in/new"], (config) => {
      config.root.readonly = true;
      config.mounts.push({ destination: "/tmp/in", type: "tmpfs", source: "tmpfs" });
    });
    equal("errno", outcome.errno, 0);
  }),
  must("what the container writes is in the bundle's folder", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = probeWords(["touch", "/new"]);
    });
    succeeded(await t.runtime.run(t.id, bundle.path));
    equal("the file", readFileSync(join(bundle.rootfs, "new"), "utf8"), "");
  }),
  must("a folder above / is / itself", async (t) => {
    const [above, root] = await t.do([
      ["list", "/.."],
      ["list", "/"],
    ]);
    equal("names", above?.names, root?.names);
  }),
]);
