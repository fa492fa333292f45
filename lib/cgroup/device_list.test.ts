import { describe, expect, test } from "bun:test";
import type { DeviceCgroupRule } from "../spec/types.ts";
import { deviceList, formatException } from "./device_list.ts";

function list(...rules: DeviceCgroupRule[]): { default: string; exceptions: string[] } {
  const { allowsByDefault, exceptions } = deviceList(rules.map((rule, i) => ({ pointer: `/${i}`, rule })));
  return { default: allowsByDefault ? "allow" : "deny", exceptions: exceptions.map(formatException) };
}

const allow = (type: string, major: number, minor: number, access = "rwm"): DeviceCgroupRule => ({
  allow: true,
  type,
  major,
  minor,
  access,
});
const deny = (...rule: Parameters<typeof allow>): DeviceCgroupRule => ({ ...allow(...rule), allow: false });
const everything: DeviceCgroupRule = { allow: true, access: "rwm" };
const nothing: DeviceCgroupRule = { allow: false };

describe("deviceList", () => {
  const cases: readonly (readonly [string, DeviceCgroupRule[], string, string[]])[] = [
    ["no rule", [], "deny", []],
    ["nothing but one", [nothing, allow("c", 1, 3)], "deny", ["c 1:3 rwm"]],
    ["everything but one", [everything, deny("b", 8, 0, "w")], "allow", ["b 8:0 w"]],
    ["a rule for everything ends what is before it", [allow("c", 1, 3), everything, nothing], "deny", []],
    ["kinds of access add up", [allow("c", 1, 3, "r"), allow("c", 1, 3, "m")], "deny", ["c 1:3 rm"]],
    ["denied again, in part", [allow("c", 1, 3), deny("c", 1, 3, "w")], "deny", ["c 1:3 rm"]],
    ["denied again, whole", [allow("c", 1, 3, "rw"), deny("c", 1, 3)], "deny", []],
    [
      "a wider rule denies narrower ones",
      [allow("c", 1, 3), allow("c", 2, 3), deny("c", 1, -1)],
      "deny",
      ["c 2:3 rwm"],
    ],
    ["what is not allowed can be denied", [deny("c", 10, 229)], "deny", []],
    ["all minors, all majors", [allow("c", 136, -1), allow("b", -1, 7, "r")], "deny", ["c 136:* rwm", "b *:7 r"]],
    ["both types with numbers", [allow("a", 10, 1, "r")], "deny", ["b 10:1 r", "c 10:1 r"]],
    ["both types in part", [{ allow: true, access: "m" }], "deny", ["b *:* m", "c *:* m"]],
    ["the other type is another device", [allow("c", 1, -1), deny("b", 1, 3)], "deny", ["c 1:* rwm"]],
    ["another kind of access is no part of it", [allow("c", -1, -1, "m"), deny("c", 1, 3, "rw")], "deny", ["c *:* m"]],
  ];
  for (const [what, rules, byDefault, exceptions] of cases) {
    test(what, () => {
      expect(list(...rules)).toEqual({ default: byDefault, exceptions });
    });
  }

  test("refuses a hole in an exception, which the kernel would pass over", () => {
    expect(() => list(nothing, allow("c", 1, -1), deny("c", 1, 3, "w"))).toThrow(
      "/2: c 1:3 w is part of c 1:* rwm of /1",
    );
    expect(() => list(everything, deny("b", -1, -1, "w"), allow("b", 8, 0))).toThrow("cgroup v1 cannot");
    expect(() => list(allow("c", 1, -1), deny("c", -1, 3))).toThrow("cgroup v1 cannot");
  });
});
