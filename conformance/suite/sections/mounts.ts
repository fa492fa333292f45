/** config.md: mounts, but for their options. */

import { mkdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { Mount } from "../../../lib/spec/types.ts";
import { succeeded } from "../../harness/command.ts";
import type { ProbeMount, ProbeReport } from "../../harness/probe_report.ts";
import { equal, ok } from "../assertions.ts";
import { deFacto, must, section, should } from "../test.ts";
import { having, type Patch, probeWords, type Trial } from "../trial.ts";

const { EROFS } = constants.errno;

const adding =
  (...mounts: Mount[]): Patch =>
  (config) =>
    void config.mounts.push(...mounts);

const tmpfs = (destination: string, ...options: string[]): Mount => ({
  destination,
  type: "tmpfs",
  source: "tmpfs",
  options,
});

/** The uppermost mount at a place. */
function mountAt({ mounts }: ProbeReport, target: string): ProbeMount {
  const found = mounts.filter((mount) => mount.target === target).at(-1);
  ok(`a mount on ${target}`, found !== undefined);
  return found;
}

/** The size of the file system that the container sees at a path; undefined when there is nothing. */
async function sizeOf(t: Trial, path: string, ...mounts: Mount[]): Promise<number | undefined> {
  return (await t.see(adding(...mounts), path)).paths[path]?.filesystem_size;
}

/** A folder on the host with a file in it. */
function hostFolder(t: Trial): string {
  const folder = join(t.folder, "from-host");
  mkdirSync(folder);
  writeFileSync(join(folder, "file"), "of the host");
  return folder;
}

export const MOUNTS = [
  ...section("config.md#mounts", [
    must("are mounted in the listed order: the later one at a place hides the earlier", async (t) => {
      equal("size", await sizeOf(t, "/tmp/x", tmpfs("/tmp/x", "size=64k"), tmpfs("/tmp/x", "size=128k")), 131_072);
    }),
    must("are mounted in the listed order: one below another is seen", async (t) => {
      equal("size", await sizeOf(t, "/tmp/x/below", tmpfs("/tmp/x"), tmpfs("/tmp/x/below", "size=128k")), 131_072);
    }),
    must("are mounted in the listed order: one that comes after what lies in it hides that", async (t) => {
      equal("size", await sizeOf(t, "/tmp/x/below", tmpfs("/tmp/x/below", "size=128k"), tmpfs("/tmp/x")), undefined);
    }),
    must(
      "a relative destination is relative to /",
      async (t) => {
        mountAt(await t.see(adding(tmpfs("tmp/relative"))), "/tmp/relative");
      },
      { since: "1.2" },
    ),
    must("a mount without a destination is an error", (t) =>
      t.refuses("a mount without a destination", having("mounts.0.destination", undefined)),
    ),
    must("a file system that the kernel does not have is an error", (t) =>
      t.refuses("a mount of type nosuchfs", adding({ destination: "/tmp/x", type: "nosuchfs", source: "x" })),
    ),
    must("a folder of the host is seen where it is bound", async (t) => {
      const source = hostFolder(t);
      const outcome = await t.try(
        ["read", "/tmp/bound/file"],
        adding({ destination: "/tmp/bound", type: "bind", source, options: ["bind"] }),
      );
      equal("what it reads", outcome.text, "of the host");
    }),
    must("a file of the host is seen where it is bound", async (t) => {
      const source = join(hostFolder(t), "file");
      const outcome = await t.try(
        ["read", "/tmp/file"],
        adding({ destination: "/tmp/file", type: "bind", source, options: ["bind"] }),
      );
      equal("what it reads", outcome.text, "of the host");
    }),
    must("a relative source of a bind mount is relative to the bundle", async (t) => {
      const bundle = await t.bundle((config) => {
        adding({ destination: "/tmp/file", type: "bind", source: "bind-source", options: ["bind"] })(config);
        config.process.args = probeWords(["read", "/tmp/file"]);
      });
      const { stdout } = succeeded(await t.runtime.run(t.id, bundle.path, { cwd: "/" }));
      ok("what it reads", stdout.includes("from outside"), stdout);
    }),
    must("a mount is a bind mount by its options, whatever its type says", async (t) => {
      const outcome = await t.try(
        ["read", "/tmp/bound/file"],
        adding({ destination: "/tmp/bound", type: "none", source: hostFolder(t), options: ["rbind"] }),
      );
      equal("what it reads", outcome.text, "of the host");
    }),
    must("a bind mount needs no type", async (t) => {
      const outcome = await t.try(
        ["read", "/tmp/bound/file"],
        adding({ destination: "/tmp/bound", source: hostFolder(t), options: ["bind"] }),
      );
      equal("what it reads", outcome.text, "of the host");
    }),
    must("a bind mount of something that there is not is an error", (t) =>
      t.refuses(
        "a missing source",
        adding({ destination: "/tmp/x", type: "bind", source: join(t.folder, "missing"), options: ["bind"] }),
      ),
    ),
    must("no mount of the container is seen on the host, and none of the host's stays", async (t) => {
      const { mounts } = await t.see();
      const strange = mounts.filter(({ target }) => !/^\/($|proc|dev|sys|shared)/.test(target));
      equal(
        "mounts that nobody asked for",
        strange.map(({ target }) => target),
        [],
      );
    }),
    deFacto("a destination that is missing is made", async (t) => {
      mountAt(await t.see(adding(tmpfs("/made/for/it"))), "/made/for/it");
    }),
    deFacto("a file that is missing for a bound file is made", async (t) => {
      const source = join(hostFolder(t), "file");
      const outcome = await t.try(
        ["read", "/made/file"],
        adding({ destination: "/made/file", type: "bind", source, options: ["bind"] }),
      );
      equal("what it reads", outcome.text, "of the host");
    }),
    deFacto("what the container changes in a bound folder is changed on the host", async (t) => {
      const source = hostFolder(t);
      const mount: Mount = { destination: "/tmp/bound", type: "bind", source, options: ["bind", "rw"] };
      equal("errno", (await t.try(["write", "/tmp/bound/file", "changed"], adding(mount))).errno, 0);
    }),
  ]),
  ...section("config.md#posix-platform-mounts", [
    ...[
      { destination: "/tmp/x", type: "tmpfs", source: "tmpfs" },
      { destination: "/tmp/x", type: "mqueue", source: "mqueue" },
      { destination: "/tmp/x", type: "devpts", source: "devpts", options: ["newinstance"] },
      { destination: "/tmp/x", type: "sysfs", source: "sysfs" },
    ].map((mount) =>
      must(`type ${mount.type} is mounted`, async (t) => {
        equal("type", mountAt(await t.see(adding(mount)), "/tmp/x").type, mount.type);
      }),
    ),
    must("type proc shows the processes of the container's PID namespace", async (t) => {
      const outcome = await t.try(["list", "/proc"]);
      equal("processes", outcome.names?.filter((name) => /^\d+$/.test(name)).includes("1"), true);
      ok("only few", (outcome.names ?? []).filter((name) => /^\d+$/.test(name)).length < 5, outcome.names);
    }),
    should("type cgroup shows the container's cgroup", async (t) => {
      const { mounts } = await t.see();
      const types = mounts.filter(({ target }) => target.startsWith("/sys/fs/cgroup/") || target === "/sys/fs/cgroup");
      ok(
        "mounts below /sys/fs/cgroup",
        types.some(({ type }) => type.startsWith("cgroup")),
        types,
      );
    }),
    must("source is what the mount shows", async (t) => {
      const probe = await t.see(adding({ ...tmpfs("/tmp/x"), source: "named" }));
      equal("source", mountAt(probe, "/tmp/x").source, "named");
    }),
    must("options that no runtime knows go to the file system", async (t) => {
      const probe = await t.see(adding(tmpfs("/tmp/x", "size=64k", "mode=0711", "nr_inodes=50")), "/tmp/x");
      equal("size", probe.paths["/tmp/x"]?.filesystem_size, 65536);
      equal("mode", probe.paths["/tmp/x"]?.mode, 0o711);
    }),
    must("an option that the file system does not know is an error", (t) =>
      t.refuses("tmpfs with nosuchoption", adding(tmpfs("/tmp/x", "nosuchoption"))),
    ),
    must("a bind mount that is read-only cannot be written", async (t) => {
      const source = hostFolder(t);
      const mount: Mount = { destination: "/tmp/bound", type: "bind", source, options: ["bind", "ro"] };
      equal("errno", (await t.try(["write", "/tmp/bound/file", "changed"], adding(mount))).errno, EROFS);
    }),
  ]),
];
