/** In a folder that stands in for the resctrl file system: the last step before the kernel. */

import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Config, IntelRdt } from "../spec/types.ts";
import { enterResctrl, findResctrl, joinResctrl, leaveResctrl } from "./resctrl.ts";

let resctrl = "";
beforeEach(() => {
  resctrl = mkdtempSync(join(tmpdir(), "tsrun-resctrl-"));
});
afterEach(() => rmSync(resctrl, { recursive: true, force: true }));

const configOf = (intelRdt: IntelRdt): Config => ({
  ociVersion: "1.3.0",
  root: { path: "rootfs" },
  linux: { intelRdt },
});
const joined = (intelRdt: IntelRdt): string[] => joinResctrl(resctrl, configOf(intelRdt), "me", 42);
const read = (path: string): string => readFileSync(join(resctrl, path), "utf8");

/** A class of service as the kernel shows it. */
function existing(name: string, schemata: string): void {
  mkdirSync(join(resctrl, name, "mon_groups"), { recursive: true });
  writeFileSync(join(resctrl, name, "schemata"), schemata);
}

test("the file system is found where it is mounted", () => {
  const line = "60 26 0:50 / /sys/fs/resctrl rw,relatime shared:20 - resctrl resctrl rw";
  expect(findResctrl(`1 2 0:1 / / rw - ext4 /dev/sda rw\n${line}\n`)).toBe("/sys/fs/resctrl");
  expect(findResctrl("1 2 0:1 / / rw - ext4 /dev/sda rw\n")).toBeUndefined();
});

describe("a class of the container's own", () => {
  test("is made with the schema in its order, entered, and told for removal", () => {
    const made = joined({ l3CacheSchema: "L3:0=f;1=f0", memBwSchema: "MB:0=20;1=70", schemata: ["L2:0=3"] });
    expect(made).toEqual([join(resctrl, "me")]);
    expect(read("me/schemata")).toBe("L3:0=f;1=f0\nMB:0=20;1=70\nL2:0=3\n");
    expect(read("me/tasks")).toBe("42");
  });

  test("has memory bandwidth by memBwSchema alone", () => {
    joined({ l3CacheSchema: "MB:0=50;1=50\nL3:0=f;1=f0\n MB:0=10\n", memBwSchema: "MB:0=20;1=70" });
    expect(read("me/schemata")).toBe("L3:0=f;1=f0\nMB:0=20;1=70\n");
  });

  // The kernel refuses a text that has a domain of a resource twice.
  test("has of each domain what comes last", () => {
    const schemata = ["L3:1=3", "MB: 0 = 30", "L3CODE:0=1", "L3:0=7;2=7"];
    joined({ l3CacheSchema: "L3:0=f;1=f0;3=ff", memBwSchema: "MB:0=20", schemata });
    expect(read("me/schemata")).toBe("L3:3=ff\nL3:1=3\nMB: 0 = 30\nL3CODE:0=1\nL3:0=7;2=7\n");
  });

  test("that cannot be made is a failure", () => {
    mkdirSync(join(resctrl, "me"));
    expect(() => joined({ l3CacheSchema: "L3:0=f" })).toThrow("/linux/intelRdt: mkdir(");
  });
});

describe("a class with a name", () => {
  test("is made if there is none", () => {
    expect(joined({ closID: "gold", schemata: ["L3:0=ff"] })).toEqual([join(resctrl, "gold")]);
    expect(read("gold/schemata")).toBe("L3:0=ff\n");
  });

  test("is not made without a schema", () => {
    expect(() => joined({ closID: "gold" })).toThrow("/linux/intelRdt/closID: there is no class of service gold");
    expect(existsSync(join(resctrl, "gold"))).toBe(false);
  });

  test("is entered as it is, and stays", () => {
    existing("gold", "    L3:0=00f;1=0f0\n    MB:0= 20;1= 70\n");
    expect(joined({ closID: "gold" })).toEqual([]);
    expect(joined({ closID: "gold", l3CacheSchema: "L3:1=f0;0=f", memBwSchema: "MB:0=20" })).toEqual([]);
    expect(read("gold/tasks")).toBe("42");
  });

  test("is not entered if it has another schema", () => {
    existing("gold", "L3:0=f;1=f\n");
    expect(() => joined({ closID: "gold", l3CacheSchema: "L3:0=f;1=ff" })).toThrow("another schema than L3:1=ff");
    expect(existsSync(join(resctrl, "gold/tasks"))).toBe(false);
  });

  test("gets new schemata", () => {
    existing("gold", "L3:0=f\n");
    expect(joined({ closID: "gold", schemata: ["L3:0=1"] })).toEqual([]);
    expect(read("gold/schemata")).toBe("L3:0=1\n");
  });
});

test("the root class is entered, and never made or removed", () => {
  writeFileSync(join(resctrl, "schemata"), "");
  expect(joined({ closID: "/" })).toEqual([]);
  expect(read("tasks")).toBe("42");
});

test("a monitoring group is made below the class, and removed before it", () => {
  existing("gold", "L3:0=f\n");
  const made = joined({ closID: "gold", enableMonitoring: true });
  expect(made).toEqual([join(resctrl, "gold/mon_groups/me")]);
  expect(read("gold/mon_groups/me/tasks")).toBe("42");
  enterResctrl(resctrl, { closID: "gold", enableMonitoring: true }, "me", 43);
  expect([read("gold/tasks"), read("gold/mon_groups/me/tasks")]).toEqual(["43", "43"]);
  rmSync(join(resctrl, "gold/mon_groups/me/tasks"));
  leaveResctrl(made);
  expect(existsSync(made[0]!)).toBe(false);
  leaveResctrl(made);
});

test("a monitoring group that cannot be made is a failure", () => {
  mkdirSync(join(resctrl, "gold"));
  writeFileSync(join(resctrl, "gold/schemata"), "L3:0=f\n");
  expect(() => joined({ closID: "gold", enableMonitoring: true })).toThrow("/linux/intelRdt/enableMonitoring: mkdir(");
});

test("without the file system there is a sentence", () => {
  const join = () => joinResctrl(undefined, configOf({}), "me", 42);
  expect(join).toThrow("/linux/intelRdt: this machine does not mount the resctrl file system");
});
