import { describe, expect, test } from "bun:test";
import type { CgroupState } from "../cgroup/state.ts";
import type { Config, Mount, Namespace } from "../spec/types.ts";
import { externalMounts, maskedFiles } from "./external_mounts.ts";

const V1: CgroupState = {
  version: 1,
  v1: [
    {
      controllers: ["cpu", "cpuacct"],
      mountPoint: "/sys/fs/cgroup/cpu,cpuacct",
      directory: "/sys/fs/cgroup/cpu,cpuacct/a",
    },
  ],
  v2: undefined,
  made: true,
  madeAbove: [],
};

function mountsOf(mounts: Mount[], namespaces: Namespace[] = [], cgroup = V1): (readonly [string, string])[] {
  const config: Config = {
    ociVersion: "1.0.2",
    mounts,
    linux: { namespaces, devices: [{ path: "/dev/x", type: "c" }] },
  };
  const follow = (path: string): string => path.replace(/^\/*var\/run\//, "run/").replace(/^\/+/, "");
  return externalMounts(config, cgroup, "/bundle", follow).map(({ inside, outside }) => [inside, outside]);
}

describe("externalMounts", () => {
  test("bind mounts, by where they really are, and no others", () => {
    const mounts: Mount[] = [
      { destination: "/proc", type: "proc" },
      { destination: "/var/run/a", type: "bind", source: "/srv/a", options: ["rbind"] },
      { destination: "b", source: "b", options: ["bind", "ro"] },
      { destination: "/b", options: ["bind", "remount", "ro"] },
      { destination: "/tmp", type: "tmpfs" },
    ];
    expect(mountsOf(mounts)).toEqual([
      ["/run/a", "/srv/a"],
      ["/b", "/bundle/b"],
    ]);
  });

  test("the cgroups, unless there is a cgroup namespace", () => {
    const mounts: Mount[] = [{ destination: "/sys/fs/cgroup", type: "cgroup" }];
    expect(mountsOf(mounts)).toEqual([["/sys/fs/cgroup/cpu,cpuacct", "/sys/fs/cgroup/cpu,cpuacct/a"]]);
    expect(mountsOf(mounts, [{ type: "cgroup" }])).toEqual([]);
    const v2 = { controllers: [], mountPoint: "/sys/fs/cgroup", directory: "/sys/fs/cgroup/a" };
    const unified: CgroupState = { ...V1, version: 2, v1: [], v2 };
    expect(mountsOf(mounts, [], unified)).toEqual([["/sys/fs/cgroup", "/sys/fs/cgroup"]]);
    expect(mountsOf(mounts, [{ type: "cgroup" }], unified)).toEqual([]);
    expect(mountsOf(mounts, [{ type: "user" }], unified)[0]).toEqual(["/sys/fs/cgroup", "/sys/fs/cgroup/a"]);
  });

  test("the devices of a container in a user namespace", () => {
    const devices = mountsOf([], [{ type: "user" }]).map(([inside]) => inside);
    expect(devices).toContain("/dev/null");
    expect(devices).toContain("/dev/x");
    const ownDev: Mount[] = [{ destination: "/dev", type: "bind", source: "/dev", options: ["rbind"] }];
    expect(mountsOf(ownDev, [{ type: "user" }])).toEqual([["/dev", "/dev"]]);
  });
});

test("maskedFiles are those that are there and no directories", () => {
  expect(maskedFiles(["/proc/version", "/proc/self", "/proc", "/missing"], process.pid)).toEqual(["/proc/version"]);
});
