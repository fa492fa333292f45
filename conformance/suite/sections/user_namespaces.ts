/** config-linux.md: user namespaces. */

import { lstatSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../../harness/command.ts";
import { equal, includes } from "../assertions.ts";
import { must, section, should } from "../test.ts";
import { having, type Patch, probeWords } from "../trial.ts";

const HOST = 100_000;
const SIZE = 65_536;

const mapped: Patch = (config) => {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = [{ containerID: 0, hostID: HOST, size: SIZE }];
  config.linux.gidMappings = [{ containerID: 0, hostID: HOST, size: SIZE }];
};

const numbers = (text: string | null | undefined): number[] => (text ?? "").trim().split(/\s+/).map(Number);

export const USER_NAMESPACES = section(
  "config-linux.md#user-namespace-mappings",
  [
    must("uidMappings are the map of the namespace", async (t) => {
      const { paths } = await t.see(mapped, "/proc/self/uid_map");
      equal("uid_map", numbers(paths["/proc/self/uid_map"]?.text), [0, HOST, SIZE]);
    }),
    must("gidMappings are the map of the namespace", async (t) => {
      const { paths } = await t.see(mapped, "/proc/self/gid_map");
      equal("gid_map", numbers(paths["/proc/self/gid_map"]?.text), [0, HOST, SIZE]);
    }),
    must("several ranges are mapped", async (t) => {
      const { paths } = await t.see((config) => {
        mapped(config);
        config.linux.uidMappings = [
          { containerID: 0, hostID: HOST, size: 10 },
          { containerID: 1000, hostID: HOST + 50, size: 5 },
        ];
      }, "/proc/self/uid_map");
      equal("uid_map", numbers(paths["/proc/self/uid_map"]?.text), [0, HOST, 10, 1000, HOST + 50, 5]);
    }),
    must("root inside is the mapped user outside", async (t) => {
      const pid = await t.start([["hold"]], mapped);
      await t.printedLine("the process", ({ action }) => action === "hold");
      const [, uid] = /^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
      equal("uid on the host", Number(uid), HOST);
    }),
    must("another user inside is the mapped one outside", async (t) => {
      const pid = await t.start([["hold"]], (config) => {
        mapped(config);
        config.process.user = { uid: 7, gid: 8 };
      });
      await t.printedLine("the process", ({ action }) => action === "hold");
      const status = readFileSync(`/proc/${pid}/status`, "utf8");
      equal("uid on the host", Number(/^Uid:\s+(\d+)/m.exec(status)?.[1]), HOST + 7);
      equal("gid on the host", Number(/^Gid:\s+(\d+)/m.exec(status)?.[1]), HOST + 8);
    }),
    must("process.user is of the container's namespace", async (t) => {
      const probe = await t.see((config) => {
        mapped(config);
        config.process.user = { uid: 7, gid: 8, additionalGids: [9] };
      });
      equal("uid", probe.uid.effective, 7);
      equal("gid", probe.gid.effective, 8);
      includes("groups", probe.groups, 9);
    }),
    must("a user who is not mapped is an error", (t) =>
      t.refuses("uid 70000", (config) => {
        mapped(config);
        config.process.user = { uid: 70_000, gid: 0 };
      }),
    ),
    must("ranges that overlap are an error", (t) =>
      t.refuses("overlapping ranges", (config) => {
        mapped(config);
        config.linux.uidMappings = [
          { containerID: 0, hostID: HOST, size: 10 },
          { containerID: 5, hostID: HOST + 50, size: 10 },
        ];
      }),
    ),
    must("a mapping without a size is an error", (t) =>
      t.refuses("no size", (config) => {
        mapped(config);
        having("linux.uidMappings", [{ containerID: 0, hostID: "x" }])(config);
      }),
    ),
    should("the root file system keeps its owners", async (t) => {
      const bundle = await t.bundle((config) => {
        mapped(config);
        config.process.args = probeWords(["exit", 0]);
      });
      const before = [bundle.rootfs, join(bundle.rootfs, "probe")].map((path) => lstatSync(path).uid);
      succeeded(await t.runtime.run(t.id, bundle.path));
      equal(
        "owners",
        [bundle.rootfs, join(bundle.rootfs, "probe")].map((path) => lstatSync(path).uid),
        before,
      );
    }),
    must("the default devices are there too, and can be used", async (t) => {
      const outcomes = await t.do(
        ["null", "zero", "full", "random", "urandom"].map((name) => ["open", `/dev/${name}`]),
        mapped,
      );
      equal(
        "errno",
        outcomes.map(({ errno }) => errno),
        [0, 0, 0, 0, 0],
      );
    }),
    must("a capability holds inside alone", async (t) => {
      const outcome = await t.try(["write", "/proc/sys/vm/swappiness", "60"], (config) => {
        mapped(config);
        config.linux.readonlyPaths = [];
      });
      if (outcome.errno === 0) throw new Error("a parameter of the host's kernel could be written");
    }),
  ],
  { needs: ["file:/proc/self/ns/user"] },
);
