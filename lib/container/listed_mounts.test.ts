import { describe, expect, test } from "bun:test";
import { withoutMounts } from "./listed_mounts.ts";

describe("what is left of a list of mounts", () => {
  for (const [name, before, removed, after] of [
    ["all, if nothing is removed", ["/a", "/b"], [], ["/a", "/b"]],
    ["not what is removed, however it is spelled", ["/a", "/b/c"], ["b//c/"], ["/a"]],
    ["nor what was mounted below it later", ["/a/before", "/a", "/a/x", "/ab"], ["/a"], ["/a/before", "/ab"]],
    ["the first of two at one place", ["/a", "/b", "/a"], ["/a"], ["/a", "/b"]],
    ["neither of them, if both are removed", ["/a", "/b", "/a"], ["/a", "/a"], ["/b"]],
    ["all, if something else is removed", ["/a"], ["/b"], ["/a"]],
  ] as const)
    test(name, () => {
      const mounts = (places: readonly string[]) => places.map((destination) => ({ destination }));
      expect(withoutMounts(mounts(before), mounts(removed))).toEqual(mounts(after));
    });
});
