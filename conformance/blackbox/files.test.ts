/** What the container may see and change of its files: read-only root, masked and read-only paths, devices. */

import { describe, expect } from "bun:test";
import { existsSync, mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { minimalConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { scenario } from "../harness/scenario.ts";

const withProbe = { needs: ["probe"] } as const;
const EROFS = 30;
const EACCES = 13;

describe("root", () => {
  scenario("is writable if not said otherwise", async (t) => {
    succeeded(await t.sh("touch /new /etc/new"));
  });

  scenario("readonly refuses writes but in mounts of their own", async (t) => {
    const result = await t.sh("touch /new; touch /etc/new; touch /dev/shm/new && echo written", (config) => {
      config.root.readonly = true;
    });
    expect(result.stderr.match(/Read-only file system/g)).toHaveLength(2);
    expect(result.stdout).toBe("written\n");
  });

  scenario("may be an absolute path", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["ls", "/bin/busybox"];
    });
    bundle.config.root.path = bundle.rootfs;
    bundle.save();
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("/bin/busybox\n");
  });

  scenario("nothing of the host's root can be reached", async (t) => {
    const result = await t.sh(
      "ls -d /../../../../bin/busybox; cat /proc/self/mountinfo | head -1 | cut -d' ' -f5; ls /proc/1/root/",
    );
    expect(succeeded(result).stdout).toStartWith("/../../../../bin/busybox\n/\nbin\n");
  });
});

describe("masked paths", () => {
  scenario(
    "files read as empty, folders are empty and read-only, missing ones are left alone",
    async (t) => {
      const paths = ["/secret", "/secrets", "/proc/timer_list", "/no/such"];
      const bundle = await t.bundle((config) => {
        config.linux.maskedPaths = paths;
        config.process.args = ["/probe", ...paths];
      });
      writeFileSync(join(bundle.rootfs, "secret"), "do not read");
      mkdirSync(join(bundle.rootfs, "secrets"));
      writeFileSync(join(bundle.rootfs, "secrets/one"), "do not read");
      const probe = await t.runProbe(bundle);
      expect(probe.paths["/secret"]).toMatchObject({ type: "character", major: 1, minor: 3 });
      expect(probe.paths["/proc/timer_list"]).toMatchObject({ type: "character", major: 1, minor: 3 });
      expect(probe.paths["/secrets"]).toMatchObject({ type: "directory", entries: 0, write_errno: EROFS });
      expect(probe.paths["/no/such"]).toEqual({ errno: 2 });
    },
    withProbe,
  );

  scenario(
    "several folders share one file system",
    async (t) => {
      const result = await t.sh("ls -A /one /two | grep -v :; stat -c %d /one /two | uniq | wc -l", (config) => {
        config.linux.maskedPaths = ["/one", "/two"];
        config.mounts.push({ destination: "/one", type: "tmpfs", source: "tmpfs" });
        config.mounts.push({ destination: "/two", type: "tmpfs", source: "tmpfs" });
      });
      expect(succeeded(result).stdout.trim()).toBe("1");
    },
    { needs: ["runtime:tsrun"] },
  ); // runc since 1.4.3, crun since 1.2x
});

describe("read-only paths", () => {
  scenario(
    "refuse writes, missing ones are left alone",
    async (t) => {
      const paths = [
        "/proc/sys/net/ipv4/ip_forward",
        "/proc/irq/default_smp_affinity",
        "/fixed",
        "/fixed/file",
        "/no/such",
      ];
      const bundle = await t.bundle((config) => {
        config.linux.readonlyPaths = ["/proc/sys", "/proc/irq", "/fixed", "/no/such"];
        config.process.args = ["/probe", ...paths];
      });
      mkdirSync(join(bundle.rootfs, "fixed"));
      writeFileSync(join(bundle.rootfs, "fixed/file"), "read me");
      const probe = await t.runProbe(bundle);
      // what is not a user's to write is refused for that already
      const refused = isOrdinaryUser ? [EROFS, EACCES] : [EROFS];
      for (const path of paths.slice(0, 4)) expect(refused).toContain(probe.paths[path]?.write_errno ?? 0);
      expect(probe.paths["/fixed/file"]?.text).toBe("read me");
      expect(probe.paths["/no/such"]).toEqual({ errno: 2 });
      const fixed = probe.mounts.findLast(({ target }) => target === "/proc/sys");
      // crun 1.8.1 does not keep the flags
      if (t.runtime.kind !== "crun")
        expect(fixed?.options.split(",")).toEqual(expect.arrayContaining(["ro", "nosuid", "nodev", "noexec"]));
    },
    withProbe,
  );

  scenario("without any, /proc/sys is writable", async (t) => {
    succeeded(
      await t.sh("echo 99 >/proc/sys/kernel/shmmni", (config) => {
        delete config.linux.readonlyPaths;
      }),
    );
  });
});

describe("devices", () => {
  scenario(
    "the default ones and links are there",
    async (t) => {
      const { devices } = await t.probe();
      const owner = isOrdinaryUser ? 65_534 : 0; // they are the host's
      const nodes = { null: 3, zero: 5, full: 7, random: 8, urandom: 9 };
      for (const [name, minor] of Object.entries(nodes))
        expect(devices[name]).toEqual({ type: "character", mode: 0o666, uid: owner, gid: owner, major: 1, minor });
      expect(devices.tty).toMatchObject({ type: "character", mode: 0o666, major: 5, minor: 0 });
      const links = Object.entries(devices).flatMap(([name, { target }]) => (target ? [[name, target]] : []));
      expect(Object.fromEntries(links)).toEqual({
        ptmx: "pts/ptmx",
        fd: "/proc/self/fd",
        stdin: "/proc/self/fd/0",
        stdout: "/proc/self/fd/1",
        stderr: "/proc/self/fd/2",
        ...(existsSync("/proc/kcore") || t.runtime.kind === "crun" ? { core: "/proc/kcore" } : {}),
      });
    },
    withProbe,
  );

  scenario("the default ones work", async (t) => {
    const script = "echo x >/dev/null; head -c 4 /dev/zero | wc -c; head -c 9 /dev/urandom | wc -c; echo >/dev/full";
    const result = await t.sh(script);
    expect(result.stdout).toBe("4\n9\n");
    expect(result.stderr).toContain("No space left on device");
  });

  scenario(
    "the null device as a standard stream is the container's own",
    async (t) => {
      const pid = await t.startSleeping();
      const files = [`/proc/${pid}/fd/0`, `/proc/${pid}/root/dev/null`].map((path) => statSync(path));
      expect(files[0]?.rdev).toBe(files[1]!.rdev);
      expect([files[0]?.dev, files[0]?.ino]).toEqual([files[1]?.dev, files[1]?.ino]);
      // crun leaves the host's.
    },
    { needs: ["not-runtime:crun"] },
  );

  scenario("an ordinary user may use them", async (t) => {
    const result = await t.sh("echo x >/dev/null && head -c 4 /dev/zero | wc -c", (config) => {
      config.process.user = { uid: 1000, gid: 1000 };
    });
    expect(succeeded(result).stdout).toBe("4\n");
  });

  scenario(
    "those of the config: all kinds, modes, owners, places",
    async (t) => {
      const paths = ["/dev/mine", "/dev/sub/dir/disk", "/opt/pipe", "/dev/zero"];
      const probe = await t.probe((config) => {
        config.linux.devices = [
          { type: "c", path: "/dev/mine", major: 1, minor: 3, fileMode: 0o640, uid: 1000, gid: 5 },
          { type: "b", path: "/dev/sub/dir/disk", major: 7, minor: 200 },
          { type: "p", path: "/opt/pipe", fileMode: 0o600 },
          { type: "c", path: "/dev/zero", major: 1, minor: 5, fileMode: 0o600, uid: 1000, gid: 1000 },
        ];
      }, paths);
      const [mine, disk, pipe, zero] = paths.map((path) => probe.paths[path]);
      expect(mine).toMatchObject({ type: "character", mode: 0o640, uid: 1000, gid: 5, major: 1, minor: 3 });
      expect(disk).toMatchObject({ type: "block", uid: 0, gid: 0, major: 7, minor: 200 });
      // crun and tsrun give 0666 where the config gives no mode, runc 1.1.5 none
      if (t.runtime.kind !== "runc") expect(disk?.mode).toBe(0o666);
      expect(pipe).toMatchObject({ type: "fifo", mode: 0o600 });
      expect(zero).toMatchObject({ type: "character", mode: 0o600, uid: 1000, gid: 1000, major: 1, minor: 5 });
    },
    { needs: ["probe", "root"] },
  );

  scenario(
    "what the cgroup does not allow cannot be opened, what a rule allows can",
    async (t) => {
      const device = { type: "c", path: "/dev/mine", major: 10, minor: 229, fileMode: 0o666 } as const;
      const refused = await t.sh("exec 3</dev/mine", (config) => {
        config.linux.devices = [device];
      });
      expect(refused.stderr).toContain("Operation not permitted");
      const allowed = await t.sh("exec 3</dev/mine && echo open", (config) => {
        config.linux.devices = [device];
        config.linux.resources.devices?.push({ allow: true, type: "c", major: 10, minor: 229, access: "rwm" });
      });
      expect(succeeded(allowed).stdout).toBe("open\n");
    },
    { needs: ["controller:devices", "file:/dev/fuse"] },
  );

  scenario("without a /dev of its own the nodes are made in the root file system", async (t) => {
    const result = await t.sh("stat -c '%n %t:%T' /dev/null; readlink /dev/stdin", () => {}, minimalConfig());
    expect(succeeded(result).stdout).toBe("/dev/null 1:3\n/proc/self/fd/0\n");
  });
});
