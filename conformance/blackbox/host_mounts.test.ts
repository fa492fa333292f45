/** Containers without a mount namespace of their own: their mounts are the host's, and go with the container. */

import { describe, expect } from "bun:test";
import { mkdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

/** runc and crun leave the mounts on the host, where only root may mount. */
const needs = ["runtime:tsrun", "root"] as const;

function withoutMountNamespace(config: TestConfig): void {
  config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "mount");
  delete config.linux.maskedPaths;
  delete config.linux.readonlyPaths;
}

const hostMounts = (): string[] => readFileSync("/proc/self/mountinfo", "utf8").split("\n").filter(isStable);

/** Other tests' mounts come and go. */
const isStable = (line: string): boolean => !/ct-[0-9a-f]{10}/.test(line) && !line.includes("/run/");

const ownMounts = (t: Scenario): string[] =>
  readFileSync("/proc/self/mountinfo", "utf8")
    .split("\n")
    .filter((line) => line.includes(t.id))
    .map((line) => line.split(" ")[4] ?? "");

describe("without a mount namespace", () => {
  scenario(
    "the container has its root, mounts, devices and names, and the host keeps its mounts",
    async (t) => {
      const before = hostMounts();
      const namespace = readlinkSync("/proc/self/ns/mnt");
      const script =
        "readlink /proc/self/ns/mnt; hostname; ls /; echo x >/dev/null; stat -f -c %T /dev /proc; echo $$; pwd -P";
      const { stdout } = succeeded(await t.sh(script, withoutMountNamespace));
      expect(stdout.split("\n")).toEqual([
        namespace,
        "typical",
        ..."bin dev etc home probe proc root sys tmp usr var".split(" "),
        "tmpfs",
        "proc",
        "1",
        "/",
        "",
      ]);
      expect(hostMounts()).toEqual(before);
      expect(ownMounts(t)).toEqual([]);
    },
    { needs },
  );

  for (const way of ["run", "delete", "delete --force", "killed"] as const)
    scenario(
      `its mounts are gone after ${way}`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          withoutMountNamespace(config);
          config.mounts.push({ destination: "/m", type: "tmpfs", source: "tmpfs" });
          config.process.args = way === "run" ? ["grep", "-q", " /m ", "/proc/self/mountinfo"] : ["sleep", "1000"];
        });
        if (way === "run") succeeded(await t.runtime.run(t.id, bundle.path));
        else {
          succeeded(await t.runtime.create(t.id, bundle.path));
          expect(ownMounts(t)).toContain(join(bundle.rootfs, "m"));
          if (way === "killed") {
            succeeded(await t.runtime.kill(t.id, "KILL"));
            await t.runtime.waitFor(t.id, "stopped");
          }
          succeeded(await t.runtime.delete(t.id, ...(way === "delete --force" ? ["--force"] : [])));
        }
        expect(ownMounts(t)).toEqual([]);
      },
      { needs },
    );

  scenario(
    "its mounts are gone after create has failed",
    async (t) => {
      const bundle = await t.bundle((config) => {
        withoutMountNamespace(config);
        config.mounts.push({ destination: "/m", type: "no-such-filesystem", source: "none" });
      });
      expectFailure(await t.runtime.create(t.id, bundle.path), "/mounts/7");
      expect(ownMounts(t)).toEqual([]);
      await t.expectNothingLeft();
    },
    { needs },
  );

  scenario(
    "a root file system that is a mount itself stays mounted",
    async (t) => {
      const bundle = await t.bundle(withoutMountNamespace);
      bundle.config.process.args = ["cat", "/lower/file"];
      bundle.save();
      await Bun.$`mount --bind ${bundle.rootfs} ${bundle.rootfs} && mkdir ${bundle.rootfs}/lower && mount -t tmpfs tmpfs ${bundle.rootfs}/lower`.quiet();
      t.defer(async () => {
        await Bun.$`umount -R ${bundle.rootfs}`.quiet();
      });
      writeFileSync(join(bundle.rootfs, "lower/file"), "its text\n");
      const before = ownMounts(t);
      expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("its text\n");
      expect(ownMounts(t)).toEqual(before);
    },
    { needs },
  );

  scenario(
    "on a shared mount too",
    async (t) => {
      await Bun.$`mount -t tmpfs tmpfs ${t.folder} && mount --make-shared ${t.folder}`.quiet();
      t.defer(async () => {
        await Bun.$`umount ${t.folder}`.quiet();
      });
      const before = ownMounts(t);
      const { mounts } = await t.probe((config) => {
        withoutMountNamespace(config);
        config.mounts.push({ destination: "/m", type: "tmpfs", source: "tmpfs" });
      });
      expect(mounts.findLast(({ target }) => target === "/m")?.propagation).toEqual([]);
      expect(ownMounts(t)).toEqual(before);
    },
    { needs: [...needs, "probe"] },
  );

  scenario(
    "the root can be read-only, and bind mounts take their options",
    async (t) => {
      const source = join(t.folder, "source");
      mkdirSync(source);
      const result = await t.sh("touch /x; touch /data/x; touch /tmp/x && echo written", (config) => {
        withoutMountNamespace(config);
        config.root.readonly = true;
        config.mounts.push(
          { destination: "/data", type: "bind", source, options: ["bind", "ro"] },
          { destination: "/tmp", type: "tmpfs", source: "tmpfs" },
        );
      });
      expect(result.stderr.match(/Read-only file system/g)).toHaveLength(2);
      expect(result.stdout).toBe("written\n");
    },
    { needs },
  );

  scenario(
    "exec enters the root",
    async (t) => {
      await t.startSleeping(withoutMountNamespace);
      const bundleRoot = statSync(join(t.folder, "bundle-0/rootfs")).ino;
      const result = await t.runtime.command([
        "exec",
        t.id,
        "sh",
        "-c",
        "stat -c %i / && hostname && ls /probe && pwd -P",
      ]);
      expect(succeeded(result).stdout).toBe(`${bundleRoot}\ntypical\n/probe\n/\n`);
    },
    { needs: [...needs, "probe"] },
  );

  scenario(
    "a user namespace is given the root alone, and refused mounts",
    async (t) => {
      const mappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
      const bundle = await t.bundle((config) => {
        withoutMountNamespace(config);
        config.linux.namespaces.push({ type: "user" });
        Object.assign(config.linux, { uidMappings: mappings, gidMappings: mappings });
        config.process.args = ["sh", "-c", "id -u; ls -d /probe; hostname"];
      });
      await Bun.$`chown -R 100000:100000 ${bundle.rootfs} && chmod 711 ${t.folder}`.quiet();
      expectFailure(await t.runtime.create(t.id, bundle.path), "/mounts: mounts need a mount namespace");
      bundle.config.mounts = [];
      bundle.save();
      expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("0\n/probe\ntypical\n");
    },
    { needs: [...needs, "probe"] },
  );
});
