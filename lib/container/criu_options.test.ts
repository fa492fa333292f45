import { describe, expect, test } from "bun:test";
import { CLONE_NEWNET } from "../program/constants.ts";
import { type CheckpointSettings, commonOptions, criuConfigFile, refuseWithoutMountNamespace } from "./criu_options.ts";
import { cgroupRoots, joinedNamespaces } from "./restore_options.ts";

const SETTINGS: CheckpointSettings = {
  imagePath: "/images",
  tcpEstablished: false,
  tcpClose: false,
  externalUnixSockets: false,
  shellJob: false,
  fileLocks: false,
  autoDedup: false,
  lazyPages: false,
};
const DIRECTORIES = { images: 5, work: undefined };

test("commonOptions", () => {
  const options = commonOptions(SETTINGS, { "org.criu.config": "" }, "dump.log", DIRECTORIES);
  expect(options).toEqual({
    imagesDirectory: 5,
    logLevel: 4,
    logFile: "dump.log",
    notifyScripts: true,
    orphanPtsMaster: true,
    emptyNamespaces: CLONE_NEWNET,
    cgroupMode: 3,
    tcpEstablished: false,
    tcpClose: false,
    externalUnixSockets: false,
    shellJob: false,
    fileLocks: false,
    autoDedup: false,
    lazyPages: false,
  });
  const others = { ...SETTINGS, cgroupMode: "strict", networkLock: "skip", tcpClose: true } as const;
  expect(commonOptions(others, { "org.criu.config": "/c" }, "dump.log", { images: 5, work: 6 })).toMatchObject({
    workDirectory: 6,
    cgroupMode: 5,
    networkLock: 3,
    tcpClose: true,
    configFile: "/c",
  });
});

describe("criuConfigFile", () => {
  const cases: [Record<string, string>, string[], string | undefined][] = [
    [{}, [], undefined],
    [{}, ["/etc/criu/runc.conf"], "/etc/criu/runc.conf"],
    [{}, ["/etc/criu/runc.conf", "/etc/criu/tsrun.conf"], "/etc/criu/tsrun.conf"],
    [{ "org.criu.config": "/my" }, ["/etc/criu/tsrun.conf"], "/my"],
    [{ "org.criu.config": "" }, ["/etc/criu/tsrun.conf"], undefined],
  ];
  test.each(cases)("%j where there is %j", (annotations, files, expected) => {
    expect(criuConfigFile(annotations, (path) => files.includes(path))).toBe(expected as string);
  });
});

test("cgroupRoots has each controller by itself", () => {
  expect(cgroupRoots("3:cpu,cpuacct:/a\n1:name=systemd:/b\n0::/c\n")).toEqual([
    { controller: "cpu", path: "/a" },
    { controller: "cpuacct", path: "/a" },
    { controller: "name=systemd", path: "/b" },
    { controller: "", path: "/c" },
  ]);
});

describe("joinedNamespaces", () => {
  const config = (namespaces: object[]) => ({ ociVersion: "1.0.2", linux: { namespaces } }) as never;

  test("has those by path that CRIU joins itself", () => {
    const namespaces = [
      { type: "network", path: "/net" },
      { type: "pid", path: "/pid" },
      { type: "ipc", path: "/ipc" },
      { type: "mount" },
      { type: "time", path: "/time" },
    ];
    expect(joinedNamespaces(config(namespaces))).toEqual([
      { kind: "ipc", file: "/ipc" },
      { kind: "time", file: "/time" },
    ]);
  });

  test("refuses a cgroup namespace by path", () => {
    expect(() => joinedNamespaces(config([{ type: "mount" }, { type: "cgroup", path: "/c" }]))).toThrow(
      "/linux/namespaces/1/path: criu cannot restore into a given cgroup namespace",
    );
  });

  test("a container without a mount namespace is refused", () => {
    expect(() => refuseWithoutMountNamespace(config([{ type: "mount" }]))).not.toThrow();
    expect(() => refuseWithoutMountNamespace(config([{ type: "pid" }]))).toThrow("/linux/namespaces");
  });
});
