/** Whose a container's cgroup is. @see config-linux.md, "Cgroup ownership" */

import { describe, expect } from "bun:test";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// they give files to other users, and look for cgroups by the names they gave them
const scenario = scenarioWith(["root", "cgroupfs"]);

const FIRST = 100_000;
const mappings = [{ containerID: 0, hostID: FIRST, size: 65_536 }];
const list = "/sys/kernel/cgroup/delegate";
// Debian's runc does so with systemd only
const needs = ["cgroup-v2", "not-runtime:runc"] as const;

function managing(config: TestConfig, writable = true): void {
  config.linux.namespaces.push({ type: "cgroup" });
  const mount = config.mounts.find(({ type }) => type === "cgroup");
  if (mount !== undefined) mount.options = ["nosuid", "noexec", "nodev", writable ? "rw" : "ro"];
}

function withUserNamespace(config: TestConfig): void {
  config.linux.namespaces.push({ type: "user" });
  Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
}

/** Start a container that sleeps. @returns the files of its cgroup that are not root's, `.` for the cgroup itself */
async function filesGivenAway(t: Scenario, uid: number, patch: (config: TestConfig) => void): Promise<string[]> {
  const bundle = await t.bundle((config) => {
    config.process.args = ["sleep", "1000"];
    patch(config);
  });
  await Bun.$`chown -R ${FIRST}:${FIRST} ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
  succeeded(await t.runtime.create(t.id, bundle.path));
  const directory = `/sys/fs/cgroup/${t.id}`;
  const given = [".", ...readdirSync(directory)].filter((name) => statSync(join(directory, name)).uid !== 0);
  for (const name of given) expect(statSync(join(directory, name))).toMatchObject({ uid, gid: 0 });
  return given.sort();
}

function delegated(t: Scenario): string[] {
  const files = readFileSync(list, "utf8").split("\n").filter(Boolean);
  return [".", ...files.filter((name) => existsSync(`/sys/fs/cgroup/${t.id}/${name}`))].sort();
}

describe("a container's cgroup is its own", () => {
  scenario(
    "in a user namespace with a writable mount: root can make cgroups, move processes and hand down controllers",
    async (t) => {
      const bundle = await t.bundle((config) => {
        managing(config);
        withUserNamespace(config);
        const script = [
          "cd /sys/fs/cgroup",
          "mkdir init && echo $$ >init/cgroup.procs && cat init/cgroup.procs | head -1",
          "echo +pids >cgroup.subtree_control && ls init/pids.max",
          "echo 5 >init/pids.max && cat init/pids.max",
          "echo 5 >pids.max",
        ].join("; ");
        config.process.args = ["sh", "-c", script];
      });
      await Bun.$`chown -R ${FIRST}:${FIRST} ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
      const { stdout, stderr } = await t.runtime.run(t.id, bundle.path);
      expect(stdout).toBe("1\ninit/pids.max\n5\n");
      expect(stderr).toContain("Permission denied"); // its own limit is not its to change
    },
    { needs },
  );

  scenario(
    "with just the files that the kernel names",
    async (t) => {
      const given = await filesGivenAway(t, FIRST, (config) => {
        managing(config);
        withUserNamespace(config);
      });
      expect(given).toEqual(delegated(t));
    },
    { needs },
  );

  scenario(
    "of the user who executes its process",
    async (t) => {
      const given = await filesGivenAway(t, 1000, (config) => {
        managing(config);
        config.process.user = { uid: 1000, gid: 1000 };
      });
      expect(given).toEqual(delegated(t));
    },
    { needs },
  );

  scenario(
    "of that user's id on the host",
    async (t) => {
      const given = await filesGivenAway(t, FIRST + 1000, (config) => {
        managing(config);
        withUserNamespace(config);
        config.process.user = { uid: 1000, gid: 1000 };
      });
      expect(given).toEqual(delegated(t));
    },
    { needs },
  );
});

describe("a container's cgroup stays root's", () => {
  scenario(
    "where the mount is read-only",
    async (t) => {
      const given = await filesGivenAway(t, FIRST, (config) => {
        managing(config, false);
        withUserNamespace(config);
      });
      expect(given).toEqual([]);
    },
    { needs: ["cgroup-v2"] },
  );

  scenario(
    "in the host's cgroup namespace",
    async (t) => {
      const given = await filesGivenAway(t, 1000, (config) => {
        managing(config);
        config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "cgroup");
        config.process.user = { uid: 1000, gid: 1000 };
      });
      expect(given).toEqual([]);
    },
    { needs: ["cgroup-v2"] },
  );
});

describe("a container's cgroups of v1", () => {
  scenario(
    "stay root's in any case",
    async (t) => {
      const bundle = await t.bundle((config) => {
        managing(config);
        withUserNamespace(config);
        config.process.args = ["sleep", "1000"];
      });
      await Bun.$`chown -R ${FIRST}:${FIRST} ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
      succeeded(await t.runtime.create(t.id, bundle.path));
      const directory = `/sys/fs/cgroup/pids/${t.id}`;
      for (const name of [".", ...readdirSync(directory)]) expect(statSync(join(directory, name)).uid).toBe(0);
    },
    { needs: ["controller:pids", "not-runtime:crun"] },
  );
});
