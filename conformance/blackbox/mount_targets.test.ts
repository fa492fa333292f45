/** Where mounts go: places that are made, links, what may not be covered. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { scenario } from "../harness/scenario.ts";

describe("targets", () => {
  scenario(
    "that are missing are made: 0755",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/made/for/it", type: "tmpfs", source: "tmpfs" });
      });
      succeeded(await t.runtime.run(t.id, bundle.path));
      expect(statSync(join(bundle.rootfs, "made/for/it")).mode & 0o7777).toBe(0o755);
      expect(statSync(join(bundle.rootfs, "made")).mode & 0o7777).toBe(0o755);
    },
    { needs: ["not-runtime:crun"] },
  ); // it makes them 1755

  scenario(
    "behind a symbolic link of the image stay inside the root",
    async (t) => {
      const outside = join(t.folder, "outside");
      mkdirSync(outside);
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/link/made", type: "tmpfs", source: "tmpfs", options: ["size=64k"] });
        config.process.args = ["sh", "-c", "grep -c size=64k /proc/self/mountinfo"];
      });
      symlinkSync(outside, join(bundle.rootfs, "link"));
      expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("1\n");
      expect(existsSync(join(outside, "made"))).toBeFalse();
      expect(existsSync(join(bundle.rootfs, outside, "made"))).toBeTrue();
    },
    { needs: ["not-runtime:crun"] },
  ); // it makes no folders behind a link

  scenario("behind .. and relative links stay inside the root", async (t) => {
    const bundle = await t.bundle((config) => {
      config.mounts.push({ destination: "/link/made", type: "tmpfs", source: "tmpfs", options: ["size=64k"] });
      config.process.args = ["sh", "-c", "grep size=64k /proc/self/mountinfo | cut -d' ' -f5"];
    });
    symlinkSync("../../../../../../..", join(bundle.rootfs, "link"));
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("/made\n");
    expect(existsSync("/made")).toBeFalse();
  });

  for (const destination of ["/proc/sys/kernel", "/proc/self", "/", "/tmp/.."])
    scenario(
      `${destination} may not be covered`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          config.mounts.push(
            !destination.startsWith("/proc")
              ? { destination, type: "tmpfs", source: "tmpfs" }
              : { destination, type: "bind", source: "rootfs/tmp", options: ["bind"] },
          );
        });
        expect((await t.runtime.create(t.id, bundle.path)).status).toBe(1);
        await t.expectNothingLeft();
      },
      { needs: ["not-runtime:crun"] },
    ); // crun lets /proc be covered anywhere

  for (const [where, destination, text] of [
    ["the image", "/to-root", ["/mounts/", "a link there leads to the root itself"]],
    ["the image, and another", "/again", ["/mounts/", "a link there leads to the root itself"]],
    ["a volume", "/volume/to-root", ["/mounts: ", "a link led one of the mounts to the root itself"]],
  ] as const)
    scenario(`the root may not be covered by way of a link of ${where}`, async (t) => {
      const volume = join(t.folder, "volume");
      mkdirSync(volume);
      const bundle = await t.bundle((config) => {
        config.mounts.push(
          { destination: "/volume", type: "bind", source: volume, options: ["bind"] },
          { destination, type: "tmpfs", source: "tmpfs" },
        );
      });
      symlinkSync("/", join(volume, "to-root"));
      symlinkSync("../../", join(bundle.rootfs, "to-root"));
      symlinkSync("/tmp/../to-root", join(bundle.rootfs, "again"));
      // others fail too, but only since they do not find what they mounted
      expectFailure(await t.runtime.create(t.id, bundle.path), t.runtime.kind === "tsrun" ? text : []);
      await t.expectNothingLeft();
    });

  for (const [source, allowed] of [
    ["/proc", true],
    ["/tmp", false],
  ] as const)
    scenario(
      `a bind mount of ${source} on /proc is ${allowed ? "made" : "refused"}`,
      async (t) => {
        const result = await t.sh("stat -f -c %T /proc && ls -d /proc/self/status", (config) => {
          const others = config.mounts.filter(({ destination }) => destination !== "/proc");
          config.mounts = [{ destination: "/proc", type: "bind", source, options: ["rbind"] }, ...others];
        });
        if (allowed) expect(succeeded(result).stdout).toBe("proc\n/proc/self/status\n");
        else expectFailure(result, "proc");
      },
      { needs: ["not-runtime:crun"] }, // it lets /proc be covered anywhere
    );

  scenario("/proc/meminfo may be covered", async (t) => {
    const result = await t.sh("cat /proc/meminfo", (config) => {
      config.mounts.push({ destination: "/proc/meminfo", type: "bind", source: "bind-source", options: ["bind"] });
    });
    expect(succeeded(result).stdout).toBe("from outside\n");
  });

  scenario(
    "a /proc that is a symbolic link of the image is refused",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["ls", "/elsewhere"];
      });
      await Bun.$`rmdir ${bundle.rootfs}/proc && ln -s /elsewhere ${bundle.rootfs}/proc && mkdir ${bundle.rootfs}/elsewhere`.quiet();
      const result = await t.runtime.create(t.id, bundle.path);
      expect(result.status).toBe(1);
      await t.expectNothingLeft();
    },
    { needs: ["not-runtime:crun"] },
  );
});
