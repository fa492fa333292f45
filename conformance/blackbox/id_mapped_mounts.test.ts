/** Mounts whose owners look different inside: mappings of their own, or the container's. */

import { describe, expect } from "bun:test";
import { chownSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { IdMapping, Mount } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// only root may map ids of mounts
const scenario = scenarioWith(["root"]);

/** runc has them since 1.2, 1.1 ignores the mappings; crun 1.8.1 does not bind what is mounted inside. */
const needs = ["not-runtime:runc", "not-runtime:crun"] as const;

/** A folder with a file of user 1000 and group 2000, and one of root; below it a mount with the same. */
async function ownedFiles(t: Scenario): Promise<string> {
  const folder = join(t.folder, "owned");
  const inner = join(t.folder, "inner");
  mkdirSync(join(folder, "inner"), { recursive: true });
  mkdirSync(inner);
  await Bun.$`mount --bind ${inner} ${folder}/inner && mount --make-private ${folder}/inner`.quiet();
  t.defer(async () => {
    await Bun.$`umount ${folder}/inner`.quiet();
  });
  for (const place of [folder, join(folder, "inner")]) {
    writeFileSync(join(place, "theirs"), "");
    chownSync(join(place, "theirs"), 1000, 2000);
    writeFileSync(join(place, "roots"), "");
  }
  return folder;
}

const map = (containerID: number, hostID: number, size = 1): IdMapping => ({ containerID, hostID, size });

/** User 1000 of the disk is user 5000 in the mount, group 2000 is 6000; root stays root. */
const own = { uidMappings: [map(0, 0), map(1000, 5000)], gidMappings: [map(0, 0), map(2000, 6000)] };

const stat = "stat -c '%u:%g' /m/theirs /m/roots /m/inner/theirs";

describe("mappings of the mount", () => {
  const table: readonly (readonly [what: string, mount: Partial<Mount>, owners: readonly string[]])[] = [
    ["with idmap", { options: ["rbind", "idmap"] }, ["5000:6000", "0:0", "1000:2000"]],
    ["with ridmap: nested mounts too", { options: ["rbind", "ridmap"] }, ["5000:6000", "0:0", "5000:6000"]],
    ["without an option", { options: ["rbind"] }, ["5000:6000", "0:0", "1000:2000"]],
    ["read-only", { options: ["rbind", "ridmap", "rro", "nosuid"] }, ["5000:6000", "0:0", "5000:6000"]],
  ];
  for (const [what, mount, owners] of table)
    scenario(
      `${what}`,
      async (t) => {
        const source = await ownedFiles(t);
        const result = await t.sh(stat, (config) => {
          config.mounts.push({ destination: "/m", type: "bind", source, ...own, ...mount });
        });
        expect(succeeded(result).stdout.trim().split("\n")).toEqual([...owners]);
      },
      { needs },
    );

  scenario(
    "what is made inside belongs to whom it should outside",
    async (t) => {
      const source = await ownedFiles(t);
      succeeded(
        await t.sh("touch /m/new && chown 5000:6000 /m/new", (config) => {
          config.mounts.push({ destination: "/m", type: "bind", source, options: ["rbind", "idmap"], ...own });
        }),
      );
      const { uid, gid } = statSync(join(source, "new"));
      expect([uid, gid]).toEqual([1000, 2000]);
    },
    { needs },
  );

  scenario(
    "the same source twice with different mappings",
    async (t) => {
      const source = await ownedFiles(t);
      const result = await t.sh("stat -c %u /m/theirs /n/theirs /o/theirs", (config) => {
        const bind = { type: "bind", source, gidMappings: own.gidMappings };
        config.mounts.push(
          { ...bind, destination: "/m", options: ["bind", "idmap"], uidMappings: own.uidMappings },
          { ...bind, destination: "/n", options: ["bind", "idmap"], uidMappings: [map(1000, 7000)] },
          { type: "bind", source, destination: "/o", options: ["bind"] },
        );
      });
      expect(succeeded(result).stdout).toBe("5000\n7000\n1000\n");
    },
    { needs },
  );

  scenario(
    "of a new file system",
    async (t) => {
      const result = await t.sh("touch /m/x; stat -c %u /m/x /m", (config) => {
        config.mounts.push({ destination: "/m", type: "tmpfs", source: "tmpfs", options: ["idmap"], ...own });
      });
      expect(succeeded(result).stdout).toBe("0\n0\n");
    },
    { needs: ["runtime:tsrun", "kernel:6.3"] },
  );

  scenario(
    "that the file system cannot have are an error with its place",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/m", type: "bind", source: "/proc", options: ["rbind", "idmap"], ...own });
      });
      expectFailure(await t.runtime.create(t.id, bundle.path), t.runtime.kind === "tsrun" ? "/mounts/7" : "");
      await t.expectNothingLeft();
    },
    { needs },
  );
});

describe("in a user namespace", () => {
  const container = { uidMappings: [map(0, 100000, 65536)], gidMappings: [map(0, 200000, 65536)] };

  /** Give the container a user namespace, and a root that it may use. */
  const withUserNamespace = async (t: Scenario, mounts: readonly Mount[], script: string): Promise<string> => {
    const bundle = await t.bundle((config) => {
      config.linux.namespaces.push({ type: "user" });
      Object.assign(config.linux, container);
      config.mounts.push(...mounts);
      config.process.args = ["sh", "-c", script];
    });
    await Bun.$`chown -R 100000:200000 ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
    return succeeded(await t.runtime.run(t.id, bundle.path)).stdout;
  };

  scenario(
    "idmap without mappings takes the container's: owners look as on the host",
    async (t) => {
      const source = await ownedFiles(t);
      const options = ["rbind", "idmap"];
      expect(await withUserNamespace(t, [{ destination: "/m", type: "bind", source, options }], stat)).toBe(
        "1000:2000\n0:0\n65534:65534\n",
      );
    },
    { needs },
  );

  scenario(
    "ridmap without mappings, and what is made inside",
    async (t) => {
      const source = await ownedFiles(t);
      const mounts = [{ destination: "/m", type: "bind", source, options: ["rbind", "ridmap"] }];
      expect(await withUserNamespace(t, mounts, `${stat} && touch /m/inner/new`)).toBe("1000:2000\n0:0\n1000:2000\n");
      const { uid, gid } = statSync(join(source, "inner/new"));
      expect([uid, gid]).toEqual([0, 0]);
    },
    { needs },
  );

  scenario(
    "mappings of the mount give ids of the host, which the container sees through its own",
    async (t) => {
      const source = await ownedFiles(t);
      const mappings = { uidMappings: [map(1000, 100007)], gidMappings: [map(2000, 200008)] };
      const mount: Mount = { destination: "/m", type: "bind", source, options: ["bind", "idmap"], ...mappings };
      expect(await withUserNamespace(t, [mount], "stat -c %u:%g /m/theirs")).toBe("7:8\n");
    },
    { needs },
  );

  scenario("the same source may be bound twice", async (t) => {
    const source = await ownedFiles(t);
    const mounts = ["/m", "/n"].map((destination) => ({ destination, type: "bind", source, options: ["rbind"] }));
    expect(await withUserNamespace(t, mounts, "ls /m/theirs /n/theirs")).toBe("/m/theirs\n/n/theirs\n");
  });
});

scenario(
  "idmap without any mappings is refused",
  async (t) => {
    const bundle = await t.bundle((config) => {
      config.mounts.push({ destination: "/m", type: "bind", source: "/tmp", options: ["bind", "idmap"] });
    });
    expectFailure(await t.runtime.create(t.id, bundle.path), t.runtime.kind === "tsrun" ? "/mounts/7/options" : "");
    await t.expectNothingLeft();
  },
  { needs },
);
