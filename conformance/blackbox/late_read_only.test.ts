/** What is read-only becomes so once everything inside it is made. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "../../lib/spec/types.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const refused = "Read-only file system";

function source(t: Scenario): string {
  const folder = join(t.folder, "source");
  mkdirSync(folder);
  writeFileSync(join(folder, "file"), "from outside\n");
  return folder;
}

describe("read-only", () => {
  for (const option of ["ro", "rro"] as const)
    scenario(
      `a tmpfs with ${option} takes later mounts, of which the writable stay so`,
      async (t) => {
        const mounts: Mount[] = [
          { destination: "/m", type: "tmpfs", source: "tmpfs", options: [option] },
          { destination: "/m/made/data", type: "bind", source: source(t), options: ["bind"] },
          { destination: "/m/more", type: "tmpfs", source: "tmpfs" },
        ];
        const script =
          "cat /m/made/data/file; touch /m/more/x /m/made/data/x && echo written; touch /m/x; touch /m/made/x";
        const result = await t.sh(script, (config) => config.mounts.push(...mounts));
        expect(result.stdout).toBe("from outside\nwritten\n");
        expect(result.stderr.split("\n").filter((line) => line.includes(refused))).toHaveLength(2);
      },
      // runc 1.1 sets rro at once
      { needs: option === "ro" ? [] : ["runtime:tsrun"] },
    );

  for (const [name, patch] of [
    ["the root", (config) => (config.root.readonly = true)],
    [
      "a tmpfs",
      (config) => config.mounts.push({ destination: "/made", type: "tmpfs", source: "tmpfs", options: ["ro"] }),
    ],
  ] as readonly (readonly [string, (config: TestConfig) => unknown])[])
    scenario(`${name} gets the working directory`, async (t) => {
      const result = await t.sh("pwd; touch /made/x", (config) => {
        config.process.cwd = "/made/for/it";
        patch(config);
      });
      expect(result.stdout).toBe("/made/for/it\n");
      expect(result.stderr).toContain(refused);
    });

  scenario("/dev has its devices, links and mounts", async (t) => {
    const script = "echo x >/dev/null && ls -d /dev/pts/ptmx /dev/fd /dev/shm; touch /dev/shm/x; touch /dev/x";
    const result = await t.sh(script, (config) => {
      const dev = config.mounts.find(({ destination }) => destination === "/dev");
      dev?.options?.push("ro");
    });
    expect(result.stdout).toBe("/dev/fd\n/dev/pts/ptmx\n/dev/shm\n");
    expect(result.stderr.split("\n").filter((line) => line.includes(refused))).toHaveLength(1);
  });

  scenario("the root, with mounts at places that it did not have, and a working directory that is made", async (t) => {
    const bundle = await t.bundle((config) => {
      config.root.readonly = true;
      config.mounts.push({ destination: "/new/place", type: "tmpfs", source: "tmpfs" });
      config.process.cwd = "/tmp";
      config.process.args = ["sh", "-c", "touch /new/place/x && echo written; touch /tmp/x; touch /new/x"];
    });
    const result = await t.runtime.run(t.id, bundle.path);
    expect(result.stdout).toBe("written\n");
    expect(result.stderr.split("\n").filter((line) => line.includes(refused))).toHaveLength(2);
    expect(existsSync(join(bundle.rootfs, "new/place"))).toBeTrue();
  });

  scenario("the root alone: bind mounts below it stay writable", async (t) => {
    const folder = source(t);
    const result = await t.sh("echo inside >/data/new", (config) => {
      config.root.readonly = true;
      config.mounts.push({ destination: "/data", type: "bind", source: folder, options: ["bind"] });
    });
    succeeded(result);
    expect(existsSync(join(folder, "new"))).toBeTrue();
  });

  for (const remount of [
    { type: "none", source: "none", options: ["remount", "ro"] },
    { type: "tmpfs", source: "tmpfs", options: ["remount", "ro"] },
    { options: ["remount", "bind", "ro"] },
  ] as const)
    scenario(
      `${remount.options.join()} of type ${remount.type ?? "none"} seals an earlier entry where it stands in the list`,
      async (t) => {
        const result = await t.sh("ls /m; touch /m/x; touch /m/below/x && echo written", (config) => {
          config.mounts.push(
            { destination: "/m", type: "tmpfs", source: "tmpfs" },
            { destination: "/m/below", type: "tmpfs", source: "tmpfs" },
            { ...remount, options: [...remount.options], destination: "/m" },
          );
        });
        expect(result.stdout).toBe("below\nwritten\n");
        expect(result.stderr).toContain(refused);
      },
      // runc 1.1 mounts a source there in any case
      { needs: remount.type === undefined ? ["runtime:tsrun"] : [] },
    );
});
