import { describe, expect, test } from "bun:test";
import { parseHierarchies, versionOf } from "./hierarchies.ts";

const V1 = `25 20 0:22 / /sys/fs/cgroup ro,nosuid shared:8 - tmpfs tmpfs ro,mode=755
26 25 0:23 / /sys/fs/cgroup/systemd rw,nosuid shared:9 - cgroup cgroup rw,xattr,release_agent=/lib/agent,name=systemd
27 25 0:24 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid - cgroup cgroup rw,cpu,cpuacct
28 25 0:25 / /sys/fs/cgroup/my\\040memory rw master:1 propagate_from:2 - cgroup cgroup rw,memory
29 20 0:25 / /mnt/memory rw - cgroup cgroup rw,memory`;
const UNIFIED = "31 25 0:26 / /sys/fs/cgroup/unified rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate";
const V2 = "32 20 0:26 / /sys/fs/cgroup rw,nosuid shared:10 - cgroup2 cgroup2 rw,nsdelegate";

describe("parseHierarchies", () => {
  test("v1: controllers mounted together, names, blanks, second mounts", () => {
    const hierarchies = parseHierarchies(V1);
    expect(hierarchies.v1).toEqual([
      { controllers: ["name=systemd"], mountPoint: "/sys/fs/cgroup/systemd", root: "/" },
      { controllers: ["cpu", "cpuacct"], mountPoint: "/sys/fs/cgroup/cpu,cpuacct", root: "/" },
      { controllers: ["memory"], mountPoint: "/sys/fs/cgroup/my memory", root: "/" },
    ]);
    expect(hierarchies.v2).toBeUndefined();
    expect(versionOf(hierarchies)).toBe(1);
  });

  test("hybrid is v1", () => {
    const hierarchies = parseHierarchies(`${V1}\n${UNIFIED}\n`);
    expect(hierarchies.v2?.mountPoint).toBe("/sys/fs/cgroup/unified");
    expect(versionOf(hierarchies)).toBe(1);
  });

  test("v2, also with a lone v1 hierarchy below it", () => {
    expect(versionOf(parseHierarchies(V2))).toBe(2);
    const netCls = "40 32 0:40 / /sys/fs/cgroup/net_cls rw - cgroup net_cls rw,net_cls";
    expect(versionOf(parseHierarchies(`${V2}\n${netCls}`))).toBe(2);
  });

  test("what a later mount covers is not there", () => {
    const view =
      "60 20 0:60 / /sys/fs/cgroup rw - tmpfs tmpfs rw\n61 60 0:24 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu";
    const { v1, v2 } = parseHierarchies(`${V1}\n${UNIFIED}\n${view}`);
    expect(v1.map(({ mountPoint }) => mountPoint)).toEqual(["/mnt/memory", "/sys/fs/cgroup/cpu"]);
    expect(v2).toBeUndefined();
    const elsewhere = "62 20 8:1 /sys/fs/cgroup /mnt/copy rw - ext4 /dev/sda1 rw";
    expect(parseHierarchies(`${V1}\n${UNIFIED}\n${elsewhere}`).v2?.mountPoint).toBe("/sys/fs/cgroup/unified");
  });

  test("a mount inside a container shows a part", () => {
    const line = "50 49 0:25 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory";
    expect(parseHierarchies(line).v1[0]?.root).toBe("/docker/abc");
  });

  test("a file system of another type with cgroup in its name is none", () => {
    expect(parseHierarchies("50 49 0:25 / /mnt rw - cgroupfs cgroupfs rw").v1).toEqual([]);
  });
});
