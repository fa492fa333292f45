/** What criu is asked for by each option of checkpoint and restore, by a criu that only listens. */

import { describe, expect } from "bun:test";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CriuOptions, RequestType } from "../../lib/criu/messages.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { cleanEnvironment, type Result, runCommand, succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { FakeCriu, type FakeScript } from "../harness/fake_criu.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// crun of Debian is built without CRIU.
const scenario = scenarioWith(["root", "not-runtime:crun"]);

/** Start a container and checkpoint it with these flags, staying, to images in the test's folder. */
async function checkpoint(
  t: Scenario,
  flags: readonly string[],
  script: Partial<FakeScript> = {},
  patch: (config: TestConfig) => void = () => {},
): Promise<{ criu: FakeCriu; result: Result }> {
  await t.startSleeping(patch);
  const criu = new FakeCriu(t.folder, script);
  const images = join(t.folder, "images");
  const args = ["checkpoint", "--image-path", images, ...flags, t.id];
  return { criu, result: await t.runtime.command(args, criu.options) };
}

async function dumpOptions(
  t: Scenario,
  flags: readonly string[],
  patch: (config: TestConfig) => void = () => {},
): Promise<CriuOptions> {
  const { criu, result } = await checkpoint(t, ["--leave-running", ...flags], {}, patch);
  succeeded(result);
  const [request] = criu.requests;
  expect(request?.type).toBe(RequestType.Dump);
  return request?.options ?? {};
}

const CLONE_NEWNET = 0x40000000;
const SOFT = 3;

describe("checkpoint", () => {
  scenario(
    "without options",
    async (t) => {
      const { pid } = { pid: await t.startSleeping() };
      const criu = new FakeCriu(t.folder);
      const args = ["checkpoint", "--image-path", join(t.folder, "images"), "--leave-running", t.id];
      succeeded(await t.runtime.command(args, criu.options));
      expect(criu.requests).toHaveLength(1);
      expect(criu.requests[0]?.options).toMatchObject({
        pid,
        leaveRunning: true,
        externalUnixSockets: false,
        tcpEstablished: false,
        shellJob: false,
        fileLocks: false,
        notifyScripts: true,
        orphanPtsMaster: true,
        emptyNamespaces: CLONE_NEWNET,
        cgroupMode: SOFT,
        logFile: "dump.log",
        logLevel: 4,
      });
      expect(JSON.parse(readFileSync(join(t.folder, "images/descriptors.json"), "utf8"))).toHaveLength(3);
      // runc 1.1 leaves the mode to the older field.
    },
    { needs: ["not-runtime:runc"] },
  );

  scenario("flags", async (t) => {
    const flags = ["tcp-established", "ext-unix-sk", "shell-job", "file-locks", "auto-dedup"];
    expect(
      await dumpOptions(
        t,
        flags.map((flag) => `--${flag}`),
      ),
    ).toMatchObject({
      leaveRunning: true,
      tcpEstablished: true,
      externalUnixSockets: true,
      shellJob: true,
      fileLocks: true,
      autoDedup: true,
    });
  });

  scenario(
    "flags that runc of Debian does not have",
    async (t) => {
      const flags = ["--tcp-skip-in-flight", "--link-remap", "--tcp-close", "--network-lock", "nftables"];
      expect(await dumpOptions(t, flags)).toMatchObject({
        tcpSkipInFlight: true,
        linkRemap: true,
        tcpClose: true,
        networkLock: 2,
      });
    },
    { needs: ["not-runtime:runc"] },
  );

  for (const [mode, number] of Object.entries({ soft: 3, full: 4, strict: 5 })) {
    scenario(`--manage-cgroups-mode ${mode}`, async (t) => {
      expect((await dumpOptions(t, ["--manage-cgroups-mode", mode])).cgroupMode).toBe(number);
    });
  }

  scenario(
    "--manage-cgroups-mode ignore",
    async (t) => {
      expect((await dumpOptions(t, ["--manage-cgroups-mode", "ignore"])).cgroupMode).toBe(0);
      // runc has it since 1.2.
    },
    { needs: ["not-runtime:runc"] },
  );

  scenario("--page-server, --empty-ns and --work-path", async (t) => {
    const work = join(t.folder, "work");
    const flags = ["--page-server", "127.0.0.1:1234", "--empty-ns", "network", "--work-path", work];
    const options = await dumpOptions(t, flags);
    expect(options.pageServer).toEqual({ address: "127.0.0.1", port: 1234 });
    expect(options.emptyNamespaces).toBe(CLONE_NEWNET);
    expect(options.workDirectory).toBeNumber();
    expect(existsSync(work)).toBeTrue();
  });

  scenario("bind mounts, masked files and a network namespace by path are external", async (t) => {
    const options = await dumpOptions(t, [], (config) => {
      config.mounts.push({ destination: "/bound", type: "bind", source: t.folder, options: ["rbind"] });
      config.linux.maskedPaths = ["/proc/keys", "/proc/acpi", "/proc/missing"];
      const network = config.linux.namespaces.find(({ type }) => type === "network");
      if (network !== undefined) network.path = "/proc/self/ns/net";
    });
    expect(options.externalMounts).toContainEqual({ key: "/bound", value: "/bound" });
    expect(options.externalMounts).toContainEqual({ key: "/proc/keys", value: "/dev/null" });
    expect(options.externalMounts?.map(({ key }) => key)).not.toContain("/proc/acpi");
    expect(options.externalMounts?.map(({ key }) => key)).not.toContain("/proc/missing");
    expect(options.external).toHaveLength(1);
    expect(options.external?.[0]).toMatch(/^net\[\d+\]:extRootNetNS$/);
  });

  scenario("--pre-dump and --parent-path", async (t) => {
    const { criu, result } = await checkpoint(t, ["--pre-dump"]);
    succeeded(result);
    expect(criu.requests[0]?.type).toBe(RequestType.PreDump);
    expect(await t.runtime.status(t.id)).toBe("running");
    const next = join(t.folder, "next");
    const args = ["checkpoint", "--image-path", next, "--parent-path", "../images", "--leave-running", t.id];
    succeeded(await t.runtime.command(args, criu.options));
    expect(criu.requests[1]?.options).toMatchObject({ parentImage: "../images", trackMemory: true });
    expectFailure(
      await t.runtime.command(["checkpoint", "--image-path", next, "--parent-path", "/images", t.id], criu.options),
      "must be relative",
    );
    expectFailure(
      await t.runtime.command(["checkpoint", "--image-path", next, "--parent-path", "missing", t.id], criu.options),
      "--parent-path",
    );
  });

  scenario("--lazy-pages tells by --status-fd when pages can be fetched", async (t) => {
    await t.startSleeping();
    const criu = new FakeCriu(t.folder, { notifications: ["status-ready"] });
    const path = join(t.folder, "status");
    const fd = openSync(path, "w");
    const images = join(t.folder, "images");
    const args = ["checkpoint", "--image-path", images, "--leave-running", "--lazy-pages", "--status-fd", "3", t.id];
    const result = await t.runtime.command(args, { ...criu.options, descriptors: [fd] });
    closeSync(fd);
    succeeded(result);
    expect(criu.requests[0]?.options?.lazyPages).toBeTrue();
    expect([...readFileSync(path)]).toEqual([0]);
    expectFailure(await t.runtime.command(args, criu.options), "--status-fd");
  });

  for (const [annotation, file] of [
    ["/etc/criu/mine.conf", "/etc/criu/mine.conf"],
    ["", undefined],
  ] as const) {
    scenario(`the annotation org.criu.config ${annotation === "" ? "without a file" : "with one"}`, async (t) => {
      const options = await dumpOptions(t, [], (config) => {
        config.annotations = { "org.criu.config": annotation };
      });
      expect(options.configFile).toBe(file!);
    });
  }

  scenario(
    "a failure tells the last errors of the log, and the class",
    async (t) => {
      const log = [
        "(00.000001) Version: 3.17.1",
        "(00.000002) Error (criu/net.c:1): the first of them",
        "(00.000003) Error (criu/files.c:2): Can't dump this",
        "(00.000004) Error (criu/cr-dump.c:3): Dump files (pid: 1) failed with -1",
        "(00.000005) Error (criu/cr-dump.c:4): Dumping FAILED.",
      ].join("\n");
      const { criu, result } = await checkpoint(t, [], { success: false, errno: 22, log });
      expectFailure(result, ["criu failed", "Can't dump this", join(t.folder, "images/dump.log")]);
      expect(await t.runtime.status(t.id)).toBe("running");
      const args = ["--log-format", "json", "--root", t.runtime.root, "checkpoint", "--image-path", t.folder, t.id];
      const { code, errno, msg } = JSON.parse((await t.runtime.bare(args, criu.options)).stderr);
      expect({ code, errno }).toEqual({ code: "criu.failed", errno: "EINVAL" });
      expect(msg).not.toContain("FAILED");
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario(
    "a criu that is missing, too old, or not able to",
    async (t) => {
      const { result } = await checkpoint(t, [], { version: [2, 9] });
      expectFailure(result, "needs criu 3.0, and 2.9 is installed");
      const images = join(t.folder, "images");
      const env = { ...cleanEnvironment, PATH: t.folder };
      const missing = await t.runtime.command(["--log-format", "json", "checkpoint", "--image-path", images, t.id], {
        env,
      });
      expect(JSON.parse(missing.stderr)).toMatchObject({ code: "criu.not_found" });
      const folder = join(t.folder, "unable");
      mkdirSync(folder);
      const unable = new FakeCriu(folder, { features: { memoryTracking: false, lazyPages: false } });
      for (const flag of ["--pre-dump", "--lazy-pages"])
        expectFailure(
          await t.runtime.command(["checkpoint", "--image-path", images, flag, t.id], unable.options),
          `${flag}: `,
        );
      writeFileSync(join(t.folder, "criu"), "#!/bin/sh\necho 'Error (criu/vdso.c:1): no vdso' >&2; exit 1\n", {
        mode: 0o755,
      });
      const broken = await runCommand(t.runtime.argv(["checkpoint", "--image-path", images, t.id]), {
        env: { ...cleanEnvironment, PATH: `${t.folder}:${cleanEnvironment.PATH}` },
      });
      expectFailure(broken, "criu does not work on this machine: no vdso");
      expect(await t.runtime.status(t.id)).toBe("running");
    },
    { needs: ["runtime:tsrun"] },
  );
});

describe("restore", () => {
  /** Ask for a restore that fails. */
  async function restoreOptions(
    t: Scenario,
    flags: readonly string[],
    patch: (config: TestConfig) => void = () => {},
    descriptors: readonly string[] = ["/dev/null", "pipe:[17]", "/dev/null"],
  ): Promise<CriuOptions> {
    const bundle = await t.bundle(patch);
    const images = join(t.folder, "images");
    mkdirSync(images);
    writeFileSync(join(images, "descriptors.json"), JSON.stringify(descriptors));
    const criu = new FakeCriu(t.folder, { success: false });
    const args = ["restore", "--detach", "--bundle", bundle.path, "--image-path", images, ...flags, t.id];
    expectFailure(await t.runtime.command(args, criu.options), "criu failed");
    await t.expectNothingLeft();
    const [request] = criu.requests;
    expect(request?.type).toBe(RequestType.Restore);
    return request?.options ?? {};
  }

  scenario("flags", async (t) => {
    const flags = ["tcp-established", "ext-unix-sk", "shell-job", "file-locks", "auto-dedup"];
    const profile = ["--lsm-profile", "apparmor:other", "--lsm-mount-context", "context"];
    const options = await restoreOptions(t, [...flags.map((flag) => `--${flag}`), ...profile, "-no-subreaper"]);
    expect(options).toMatchObject({
      tcpEstablished: true,
      externalUnixSockets: true,
      shellJob: true,
      fileLocks: true,
      autoDedup: true,
      restoreSibling: true,
      evasiveDevices: true,
      orphanPtsMaster: true,
      notifyScripts: true,
      lsmProfile: "apparmor:other",
      lsmMountContext: "context",
      emptyNamespaces: CLONE_NEWNET,
      logFile: "restore.log",
    });
    expect(options.inheritedDescriptors).toEqual([{ key: "pipe:[17]", descriptor: 1 }]);
    expect(options.cgroupRoots?.length).toBeGreaterThan(0);
    for (const { path } of options.cgroupRoots ?? []) expect(typeof path).toBe("string");
  });

  scenario(
    "flags that runc of Debian does not have",
    async (t) => {
      const options = await restoreOptions(t, ["--tcp-close", "--network-lock=skip", "--manage-cgroups-mode=ignore"]);
      expect(options).toMatchObject({ tcpClose: true, networkLock: 3, cgroupMode: 0 });
    },
    { needs: ["not-runtime:runc"] },
  );

  scenario("bind mounts come from the bundle's sources, masked files from the null device", async (t) => {
    const options = await restoreOptions(t, [], (config) => {
      config.mounts.push({ destination: "/bound", type: "bind", source: t.folder, options: ["rbind"] });
      config.linux.maskedPaths = ["/proc/keys"];
      const network = config.linux.namespaces.find(({ type }) => type === "network");
      if (network !== undefined) network.path = "/proc/self/ns/net";
      const ipc = config.linux.namespaces.find(({ type }) => type === "ipc");
      if (ipc !== undefined) ipc.path = "/proc/self/ns/ipc";
    });
    expect(options.externalMounts).toContainEqual({ key: "/bound", value: t.folder });
    expect(options.externalMounts).toContainEqual({ key: "/dev/null", value: "/dev/null" });
    expect(options.inheritedDescriptors?.map(({ key }) => key).sort()).toEqual(["extRootNetNS", "pipe:[17]"]);
    expect(options.joinedNamespaces).toEqual([{ kind: "ipc", file: "/proc/self/ns/ipc" }]);
  });

  scenario("images that are not there", async (t) => {
    const bundle = await t.bundle();
    const criu = new FakeCriu(t.folder);
    const args = ["restore", "-d", "-b", bundle.path, "--image-path", join(t.folder, "missing"), t.id];
    expectFailure(await t.runtime.command(args, criu.options), []);
    await t.expectNothingLeft();
  });
});
