import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import type { Hierarchies } from "./hierarchies.ts";
import { locate } from "./location.ts";

const hybrid: Hierarchies = {
  v1: [
    { controllers: ["cpu", "cpuacct"], mountPoint: "/cg/cpu", root: "/" },
    { controllers: ["memory"], mountPoint: "/cg/memory", root: "/" },
  ],
  v2: { controllers: [], mountPoint: "/cg/unified", root: "/" },
};
const unified: Hierarchies = { v1: [], v2: { controllers: [], mountPoint: "/sys/fs/cgroup", root: "/" } };
const OWN = "3:cpu,cpuacct:/\n2:memory:/service/a\n0::/user/session\n";

function places(hierarchies: Hierarchies, path: string | undefined, own = OWN): string[] {
  const { v1, v2 } = locate(hierarchies, path, "box", own);
  return [...v1, ...(v2 ? [v2] : [])].map(({ directory }) => directory);
}

describe("locate", () => {
  test("an absolute path starts at the mount points", () => {
    expect(places(hybrid, "/x/y")).toEqual(["/cg/cpu/x/y", "/cg/memory/x/y", "/cg/unified/x/y"]);
    expect(places(unified, "/x/y")).toEqual(["/sys/fs/cgroup/x/y"]);
  });

  test("a relative one starts at the own cgroup on v1", () => {
    expect(places(hybrid, "x")).toEqual(["/cg/cpu/x", "/cg/memory/service/a/x", "/cg/unified/user/session/x"]);
  });

  test("a relative one is beside the own cgroup on v2", () => {
    expect(places(unified, "x")).toEqual(["/sys/fs/cgroup/user/x"]);
    expect(places(unified, "x", "0::/\n")).toEqual(["/sys/fs/cgroup/x"]);
  });

  test("none is the id, relative", () => {
    expect(places(hybrid, undefined)).toEqual(places(hybrid, "box"));
    expect(places(unified, "")).toEqual(["/sys/fs/cgroup/user/box"]);
  });

  test("a mount that shows a part of the hierarchy", () => {
    const part: Hierarchies = {
      v1: [{ controllers: ["memory"], mountPoint: "/cg", root: "/docker/abc" }],
      v2: undefined,
    };
    expect(places(part, "x", "2:memory:/docker/abc/inner\n")).toEqual(["/cg/inner/x"]);
    expect(places(part, "x", "2:memory:/docker/abc\n")).toEqual(["/cg/x"]);
    // the own cgroup is not to be seen there
    expect(places(part, "x", "2:memory:/docker/abcdef\n")).toEqual(["/cg/x"]);
    expect(places(part, "x", "2:memory:/../other\n")).toEqual(["/cg/x"]);
  });

  test("odd slashes and dots are no names", () => {
    expect(places(unified, "//x/./y/")).toEqual(["/sys/fs/cgroup/x/y"]);
  });

  for (const path of ["/", "/.", ".", "/..", "/a/../..", "../x"]) {
    test(`${path} is refused`, () => {
      expect(() => places(hybrid, path)).toThrow(Failure);
    });
  }
});
