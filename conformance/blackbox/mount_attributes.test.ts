/** Every option that sets or clears an attribute of a mount, for the mount alone and (`rro` and the like) for all below it. */

import { describe, expect } from "bun:test";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Features } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { type Scenario, scenarioWith } from "../harness/scenario.ts";

// they mount on the host
const scenario = scenarioWith(["root"]);

/** Two nested tmpfs mounts with these options. */
async function nested(t: Scenario, options: string): Promise<string> {
  const folder = join(t.folder, "nested");
  mkdirSync(folder);
  t.defer(async () => {
    await Bun.$`umount -R ${folder}`.quiet();
  });
  await Bun.$`mount -t tmpfs tmpfs ${folder} && mkdir ${folder}/inner && mount -t tmpfs tmpfs ${folder}/inner`.quiet();
  // of the mounts alone: the file systems stay writable
  for (const place of [join(folder, "inner"), folder]) await Bun.$`mount -o remount,bind,${options} ${place}`.quiet();
  return folder;
}

/** The attributes of a bind mount and of the one inside, as mountinfo has them. */
async function attributes(t: Scenario, source: string, options: readonly string[]): Promise<[string, string]> {
  const { mounts } = await t.probe((config) => {
    config.mounts.push({ destination: "/data", type: "bind", source, options: ["rbind", ...options] });
  });
  const of = (target: string): string => mounts.findLast((mount) => mount.target === target)?.options ?? "none";
  return [of("/data"), of("/data/inner")];
}

// the option without its r; what the source has; what the option makes of it
const table: readonly (readonly [option: string, source: string, result: string])[] = [
  ["ro", "rw", "ro,relatime"],
  ["rw", "ro", "rw,relatime"],
  ["nosuid", "suid", "rw,nosuid,relatime"],
  ["suid", "nosuid", "rw,relatime"],
  ["nodev", "dev", "rw,nodev,relatime"],
  ["dev", "nodev", "rw,relatime"],
  ["noexec", "exec", "rw,noexec,relatime"],
  ["exec", "noexec", "rw,relatime"],
  ["noatime", "relatime", "rw,noatime"],
  ["atime", "noatime", "rw,relatime"],
  ["relatime", "noatime", "rw,relatime"],
  ["strictatime", "relatime", "rw"],
  ["nostrictatime", "strictatime", "rw,relatime"],
  ["nodiratime", "diratime", "rw,nodiratime,relatime"],
  ["diratime", "nodiratime", "rw,relatime"],
  ["nosymfollow", "rw", "rw,relatime,nosymfollow"],
  ["symfollow", "nosymfollow", "rw,relatime"],
];

/** How the source looks before. */
const before: Readonly<Record<string, string>> = {
  ro: "ro,relatime",
  noatime: "rw,noatime",
  strictatime: "rw",
  nosuid: "rw,nosuid,relatime",
  nodev: "rw,nodev,relatime",
  noexec: "rw,noexec,relatime",
  nodiratime: "rw,nodiratime,relatime",
  nosymfollow: "rw,relatime,nosymfollow",
};

describe("of the mount alone", () => {
  for (const [option, sourceOptions, result] of table)
    scenario(
      option,
      async (t) => {
        const source = await nested(t, sourceOptions);
        const inner = before[sourceOptions] ?? "rw,relatime";
        expect(await attributes(t, source, [option])).toEqual([result, inner]);
      },
      // mount(2), which the others use, cannot clear single attributes
      {
        needs: [
          "probe",
          sourceOptions in before || option.endsWith("symfollow") ? "runtime:tsrun" : "not-runtime:crun",
        ],
      },
    );

  scenario(
    "those that no option names stay the source's",
    async (t) => {
      const source = await nested(t, "noexec,nodev,noatime");
      expect(await attributes(t, source, ["nosuid"])).toEqual([
        "rw,nosuid,nodev,noexec,noatime",
        "rw,nodev,noexec,noatime",
      ]);
    },
    { needs: ["probe", "runtime:tsrun"] },
  );
});

describe("access times, of options that have to do with one another", () => {
  for (const [options, result, ...without] of [
    [["noatime", "nostrictatime"], "rw,noatime"],
    [["strictatime", "atime"], "rw"],
    [["noatime", "atime"], "rw,relatime", "not-runtime:crun"], // it does not take them back
    [["strictatime", "nostrictatime"], "rw,relatime", "not-runtime:crun"],
    [["noatime", "norelatime"], "rw,noatime"],
    [["noatime", "relatime"], "rw,noatime"],
    [["strictatime", "noatime"], "rw"],
  ] as const)
    scenario(
      options.join(),
      async (t) => {
        const { mounts } = await t.probe((config) => {
          config.mounts.push({ destination: "/data", type: "tmpfs", source: "tmpfs", options: [...options] });
        });
        expect(mounts.findLast(({ target }) => target === "/data")?.options).toBe(result);
      },
      { needs: ["probe", ...without] },
    );
});

/** The kernel refuses runc 1.1's way to do the first two; the others it does not have. */
const unknownToRunc = new Set(["atime", "nostrictatime", "nosymfollow", "symfollow"]);

describe("of all mounts below it", () => {
  for (const [option, sourceOptions, result] of table)
    scenario(
      `r${option}`,
      async (t) => {
        const source = await nested(t, sourceOptions);
        expect(await attributes(t, source, [`r${option}`])).toEqual([result, result]);
      },
      {
        needs: ["probe", "not-runtime:crun", ...(unknownToRunc.has(option) ? (["not-runtime:runc"] as const) : [])],
      },
    );

  scenario(
    "rnorelatime leaves them as they are",
    async (t) => {
      const source = await nested(t, "noatime");
      expect(await attributes(t, source, ["rnorelatime"])).toEqual(["rw,noatime", "rw,noatime"]);
    },
    { needs: ["probe", "runtime:tsrun"] },
  );

  scenario(
    "the later of two opposite ones counts, and others add up",
    async (t) => {
      const source = await nested(t, "rw");
      const options = ["rro", "rnosuid", "rrw", "rnodev", "rnoatime"];
      const result = "rw,nosuid,nodev,noatime";
      expect(await attributes(t, source, options)).toEqual([result, result]);
    },
    { needs: ["probe", "not-runtime:crun", "not-runtime:runc"] }, // runc 1.1 sets rro all the same
  );
});

scenario(
  "rro of a new file system leaves the file system itself writable, ro does not",
  async (t) => {
    const { mounts } = await t.probe((config) => {
      for (const option of ["ro", "rro"])
        config.mounts.push({ destination: `/${option}`, type: "proc", source: "proc", options: [option] });
    });
    const shown = (target: string): (string | undefined)[] => {
      const mount = mounts.findLast((it) => it.target === target);
      return [mount, { options: mount?.super_options }].map((it) => it?.options?.split(",")[0]);
    };
    expect([shown("/ro"), shown("/rro")]).toEqual([
      ["ro", "ro"],
      ["ro", "rw"],
    ]);
  },
  { needs: ["probe", "not-runtime:runc", "not-runtime:crun"] }, // runc 1.1 overlooks rro here, crun mounts proc at /proc only
);

describe("nosymfollow", () => {
  for (const [option, inner] of [
    ["nosymfollow", "text"],
    ["rnosymfollow", ""],
  ] as const)
    scenario(
      option,
      async (t) => {
        const source = await nested(t, "rw");
        for (const folder of [source, join(source, "inner")])
          await Bun.$`cd ${folder} && echo text >file && ln -s file link`.quiet();
        const result = await t.sh("cat /data/inner/link; cat /data/link", (config) => {
          config.mounts.push({ destination: "/data", type: "bind", source, options: ["rbind", option] });
        });
        expect(result.stdout.trim()).toBe(inner);
        expect(result.stderr).toContain("/data/link");
      },
      { needs: ["runtime:tsrun"] }, // runc has it since 1.2
    );

  scenario(
    "of a new file system",
    async (t) => {
      const result = await t.sh("cd /m && echo text >file && ln -s file link && cat file && cat link", (config) => {
        config.mounts.push({ destination: "/m", type: "tmpfs", source: "tmpfs", options: ["nosymfollow"] });
      });
      expect(result.stdout).toBe("text\n");
      expectFailure(result, "link");
    },
    { needs: ["runtime:tsrun"] },
  );
});

scenario(
  "every option that features tells of is taken, alone and all in one",
  async (t) => {
    const { mountOptions } = JSON.parse(succeeded(await t.runtime.bare(["features"])).stdout) as Features;
    const ofOtherMounts = new Set(["bind", "rbind", "remount", "idmap", "ridmap"]);
    const options = (mountOptions ?? []).filter((option) => !ofOtherMounts.has(option));
    expect(options.length).toBeGreaterThan(40);
    const { mounts } = await t.probe((config) => {
      for (const option of options)
        config.mounts.push({ destination: `/options/${option}`, type: "tmpfs", source: "tmpfs", options: [option] });
      config.mounts.push({ destination: "/options/all", type: "tmpfs", source: "tmpfs", options });
    });
    const made = mounts.filter(({ target, type }) => target.startsWith("/options/") && type === "tmpfs");
    expect(made).toHaveLength(options.length + 1);
  },
  { needs: ["probe", "runtime:tsrun"] }, // runc 1.1 fails on "defaults"
);
