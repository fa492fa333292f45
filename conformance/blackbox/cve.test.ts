/** Attacks that have worked on runtimes, by their names. The image is the attacker's, and the config mostly an engine's. */

import { describe, expect } from "bun:test";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Bundle } from "../harness/bundle.ts";
import { succeeded } from "../harness/command.ts";
import { DescriptorSocket, TerminalMaster } from "../harness/descriptor_socket.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

/** A directory of the host that no container may touch, at a path that an image can name. */
function victim(t: Scenario): string {
  const path = join(t.folder, "victim");
  mkdirSync(path);
  return path;
}

/** Put a link into the image in place of what is there. */
function plant(bundle: Bundle, path: string, target: string): void {
  const link = join(bundle.path, "rootfs", path);
  rmSync(link, { recursive: true, force: true });
  symlinkSync(target, link);
}

describe("users", () => {
  scenario("CVE-2016-3697, CVE-2026-30892: a number is a user id, whatever /etc/passwd calls by it", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["sleep", "1000"];
    });
    writeFileSync(join(bundle.path, "rootfs/etc/passwd"), "1000:x:0:0::/root:/bin/sh\n1:x:0:0::/root:/bin/sh\n");
    succeeded(await t.runtime.run(t.id, bundle.path, { flags: ["--detach"] }));
    for (const user of ["1000", "1"]) {
      const { stdout } = succeeded(await t.runtime.command(["exec", "--user", user, t.id, "id", "-u"]));
      expect(stdout.trim()).toBe(user);
    }
  });

  scenario(
    "CVE-2022-29162, CVE-2022-27650, CVE-2025-27612: nothing is inheritable that was not asked for",
    async (t) => {
      await t.startSleeping();
      const { stdout } = succeeded(
        await t.runtime.command([
          "exec",
          "--cap",
          "CAP_NET_ADMIN",
          t.id,
          "grep",
          "-E",
          "^Cap(Inh|Amb):",
          "/proc/self/status",
        ]),
      );
      expect(stdout.match(/0{16}/g)?.length).toBe(2);
    },
  );
});

describe("links in the image", () => {
  scenario(
    "CVE-2019-18837, CVE-2021-30465, CVE-2024-45310, CVE-2025-24965: a mount point is not made or mounted on the host",
    async (t) => {
      const outside = victim(t);
      const bundle = await t.bundle((config) => {
        config.process.args = ["sh", "-c", "echo >/link/made/file; echo >/.file"];
        config.mounts.push({ destination: "/link/made", type: "tmpfs", source: "tmpfs" });
        config.mounts.push({ destination: "/.file", type: "bind", source: "/etc/hostname", options: ["bind", "ro"] });
      });
      plant(bundle, "link", outside);
      plant(bundle, ".file", join(outside, "file"));
      await t.runtime.run(t.id, bundle.path);
      expect(readdirSync(outside)).toEqual([]);
      expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(outside);
    },
  );

  for (const name of ["proc", "sys"])
    scenario(
      `CVE-2019-19921, CVE-2023-27561, CVE-2023-28642, CVE-2025-54867: /${name} that is a link is refused`,
      async (t) => {
        const bundle = await t.bundle();
        mkdirSync(join(bundle.path, "rootfs/other"));
        plant(bundle, name, "/other");
        const { status } = await t.runtime.create(t.id, bundle.path);
        expect(status).not.toBe(0);
        await t.expectNothingLeft();
      },
      { needs: ["not-runtime:crun"] },
    );

  scenario(
    "CVE-2026-41579, CVE-2026-47766: nothing is made where /dev leads",
    async (t) => {
      const outside = victim(t);
      const bundle = await t.bundle((config) => {
        config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
      });
      plant(bundle, "dev", outside);
      await t.runtime.run(t.id, bundle.path);
      expect(readdirSync(outside)).toEqual([]);
    },
    { needs: ["runtime:tsrun"] },
  ); // Debian's runc and crun are older than the repair

  scenario(
    "CVE-2025-31133, CVE-2025-62161: a path is not masked with what the image has at /dev/null",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sh", "-c", "cat /secret; echo x >/secret; cat /target"];
        config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
        config.linux.maskedPaths = ["/secret"];
      });
      writeFileSync(join(bundle.path, "rootfs/secret"), "secret\n");
      writeFileSync(join(bundle.path, "rootfs/target"), "target\n");
      mkdirSync(join(bundle.path, "rootfs/dev"), { recursive: true });
      plant(bundle, "dev/null", "/target");
      const { stdout } = await t.runtime.run(t.id, bundle.path);
      expect(["target\n", ""]).toContain(stdout); // or refused
      expect(readFileSync(join(bundle.path, "rootfs/target"), "utf8")).toBe("target\n");
    },
    { needs: ["runtime:tsrun"] },
  );
});

describe("while a container is made an accomplice exchanges", () => {
  const TRIES = 40;

  /** Let a path of the image be now what it is, now a link, and make containers meanwhile. */
  async function exchanging(
    t: Scenario,
    bundle: Bundle,
    path: string,
    target: string,
    look: () => void,
  ): Promise<void> {
    const place = join(bundle.rootfs, path);
    symlinkSync(target, `${place}-link`);
    const script = join(import.meta.dirname, "../harness/swapper.ts");
    const swapper = spawn(process.execPath, [script, place, `${place}-link`], { stdio: ["ignore", "pipe", "inherit"] });
    t.defer(() => void swapper.kill("SIGKILL"));
    await once(swapper.stdout, "data");
    for (let i = 0; i < TRIES; i++) {
      await t.runtime.create(t.id, bundle.path);
      look();
      succeeded(await t.runtime.delete(t.id, "--force"));
    }
  }

  scenario(
    "CVE-2021-30465, CVE-2024-45310: a mount point's folder and a link to the host",
    async (t) => {
      const outside = victim(t);
      const bundle = await t.bundle((config) => {
        config.mounts.push(
          { destination: "/volume/made/deep", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup"] },
          { destination: "/volume/file", type: "bind", source: "/etc/hostname", options: ["bind"] },
        );
        config.process.cwd = "/volume/made/cwd";
        config.linux.maskedPaths = ["/volume/masked"];
        config.linux.readonlyPaths = ["/volume/readonly"];
        config.linux.devices = [{ type: "c", path: "/volume/node", major: 1, minor: 3 }];
      });
      mkdirSync(join(bundle.rootfs, "volume"));
      await exchanging(t, bundle, "volume", outside, () => {
        expect(readdirSync(outside)).toEqual([]);
        expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(outside);
      });
    },
    { needs: ["fast"], timeout: 120_000 },
  );

  scenario(
    "CVE-2026-41579, CVE-2026-47766: /dev and a link to the host",
    async (t) => {
      const outside = victim(t);
      const bundle = await t.bundle((config) => {
        config.mounts = config.mounts.filter(({ destination }) => !destination.startsWith("/dev"));
      });
      mkdirSync(join(bundle.rootfs, "dev"), { recursive: true });
      await exchanging(t, bundle, "dev", outside, () => expect(readdirSync(outside)).toEqual([]));
    },
    { needs: ["runtime:tsrun", "fast"], timeout: 120_000 },
  ); // Debian's runc and crun are older than the repair
});

describe("config.json", () => {
  scenario(
    "CVE-2019-16884: a volume over /proc is refused",
    async (t) => {
      const outside = victim(t);
      const bundle = await t.bundle((config) => {
        config.mounts.push({ destination: "/proc", type: "bind", source: outside, options: ["bind"] });
      });
      expect((await t.runtime.create(t.id, bundle.path)).status).not.toBe(0);
      await t.expectNothingLeft();
    },
    { needs: ["not-runtime:crun"] },
  );

  scenario(
    "CVE-2024-21626: no working directory leads outside",
    async (t) => {
      const bundle = await t.bundle();
      for (let fd = 3; fd < 16; fd++)
        for (const below of ["", "/..", "/../../.."]) {
          const file = join(bundle.path, "config.json");
          const config = JSON.parse(readFileSync(file, "utf8")) as { process: { cwd: string; args: string[] } };
          config.process.cwd = `/proc/self/fd/${fd}${below}`;
          config.process.args = ["sh", "-c", "cat ../../../../../../etc/hostname ../../../../../../etc/machine-id"];
          writeFileSync(file, JSON.stringify(config));
          const { status, stdout } = await t.runtime.run(t.id, bundle.path);
          expect([status === 0, stdout]).toEqual([false, ""]);
          await t.runtime.delete(t.id, "--force");
        }
    },
    { needs: ["runtime:tsrun"], timeout: 120_000 },
  );

  scenario(
    "CVE-2024-21626: nor is one made there before the root is read-only",
    async (t) => {
      for (const cwd of ["/proc/self/fd/7/made", "/proc/1/root/made", "/proc/self/cwd/made"]) {
        const bundle = await t.bundle((config) => {
          config.root.readonly = true;
          config.process.cwd = cwd;
        });
        expect((await t.runtime.run(t.id, bundle.path)).status).not.toBe(0);
        expect(existsSync(join(bundle.rootfs, "made"))).toBe(false);
      }
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario(
    "CVE-2025-52565: the console is not put where a link at /dev/console leads",
    async (t) => {
      const socket = new DescriptorSocket(join(t.folder, "socket"));
      t.defer(() => socket.close());
      const bundle = await t.bundle((config) => {
        config.mounts = config.mounts.filter(({ destination }) => !/^\/dev($|\/)/.test(destination));
        config.mounts.push({ destination: "/dev/pts", type: "devpts", source: "devpts", options: ["newinstance"] });
        config.process.terminal = true;
        config.process.args = ["sleep", "1000"];
      });
      mkdirSync(join(bundle.rootfs, "dev/pts"), { recursive: true });
      writeFileSync(join(bundle.rootfs, "target"), "of the image\n");
      plant(bundle, "dev/console", "/target");
      const created = await t.runtime.create(t.id, bundle.path, {
        flags: ["--console-socket", join(t.folder, "socket")],
      });
      if (created.status === 0) {
        const master = new TerminalMaster(socket.take().descriptor);
        t.defer(() => master.close());
        const mounts = readFileSync(`/proc/${(await t.runtime.state(t.id)).pid}/mountinfo`, "utf8");
        expect(mounts).not.toContain(" /target ");
      }
      expect(readFileSync(join(bundle.rootfs, "target"), "utf8")).toBe("of the image\n");
    },
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  ); // Debian's are older than the repair

  scenario(
    "CVE-2023-25809: in a user namespace without a cgroup namespace only the own cgroup is there to be changed",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "cgroup");
        config.linux.namespaces.push({ type: "user" });
        config.linux.uidMappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
        config.linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
        config.mounts = config.mounts.filter(({ type }) => type !== "cgroup");
        config.mounts.push({ destination: "/sys/fs/cgroup", type: "cgroup", source: "cgroup", options: ["rw"] });
        config.process.args = ["cat", "/proc/self/mountinfo"];
      });
      const { stdout } = succeeded(await t.runtime.run(t.id, bundle.path));
      const cgroups = stdout.split("\n").filter((line) => / - cgroup2? /.test(line));
      expect(cgroups.length).toBeGreaterThan(0);
      for (const line of cgroups) {
        const [, , , root = "", , options = ""] = line.split(" ");
        if (!options.split(",").includes("ro")) expect(root).toContain(t.id);
      }
    },
    { needs: ["root", "not-runtime:runc"] }, // runc 1.1 cannot reach a bundle in a folder of mode 0700
  );

  scenario("CVE-2021-43784: a length beyond 16 bits makes no other path", async (t) => {
    const bundle = await t.bundle((config) => {
      config.linux.namespaces = config.linux.namespaces.map((namespace) =>
        namespace.type === "network" ? { type: "network", path: `${"/".repeat(65_536)}proc/self/ns/net` } : namespace,
      );
    });
    expect((await t.runtime.create(t.id, bundle.path)).status).not.toBe(0);
    await t.expectNothingLeft();
  });

  scenario(
    "CVE-2025-52881, CVE-2025-62596: a kernel parameter is not written to what the image has at /proc",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.mounts = [{ destination: "/real", type: "proc", source: "proc" }];
        config.linux.sysctl = { "net.ipv4.ip_forward": "1" };
        config.linux.maskedPaths = config.linux.readonlyPaths = [];
        config.process.args = ["cat", "/real/sys/net/ipv4/ip_forward"];
      });
      const fake = join(bundle.rootfs, "proc/sys/net/ipv4");
      mkdirSync(fake, { recursive: true });
      writeFileSync(join(fake, "ip_forward"), "0\n");
      const { stdout } = succeeded(await t.runtime.run(t.id, bundle.path));
      expect([stdout, readFileSync(join(fake, "ip_forward"), "utf8")]).toEqual(["1\n", "0\n"]);
    },
    { needs: ["root", "runtime:tsrun"] }, // the others need a procfs at /proc
  );

  scenario(
    "GHSA-5g49-rx9x-qfc6: no cgroup file lies above the container's cgroup",
    async (t) => {
      for (const key of ["../cgroup.procs", "../../memory.max", "a/b"]) {
        const bundle = await t.bundle((config) => {
          config.linux.resources.unified = { [key]: "1" };
        });
        expect((await t.runtime.create(t.id, bundle.path)).status).not.toBe(0);
      }
      await t.expectNothingLeft();
    },
    { needs: ["not-runtime:crun"] },
  ); // leaves its cgroups
});

describe("the process", () => {
  scenario("CVE-2019-5736: the runtime is not what it may write to", async (t) => {
    const before = readFileSync(t.runtime.path);
    const { stdout } = await t.sh("echo spoiled 2>/dev/null >/proc/1/exe; echo $?; ls -l /proc/1/exe");
    expect(stdout).not.toContain(t.runtime.path);
    expect(readFileSync(t.runtime.path).equals(before)).toBe(true);
    expect(existsSync(t.runtime.path)).toBe(true);
  });
});
