/** Mounts: their order, options, sources and targets, and that none of them leaves the container. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import type { ProbeMount } from "../harness/probe_report.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const withProbe = { needs: ["probe"] } as const;

const mountAt = (mounts: readonly ProbeMount[], target: string): ProbeMount | undefined =>
  mounts.findLast((mount) => mount.target === target);

/** Run the probe with these mounts besides the typical ones. */
async function probeMounts(t: Scenario, mounts: readonly Mount[]): Promise<readonly ProbeMount[]> {
  return (await t.probe((config) => config.mounts.push(...mounts))).mounts;
}

/** Make a folder on a tmpfs of its own with a nested tmpfs, each holding a file; both are unmounted after the test. */
async function nestedMounts(t: Scenario, propagation: "shared" | "private" = "private"): Promise<string> {
  const folder = join(t.folder, "nested");
  mkdirSync(folder);
  await Bun.$`mount -t tmpfs tmpfs ${folder} && mount --make-${propagation} ${folder}`.quiet();
  await Bun.$`mkdir ${folder}/inner ${folder}/later && touch ${folder}/outer-file`.quiet();
  await Bun.$`mount -t tmpfs tmpfs ${folder}/inner && touch ${folder}/inner/inner-file`.quiet();
  t.defer(async () => {
    await Bun.$`umount -R ${folder}`.quiet();
  });
  return folder;
}

scenario("a remount of what is no mount point is an error", async (t) => {
  for (const options of [["remount"], ["remount", "ro"], ["remount", "size=1k"], ["remount", "bind", "ro"]]) {
    const bundle = await t.bundle((config) => {
      config.mounts.push({ destination: "/tmp", type: "tmpfs", source: "tmpfs", options });
    });
    expectFailure(await t.runtime.create(t.id, bundle.path), t.runtime.kind === "crun" ? "" : "/tmp");
    await t.expectNothingLeft();
  }
});

scenario(
  "what a file system understands may stand in one option with commas",
  async (t) => {
    const options = ["nosuid", "mode=0700,size=64k", "nr_inodes=10"];
    const mounts = await probeMounts(t, [{ destination: "/scratch", type: "tmpfs", source: "tmpfs", options }]);
    for (const option of ["mode=700", "size=64k", "nr_inodes=10"])
      expect(mountAt(mounts, "/scratch")?.super_options.split(",")).toContain(option);
  },
  withProbe,
);

describe("the usual file systems", () => {
  scenario(
    "are mounted in the config's order with its options",
    async (t) => {
      const { mounts } = await t.probe();
      const targets = ["/proc", "/dev", "/dev/pts", "/dev/shm", "/dev/mqueue", "/sys", "/sys/fs/cgroup"];
      const found = mounts.map(({ target }) => target).filter((target) => targets.includes(target));
      // the last of each: what is masked or made read-only later lies elsewhere
      expect([...new Set(found)]).toEqual(targets);
      const expected: Readonly<Record<string, readonly [string, readonly string[]]>> = {
        "/proc": ["proc", ["nosuid", "nodev", "noexec"]],
        "/dev": ["tmpfs", ["nosuid"]],
        "/dev/pts": ["devpts", ["nosuid", "noexec"]],
        "/dev/shm": ["tmpfs", ["nosuid", "nodev", "noexec"]],
        "/dev/mqueue": ["mqueue", ["nosuid", "nodev", "noexec"]],
        "/sys": ["sysfs", ["ro", "nosuid", "nodev", "noexec"]],
      };
      for (const [target, [type, options]] of Object.entries(expected)) {
        const mount = mountAt(mounts, target);
        expect(mount?.type).toBe(type);
        expect(mount?.options.split(",")).toEqual(expect.arrayContaining([...options]));
      }
      expect(mountAt(mounts, "/dev")?.super_options).toContain("size=65536k");
      expect(mountAt(mounts, "/dev/pts")?.super_options).toContain("ptmxmode=666");
    },
    withProbe,
  );

  scenario(
    "cgroup v1: every controller, read-only, with the container's own cgroup",
    async (t) => {
      const result = await t.sh("cat /sys/fs/cgroup/pids/cgroup.procs; mkdir /sys/fs/cgroup/pids/x");
      expect(result.stdout).toMatch(/^1\n(\d+\n)?$/);
      expect(result.stderr).toContain("Read-only file system");
    },
    { needs: ["controller:pids"] },
  );

  scenario(
    "cgroup v1 with a cgroup namespace",
    async (t) => {
      const result = await t.sh(
        "cat /sys/fs/cgroup/pids/cgroup.procs; ls -d /sys/fs/cgroup/memory/memory.*",
        (config) => void config.linux.namespaces.push({ type: "cgroup" }),
      );
      expect(succeeded(result).stdout).toMatch(/^1\n(\d+\n)?\/sys/);
    },
    { needs: ["controller:pids", "controller:memory"] },
  );
});

describe("options", () => {
  const tmpfs: readonly (readonly [string, RegExp, RegExp])[] = [
    // an option, what the mount's options must match, and the file system's
    ["ro", /^ro/, /./],
    ["rw", /^rw/, /^rw/],
    ["nosuid", /nosuid/, /./],
    ["nodev", /nodev/, /./],
    ["noexec", /noexec/, /./],
    ["sync", /./, /sync/],
    ["dirsync", /./, /dirsync/],
    ["noatime", /noatime/, /./],
    ["nodiratime", /nodiratime/, /./],
    ["relatime", /relatime/, /./],
    ["strictatime", /^((?!relatime|noatime).)*$/, /./],
    ["size=1024k", /./, /size=1024k/],
    ["mode=0700", /./, /mode=700/],
    ["nr_inodes=50", /./, /nr_inodes=50/],
  ];
  for (const [option, own, filesystem] of tmpfs)
    scenario(
      `tmpfs with ${option}`,
      async (t) => {
        const mounts = await probeMounts(t, [{ destination: "/m", type: "tmpfs", source: "tmpfs", options: [option] }]);
        const mount = mountAt(mounts, "/m");
        expect(mount?.type).toBe("tmpfs");
        expect(mount?.options).toMatch(own);
        expect(mount?.super_options).toMatch(filesystem);
      },
      withProbe,
    );

  scenario(
    "the later of two opposite options counts",
    async (t) => {
      const options = ["ro", "nosuid", "noexec", "rw", "suid", "exec"];
      const mounts = await probeMounts(t, [{ destination: "/m", type: "tmpfs", source: "tmpfs", options }]);
      expect(mountAt(mounts, "/m")?.options).toBe("rw,relatime");
    },
    { needs: ["probe", "not-runtime:crun"] }, // 1.8.1 lets ro, nosuid and noexec stand
  );

  scenario("a read-only tmpfs cannot be written, its neighbours can", async (t) => {
    const result = await t.sh("touch /m/x; touch /n/x && echo written", (config) => {
      for (const [destination, option] of [
        ["/m", "ro"],
        ["/n", "rw"],
      ] as const)
        config.mounts.push({ destination, type: "tmpfs", source: "tmpfs", options: [option] });
    });
    expect(result.stderr).toContain("Read-only file system");
    expect(result.stdout).toBe("written\n");
  });

  scenario(
    "a tmpfs without a mode takes that of the folder it covers",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/covered", type: "tmpfs", source: "tmpfs" });
        config.process.args = ["stat", "-c", "%a", "/covered"];
      });
      mkdirSync(join(bundle.rootfs, "covered"));
      await Bun.$`chmod 1750 ${bundle.rootfs}/covered`.quiet();
      expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("1750\n");
    },
    { needs: ["not-runtime:crun"] },
  ); // it leaves the kernel's 1777

  scenario("a mount without a type, source or options that make sense is an error", async (t) => {
    const bundle = await t.bundle((config) => {
      config.mounts.push({ destination: "/m", type: "no-such-filesystem", source: "none" });
    });
    expectFailure(await t.runtime.create(t.id, bundle.path), t.runtime.kind === "crun" ? "`m`" : "/m");
    await t.expectNothingLeft();
  });
});

describe("bind mounts", () => {
  /** A folder of the host with one file. */
  function source(t: Scenario): string {
    const folder = join(t.folder, "source");
    mkdirSync(folder);
    writeFileSync(join(folder, "file"), "from outside\n");
    return folder;
  }

  scenario("of a folder: writes reach the host", async (t) => {
    const folder = source(t);
    const result = await t.sh("cat /data/file; echo inside >/data/new", (config) => {
      config.mounts.push({ destination: "/data", type: "bind", source: folder, options: ["rbind", "rw"] });
    });
    expect(succeeded(result).stdout).toBe("from outside\n");
    expect(readFileSync(join(folder, "new"), "utf8")).toBe("inside\n");
  });

  scenario("ro refuses writes, the source stays writable", async (t) => {
    const folder = source(t);
    const result = await t.sh("cat /data/file; touch /data/new", (config) => {
      config.mounts.push({ destination: "/data", type: "bind", source: folder, options: ["bind", "ro"] });
    });
    expect(result.stdout).toBe("from outside\n");
    expect(result.stderr).toContain("Read-only file system");
    writeFileSync(join(folder, "new"), "");
  });

  scenario("of a file, on a target that is made", async (t) => {
    const folder = source(t);
    const result = await t.sh("cat /some/where/file; stat -c %F /some/where", (config) => {
      const from = join(folder, "file");
      config.mounts.push({ destination: "/some/where/file", type: "bind", source: from, options: ["bind"] });
    });
    expect(succeeded(result).stdout).toBe("from outside\ndirectory\n");
  });

  scenario("so many that their places are looked for: there, behind a link, out of sight, and missing", async (t) => {
    const from = source(t);
    const many = Array.from({ length: 32 }, (_, i) => `/there/${i}`);
    const others = ["/link/inside", "/covered/sub", "/covered/sub/below", "/missing/place", "/there/1"];
    mkdirSync(join(from, "below"));
    const bundle = await t.bundle((config) => {
      const bind = (destination: string): Mount => ({ destination, type: "bind", source: from, options: ["bind"] });
      config.mounts.push(...many.map(bind), { destination: "/covered", type: "tmpfs", source: "tmpfs" });
      config.mounts.push(...others.map(bind));
      config.process.args = [
        "sh",
        "-c",
        `cat ${[...many, ...others, "/real/inside"].map((at) => `${at}/file`).join(" ")}`,
      ];
    });
    for (const folder of [...many, "/real/inside", "/covered/sub"])
      mkdirSync(bundle.rootfs + folder, { recursive: true });
    symlinkSync("real", join(bundle.rootfs, "link"));
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("from outside\n".repeat(38));
  });

  scenario("with a source relative to the bundle", async (t) => {
    const result = await t.sh("cat /data", (config) => {
      config.mounts.push({ destination: "/data", type: "bind", source: "bind-source", options: ["bind", "ro"] });
    });
    expect(succeeded(result).stdout).toBe("from outside\n");
  });

  scenario("without a type, by their option alone", async (t) => {
    const folder = source(t);
    const result = await t.sh("cat /data/file", (config) => {
      config.mounts.push({ destination: "/data", source: folder, options: ["bind"] });
    });
    expect(succeeded(result).stdout).toBe("from outside\n");
  });

  scenario(
    "take nosuid, nodev, noexec",
    async (t) => {
      const mounts = await probeMounts(t, [
        {
          destination: "/data",
          type: "bind",
          source: source(t),
          options: ["rbind", "nosuid", "nodev", "noexec", "ro"],
        },
      ]);
      const options = mountAt(mounts, "/data")?.options.split(",");
      expect(options).toEqual(expect.arrayContaining(["ro", "nosuid", "nodev", "noexec"]));
    },
    withProbe,
  );

  scenario(
    "rbind brings nested mounts along, bind does not",
    async (t) => {
      const folder = await nestedMounts(t);
      const result = await t.sh("ls /deep/inner /flat/inner", (config) => {
        config.mounts.push({ destination: "/deep", type: "bind", source: folder, options: ["rbind"] });
        config.mounts.push({ destination: "/flat", type: "bind", source: folder, options: ["bind"] });
      });
      expect(succeeded(result).stdout).toBe("/deep/inner:\ninner-file\n\n/flat/inner:\n");
    },
    { needs: ["root"] },
  );

  scenario(
    "rbind with ro leaves nested mounts writable, with rro it does not",
    async (t) => {
      const folder = await nestedMounts(t);
      const result = await t.sh("touch /ro/inner/x && echo nested; touch /ro/x; touch /rro/inner/y; true", (config) => {
        config.mounts.push({ destination: "/ro", type: "bind", source: folder, options: ["rbind", "ro"] });
        config.mounts.push({ destination: "/rro", type: "bind", source: folder, options: ["rbind", "rro"] });
      });
      expect(succeeded(result).stdout).toBe("nested\n");
      expect(result.stderr.match(/Read-only file system/g)).toHaveLength(2);
    },
    { needs: ["root"] },
  );

  scenario("of a source that does not exist is an error with its path", async (t) => {
    const bundle = await t.bundle((config) => {
      config.mounts.push({ destination: "/data", type: "bind", source: "/no/such/source", options: ["bind"] });
    });
    const result = await t.runtime.create(t.id, bundle.path);
    expect(result.stderr.toLowerCase()).toContain("no such file or directory");
    expectFailure(result, "/no/such/source");
    await t.expectNothingLeft();
  });
});

describe("propagation", () => {
  const waitForLater = "i=0; until [ -e /data/later/file ]; do sleep 0.02; i=$((i+1)); [ $i -lt 200 ] || exit 9; done";

  /** Whether a mount that the host makes below the source later shows up in the container. */
  async function showsUp(t: Scenario, options: string[]): Promise<boolean> {
    const folder = await nestedMounts(t, "shared");
    let shared = "";
    const bundle = await t.bundle((config) => {
      shared = t.share(config);
      config.mounts.push({ destination: "/data", type: "bind", source: folder, options });
      config.process.args = ["sh", "-c", `: >/shared/ready; ${waitForLater}; : >/shared/seen`];
    });
    succeeded(await t.runtime.create(t.id, bundle.path));
    succeeded(await t.runtime.start(t.id));
    await eventually("the container", () => existsSync(join(shared, "ready")));
    await Bun.$`mount -t tmpfs tmpfs ${folder}/later && touch ${folder}/later/file`.quiet();
    await t.runtime.waitFor(t.id, "stopped");
    return existsSync(join(shared, "seen"));
  }

  scenario(
    "rslave: the host's later mounts show up",
    async (t) => {
      expect(await showsUp(t, ["rbind", "rslave"])).toBeTrue();
    },
    { needs: ["root", "not-runtime:crun"] },
  ); // 1.8.1 cuts the mount off

  scenario(
    "rprivate: they do not",
    async (t) => {
      expect(await showsUp(t, ["rbind", "rprivate"])).toBeFalse();
    },
    { needs: ["root"] },
  );

  scenario(
    "options are what mountinfo says",
    async (t) => {
      const options = { "/shared-one": ["shared"], "/slave-one": ["slave"], "/private-one": ["private"] };
      const mounts = await probeMounts(
        t,
        Object.entries(options).map(([destination, more]) => ({
          destination,
          type: "tmpfs",
          source: "tmpfs",
          options: more,
        })),
      );
      expect(mountAt(mounts, "/shared-one")?.propagation.join()).toMatch(/^shared:\d+$/);
      expect(mountAt(mounts, "/private-one")?.propagation).toEqual([]);
    },
    { needs: ["probe", "not-runtime:crun"] }, // 1.8.1 leaves new mounts private
  );

  scenario(
    "the container's mounts are not the host's, whatever rootfsPropagation says",
    async (t) => {
      for (const propagation of ["slave", "private", "rslave", "rprivate"] as const) {
        const probe = await t.probe((config) => {
          config.linux.rootfsPropagation = propagation;
        });
        expect(mountAt(probe.mounts, "/")).toBeDefined();
        expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(t.id);
      }
    },
    withProbe,
  );

  scenario(
    "the root is one mount, with nothing of the host below it",
    async (t) => {
      const { mounts } = await t.probe();
      const root = mountAt(mounts, "/");
      const ids = new Set(mounts.map(({ id }) => id));
      expect(mounts.filter(({ parent }) => !ids.has(parent))).toEqual([root as ProbeMount]);
    },
    withProbe,
  );
});
