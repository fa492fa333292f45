import { describe, expect, test } from "bun:test";
import { cgroupName, slicePath, unitOf } from "./unit.ts";

describe("the unit of a container", () => {
  const cases: readonly (readonly [path: string | undefined, user: boolean, slice: string, name: string])[] = [
    [undefined, false, "system.slice", "tsrun-id.scope"],
    ["", true, "user.slice", "tsrun-id.scope"],
    ["machine.slice:libpod:0123", false, "machine.slice", "libpod-0123.scope"],
    [":crio:a", true, "user.slice", "crio-a.scope"],
    ["x.slice::name", false, "x.slice", "name.scope"],
    ["kubepods.slice:cri-containerd:kubepods-pod1.slice", false, "kubepods.slice", "kubepods-pod1.slice"],
    [undefined, false, "system.slice", "tsrun-id.scope"],
    [":a+b:c d\u00e9", false, "system.slice", "a\\x2bb-c\\x20d\\xc3\\xa9.scope"],
    [":a:already\\x2descaped@b_.c", false, "system.slice", "a-already\\x2descaped@b_.c.scope"],
  ];
  for (const [path, user, slice, name] of cases) {
    test(`${path} of ${user ? "a user" : "root"}`, () => expect(unitOf(path, "id", user)).toEqual({ slice, name }));
  }

  test("a path of another form is refused in runc's words", () => {
    for (const path of ["/a/b", "a:b", "a:b:c:d"]) {
      expect(() => unitOf(path, "id", false)).toThrow(
        `expected cgroupsPath to be of format "slice:prefix:name" for systemd cgroups, got "${path}" instead`,
      );
    }
  });
});

test("slices lie in those that their names begin with", () => {
  expect(slicePath("system.slice")).toBe("/system.slice");
  expect(slicePath("a-b-c.slice")).toBe("/a.slice/a-b.slice/a-b-c.slice");
  expect(slicePath("-.slice")).toBe("");
  for (const wrong of ["a", ".slice", "a/b.slice", "-a.slice", "a-.slice", "a--b.slice"]) {
    expect(() => slicePath(wrong)).toThrow("is no name of a slice");
  }
});

test("a cgroup has a name that is none of the kernel's files", () => {
  expect(cgroupName("tsrun-id.scope")).toBe("tsrun-id.scope");
  expect(cgroupName("memory.scope")).toBe("_memory.scope");
  expect(cgroupName("cgroup.scope")).toBe("_cgroup.scope");
  expect(cgroupName("_a.scope")).toBe("__a.scope");
});
