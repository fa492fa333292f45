/** The same bundle under the runtime and under runc: everything that a process inside can see is the same. */

import { describe, expect } from "bun:test";
import { engineConfig, minimalConfig, type TestConfig, typicalConfig } from "../harness/base_configs.ts";
import { comparable, type Difference, differences } from "../harness/compare.ts";
import { scenario } from "../harness/scenario.ts";

/** Where tsrun (left) differs from runc 1.1.5 (right), and why. */
const documented: readonly {
  readonly path: RegExp;
  readonly left: RegExp;
  readonly right: RegExp;
  readonly reason: string;
}[] = [
  {
    path: /^\/mounts\/\d+\/super_options$/,
    left: /^"(inode64,)?nr_inodes=1,ro,size=4k"$/,
    right: /^"(inode64,)?ro"$/,
    reason: "a masked folder's tmpfs can hold nothing, as in runc since 1.4.3: it is no way to fill the host's memory",
  },
  {
    path: /^\/paths\/.*\/filesystem_size$/,
    left: /^4096$/,
    right: /^\d+$/,
    reason: "the same tmpfs, seen by statvfs",
  },
  {
    path: /^\/mounts\/\d+\/options$/,
    left: /^"nodev,noexec,nosuid,relatime,ro"$/,
    right: /^"nodev,noexec,nosuid,relatime,rw"$/,
    reason: "the tmpfs that holds the v1 hierarchies is read-only where the config says ro; runc 1.1.5 forgets it",
  },
  {
    path: /^\/paths\/~1sys~1fs~1cgroup\/(mode|write_errno|filesystem_flags)$/,
    left: /^(493|30|4111)$/,
    right: /^(365|0|4110)$/,
    reason: "the same tmpfs; runc gives it the mode of the folder that it covers",
  },
  {
    path: /^\/mounts\/\d+\/(source|propagation\/\d+)$/,
    left: /^"(cgroup2|master)"$/,
    right: /^("cgroup"|nothing)$/,
    reason: "without a cgroup namespace the host's v2 mount is bound: a new one would change the host's options",
  },
  {
    path: /^\/mounts\/\d+\/super_options$/,
    left: /^"([a-z_]+,)*nsdelegate,rw"$/,
    right: /^"rw"$/,
    reason: "runc's new one does: from then on the host's options are gone",
  },
  {
    path: /^\/paths\/~1sys~1fs~1cgroup\/entries$/,
    left: /^\d+$/,
    right: /^\d+$/,
    reason: "in that mount there are the cgroups of all, who come and go",
  },
];

const configs: Readonly<Record<string, () => TestConfig>> = {
  minimal: minimalConfig,
  typical: typicalConfig,
  "docker-default.json": () => engineConfig("docker-default.json", true),
  "docker-limits.json": () => engineConfig("docker-limits.json", true),
  "docker-readonly-user.json": () => engineConfig("docker-readonly-user.json", true),
  "docker-tty.json": () => {
    const config = engineConfig("docker-tty.json", true);
    config.process.terminal = false; // a terminal is compared where terminals are tested
    return config;
  },
  "containerd-ctr.json": () => engineConfig("containerd-ctr.json", true),
};

/** Everything of a config that has a path inside, and what is always there. */
function pathsOf(config: TestConfig): string[] {
  const sysctls = Object.keys(config.linux.sysctl ?? {}).map((key) => `/proc/sys/${key.replaceAll(".", "/")}`);
  const always = ["/", "/tmp", "/etc/passwd", "/root", "/dev/console", "/dev/pts/ptmx", "/run", "/proc/sys", "/sys/fs"];
  const hierarchies = ["pids", "memory", "cpu", "devices", "unified", "systemd"].map(
    (name) => `/sys/fs/cgroup/${name}`,
  );
  return [
    ...always,
    ...hierarchies,
    ...sysctls,
    ...config.mounts.map(({ destination }) => destination),
    ...(config.linux.maskedPaths ?? []),
    ...(config.linux.readonlyPaths ?? []),
  ];
}

const isDocumented = ({ path, left, right }: Difference): boolean =>
  documented.some((entry) => entry.path.test(path) && entry.left.test(left) && entry.right.test(right));

describe("what the container's process sees is what it sees under runc", () => {
  for (const [name, base] of Object.entries(configs))
    scenario(
      name,
      async (t) => {
        // a bundle each: the first run makes mount points that the second would find
        const seen: unknown[] = [];
        for (const runtime of [t.runtime, t.peer("runc")]) {
          const bundle = await t.bundle((config) => {
            config.process.args = ["/probe", ...pathsOf(config)];
          }, base());
          const report = comparable(await t.runProbe(bundle, {}, runtime));
          seen.push(JSON.parse(JSON.stringify(report).replaceAll(bundle.path, "BUNDLE")));
        }
        const [ours, runcs] = seen;
        const found = differences(ours, runcs);
        expect(found.filter((difference) => !isDocumented(difference))).toEqual([]);
      },
      { needs: ["root", "probe", "runc", "not-runtime:crun"] },
    );
});
