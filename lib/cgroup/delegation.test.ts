import { describe, expect, test } from "bun:test";
import type { Config } from "../spec/types.ts";
import { hostUser, managesOwnCgroup } from "./delegation.ts";
import type { CgroupState } from "./state.ts";

const state: CgroupState = {
  version: 2,
  v1: [],
  v2: { controllers: [], mountPoint: "/sys/fs/cgroup", directory: "/sys/fs/cgroup/me" },
  made: true,
  madeAbove: [],
};

const config = (): Config => ({
  ociVersion: "1.3.0",
  root: { path: "rootfs" },
  mounts: [{ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["nosuid", "rw"] }],
  linux: { namespaces: [{ type: "cgroup" }] },
});

describe("a container manages its own cgroup", () => {
  test("in a cgroup namespace of its own, with a writable mount, on v2", () => {
    expect(managesOwnCgroup(config(), state)).toBe(true);
    expect(managesOwnCgroup(config(), { ...state, version: 1 })).toBe(false);
    expect(managesOwnCgroup(config(), { ...state, v2: undefined })).toBe(false);
  });

  test.each([
    ["the host's namespace", { linux: { namespaces: [] } }],
    ["another's namespace", { linux: { namespaces: [{ type: "cgroup", path: "/proc/1/ns/cgroup" }] } }],
    ["no mount", { mounts: [] }],
    ["a read-only mount", { mounts: [{ destination: "/sys/fs/cgroup", source: "cgroup", options: ["ro"] }] }],
    ["a mount elsewhere", { mounts: [{ destination: "/sys/fs/cgroup/x", source: "cgroup" }] }],
  ] as [string, Partial<Config>][])("not with %s", (_, change) => {
    expect(managesOwnCgroup({ ...config(), ...change }, state)).toBe(false);
  });
});

test("a container's user is known on the host by the mapping", () => {
  const map = "         0     100000      65536\n     70000       1000          1\n";
  expect(hostUser(map, 0)).toBe(100_000);
  expect(hostUser(map, 65_535)).toBe(165_535);
  expect(hostUser(map, 65_536)).toBeUndefined();
  expect(hostUser(map, 70_000)).toBe(1000);
  expect(hostUser("         0          0 4294967295\n", 1000)).toBe(1000);
});
