/** A tmpfs with tmpcopyup starts with what the image has at its place. */

import { describe, expect } from "bun:test";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "../harness/bundle.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

/** Debian's crun 1.8.1 leaves folders' modes and the owners of links behind. */
const needs = ["not-runtime:crun"] as const;

/** A bundle with a tmpfs over /data, and a script to run in it. */
async function bundleWith(t: Scenario, script: string, options: readonly string[] = ["tmpcopyup"]): Promise<Bundle> {
  const bundle = await t.bundle((config) => {
    config.mounts.push({ destination: "/data", type: "tmpfs", source: "tmpfs", options: [...options] });
    config.process.args = ["sh", "-c", script];
    config.process.capabilities?.effective?.push("CAP_DAC_READ_SEARCH");
    config.process.capabilities?.permitted?.push("CAP_DAC_READ_SEARCH");
  });
  mkdirSync(join(bundle.rootfs, "data"), { mode: 0o755 });
  return bundle;
}

const run = async (t: Scenario, bundle: Bundle): Promise<string> =>
  succeeded(await t.runtime.run(t.id, bundle.path)).stdout;

describe("tmpcopyup", () => {
  scenario(
    "copies files, folders and links with owners and modes",
    async (t) => {
      const bundle = await bundleWith(t, "cd /data; find . | sort | xargs stat -c '%n %F %a %u:%g'; cat sub/deep/file");
      const data = join(bundle.rootfs, "data");
      mkdirSync(join(data, "sub/deep"), { recursive: true });
      mkdirSync(join(data, "empty"));
      writeFileSync(join(data, "sub/deep/file"), "its text\n");
      writeFileSync(join(data, ".hidden"), "");
      writeFileSync(join(data, "..two"), "");
      await Bun.$`cd ${data} && ln -s /no/such/place link && chmod 640 sub/deep/file \
        && chmod 750 sub && chmod 700 empty && chown 11:12 sub sub/deep/file && chown -h 13:14 link && chmod 711 .`.quiet();
      expect((await run(t, bundle)).split("\n")).toEqual([
        ". directory 711 0:0",
        "./..two regular empty file 644 0:0",
        "./.hidden regular empty file 644 0:0",
        "./empty directory 700 0:0",
        "./link symbolic link 777 13:14",
        "./sub directory 750 11:12",
        "./sub/deep directory 755 0:0",
        "./sub/deep/file regular file 640 11:12",
        "its text",
        "",
      ]);
    },
    { needs: [...needs, "root"] },
  );

  scenario("leaves the image as it is", async (t) => {
    const bundle = await bundleWith(t, "rm /data/old && touch /data/new && ls /data");
    writeFileSync(join(bundle.rootfs, "data/old"), "");
    expect(await run(t, bundle)).toBe("new\n");
    expect(existsSync(join(bundle.rootfs, "data/old"))).toBeTrue();
    expect(existsSync(join(bundle.rootfs, "data/new"))).toBeFalse();
  });

  scenario("copies large files and many of them", async (t) => {
    const bundle = await bundleWith(t, "ls /data | wc -l; sha256sum </data/large");
    const large = randomBytes(5_000_001);
    writeFileSync(join(bundle.rootfs, "data/large"), large);
    for (let i = 0; i < 700; i++) writeFileSync(join(bundle.rootfs, "data", `${"x".repeat(i % 250)}${i}`), "");
    expect(await run(t, bundle)).toBe(`701\n${createHash("sha256").update(large).digest("hex")}  -\n`);
  });

  scenario(
    "copies set-user-id bits, pipes, devices, times and the folder's owner",
    async (t) => {
      const bundle = await bundleWith(t, "cd /data; stat -c '%n %F %a %u:%g %Y %t:%T' . suid pipe null sub sub/x");
      const data = join(bundle.rootfs, "data");
      await Bun.$`cd ${data} && touch suid && chown 5:6 suid . && chmod 4755 suid && mkfifo -m 600 pipe && mkdir sub && touch sub/x \
        && mknod -m 666 null c 1 3 && chmod 3777 sub`.quiet();
      for (const name of ["suid", "pipe", "null", "sub/x", "sub"]) utimesSync(join(data, name), 1e9, 1e9);
      const lines = (await run(t, bundle)).split("\n");
      expect(lines[0]).toStartWith(". directory 755 5:6 ");
      expect(lines.slice(1)).toEqual([
        "suid regular empty file 4755 5:6 1000000000 0:0",
        "pipe fifo 600 0:0 1000000000 0:0",
        "null character special file 666 0:0 1000000000 1:3",
        "sub directory 3777 0:0 1000000000 0:0",
        "sub/x regular empty file 644 0:0 1000000000 0:0",
        "",
      ]);
    },
    { needs: ["root", "runtime:tsrun"] }, // runc keeps fewer attributes, and fails on nodes
  );

  scenario("works with other options, and read-only", async (t) => {
    const bundle = await bundleWith(t, "cat /data/file; touch /data/x", ["tmpcopyup", "ro", "size=64k", "noexec"]);
    writeFileSync(join(bundle.rootfs, "data/file"), "its text\n");
    const result = await t.runtime.run(t.id, bundle.path);
    expect(result.stdout).toBe("its text\n");
    expect(result.stderr).toContain("Read-only file system");
  });

  scenario("at a place that the image does not have gives an empty tmpfs", async (t) => {
    const result = await t.sh("ls -A /missing; touch /missing/x", (config) => {
      config.mounts.push({ destination: "/missing", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"] });
    });
    expect(succeeded(result).stdout).toBe("");
  });

  scenario("more than fits is an error with its place", async (t) => {
    const bundle = await bundleWith(t, "true", ["tmpcopyup", "size=8k"]);
    writeFileSync(join(bundle.rootfs, "data/large"), Buffer.alloc(100_000, 1));
    const result = await t.runtime.create(t.id, bundle.path);
    expectFailure(result, t.runtime.kind === "tsrun" ? ["/mounts/7", "ENOSPC"] : "");
    await t.expectNothingLeft();
  });

  scenario(
    "in a user namespace",
    async (t) => {
      const bundle = await bundleWith(t, "stat -c '%n %u:%g' /data/file /data");
      writeFileSync(join(bundle.rootfs, "data/file"), "");
      bundle.config.linux.namespaces.push({ type: "user" });
      bundle.config.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
      bundle.config.linux.gidMappings = bundle.config.linux.uidMappings;
      bundle.save();
      await Bun.$`chown -R 100000:100000 ${bundle.rootfs} && chmod 711 ${t.folder} && chown 100007:100008 ${bundle.rootfs}/data/file`.quiet();
      expect(await run(t, bundle)).toBe("/data/file 7:8\n/data 0:0\n");
    },
    { needs: [...needs, "root"] },
  );

  for (const [what, mount] of [
    ["a bind mount", { type: "bind", source: "/tmp", options: ["bind", "tmpcopyup"] }],
    ["another file system", { type: "ramfs", source: "ramfs", options: ["tmpcopyup"] }],
  ] as const)
    scenario(
      `is refused for ${what}`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          config.mounts.push({ ...mount, options: [...mount.options], destination: "/data" });
        });
        expectFailure(await t.runtime.create(t.id, bundle.path), "/mounts/7: tmpcopyup is for");
        await t.expectNothingLeft();
      },
      { needs: ["runtime:tsrun"] }, // the others take no notice of it there
    );
});
