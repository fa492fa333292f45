/** Mounts of type cgroup: on v1 and v2, with and without a cgroup namespace, and in a user namespace. */

import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import type { TestConfig } from "../harness/base_configs.ts";
import { type Result, succeeded } from "../harness/command.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

interface Way {
  readonly cgroupNamespace: boolean;
  readonly userNamespace: boolean;
  readonly writable: boolean;
}

const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];

/** Run a script in a container with such namespaces. */
async function run(t: Scenario, { cgroupNamespace, userNamespace, writable }: Way, script: string): Promise<Result> {
  const bundle = await t.bundle((config: TestConfig) => {
    if (cgroupNamespace) config.linux.namespaces.push({ type: "cgroup" });
    if (userNamespace && !isOrdinaryUser) {
      config.linux.namespaces.push({ type: "user" });
      Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
    }
    const mount = config.mounts.find(({ type }) => type === "cgroup");
    if (mount !== undefined && writable)
      mount.options = mount.options?.map((option) => (option === "ro" ? "rw" : option)) ?? [];
    config.process.args = ["sh", "-c", script];
  });
  if (userNamespace && !isOrdinaryUser)
    await Bun.$`chown -R 100000:100000 ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
  return t.runtime.run(t.id, bundle.path);
}

const nameOf = ({ cgroupNamespace, userNamespace }: Way): string =>
  `${cgroupNamespace ? "with" : "without"} a cgroup namespace${userNamespace ? ", in a user namespace" : ""}`;

const ways: readonly Way[] = [true, false].flatMap((cgroupNamespace) =>
  (isOrdinaryUser ? [true] : [true, false]).map((userNamespace) => ({
    cgroupNamespace,
    userNamespace,
    writable: false,
  })),
);

describe("cgroup v1", () => {
  scenario(
    "with a cgroup namespace systemd's hierarchy has its name for a source",
    async (t) => {
      const { mounts } = await t.probe((config) => void config.linux.namespaces.push({ type: "cgroup" }));
      const sources = mounts.filter(({ type }) => type === "cgroup").map(({ target, source }) => [target, source]);
      expect(sources).toContainEqual(["/sys/fs/cgroup/systemd", "systemd"]);
      expect(sources).toContainEqual(["/sys/fs/cgroup/pids", "cgroup"]);
    },
    { needs: ["probe", "root", "cgroup-v1", "not-runtime:crun"] }, // crun names it cgroup
  );

  const script = [
    "cd /sys/fs/cgroup",
    "cat pids/cgroup.procs",
    "stat -f -c %T . pids",
    "ls -d memory/memory.usage_in_bytes",
    "mkdir pids/x 2>/dev/null && rmdir pids/x && echo made a cgroup",
    "grep -c ' cgroup ' /proc/self/mountinfo >/dev/null && echo hierarchies",
  ].join("; ");
  for (const way of ways)
    scenario(
      `${nameOf(way)}: the container's own cgroups, read-only`,
      async (t) => {
        const { stdout } = await run(t, way, script);
        expect(stdout.replace(/^1\n\d+\n/, "1\n").split("\n")).toEqual([
          "1",
          "tmpfs",
          expect.stringMatching(/^cgroup|^UNKNOWN/),
          "memory/memory.usage_in_bytes",
          "hierarchies",
          "",
        ]);
      },
      {
        needs: ["controller:pids", "controller:memory", ...(way.userNamespace ? (["not-runtime:crun"] as const) : [])],
      },
    );

  for (const cgroupNamespace of [true, false])
    scenario(
      `${nameOf({ cgroupNamespace, userNamespace: false, writable: true })}: cgroups can be made where the mount is writable`,
      async (t) => {
        const way = { cgroupNamespace, userNamespace: false, writable: true };
        const make =
          "mkdir /sys/fs/cgroup/pids/x && ls -d /sys/fs/cgroup/pids/x/pids.max && rmdir /sys/fs/cgroup/pids/x";
        expect(succeeded(await run(t, way, make)).stdout).toBe("/sys/fs/cgroup/pids/x/pids.max\n");
      },
      { needs: ["controller:pids"] },
    );

  for (const way of ways)
    scenario(
      `${nameOf(way)}: nothing can be made beside the hierarchies`,
      async (t) => {
        const result = await run(t, way, "mkdir /sys/fs/cgroup/x");
        expect(result.stderr).toContain("Read-only file system");
      },
      { needs: ["cgroup-v1", "runtime:tsrun"] }, // runc leaves that tmpfs writable
    );

  scenario(
    "controllers that share a hierarchy are links to it",
    async (t) => {
      const way = { cgroupNamespace: true, userNamespace: false, writable: false };
      const list = "cd /sys/fs/cgroup; for c in $(grep -v ^# /proc/cgroups | cut -f1); do [ -e $c ] || echo $c; done";
      const host = await Bun.$`sh -c ${list}`.text();
      expect(succeeded(await run(t, way, list)).stdout).toBe(host);
    },
    { needs: ["cgroup-v1"] },
  );
});

describe("cgroup v2", () => {
  /** The container's cgroup, wherever in the mount it is. */
  const own = "p=$(cut -d: -f3 /proc/self/cgroup); d=/sys/fs/cgroup$p; [ -d $d ] || d=/sys/fs/cgroup; cd $d";
  for (const way of ways)
    scenario(
      `${nameOf(way)}: the container finds its cgroup, read-only`,
      async (t) => {
        const { stdout } = await run(
          t,
          way,
          `${own}; stat -f -c %T .; cat cgroup.procs; mkdir x 2>/dev/null && echo made; pwd`,
        );
        const [type, ...lines] = stdout.trim().split("\n");
        expect(type).toMatch(/^cgroup2|^UNKNOWN/);
        expect(lines).toContain("1");
        expect(lines).not.toContain("made");
        const isRoot = way.cgroupNamespace || way.userNamespace;
        expect(lines.at(-1)).toMatch(isRoot ? /^\/sys\/fs\/cgroup$/ : new RegExp(`^/sys/fs/cgroup/.*${t.id}`));
      },
      // there runc shows all of the host's cgroups
      {
        needs: [
          "cgroup-v2",
          "cgroups",
          ...(way.userNamespace && !way.cgroupNamespace ? (["not-runtime:runc"] as const) : []),
        ],
      },
    );

  scenario(
    "without a cgroup namespace leaves the options of the host's hierarchy as they are",
    async (t) => {
      const options = (): string | undefined =>
        readFileSync("/proc/self/mountinfo", "utf8").match(/ \/sys\/fs\/cgroup .* - cgroup2 \S+ (\S+)/)?.[1];
      const before = options();
      succeeded(await run(t, { cgroupNamespace: false, userNamespace: false, writable: false }, "true"));
      expect(options()).toBe(before);
    },
    { needs: ["root", "cgroup-v2", "not-runtime:runc", "not-runtime:crun"] }, // they take nsdelegate and others away
  );

  scenario(
    "in a user namespace without a cgroup namespace the host's cgroups are out of reach",
    async (t) => {
      const way = { cgroupNamespace: false, userNamespace: true, writable: true };
      const result = await run(
        t,
        way,
        "ls /sys/fs/cgroup | grep -c -e slice -e cgroup.subtree; ls -d /sys/fs/cgroup/*.slice",
      );
      expect(result.stdout).toBe("1\n");
    },
    { needs: ["cgroup-v2", "cgroups", "not-runtime:runc", "not-runtime:crun"] },
  );

  scenario(
    "with a cgroup namespace cgroups can be made where the mount is writable",
    async (t) => {
      const way = { cgroupNamespace: true, userNamespace: false, writable: true };
      expect(
        succeeded(await run(t, way, "cd /sys/fs/cgroup && mkdir x && ls -d x/cgroup.procs && rmdir x")).stdout,
      ).toBe("x/cgroup.procs\n");
    },
    { needs: ["cgroup-v2", "cgroups"] },
  );
});
