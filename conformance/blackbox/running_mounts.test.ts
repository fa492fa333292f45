/** mounts add, mounts remove: mounts of a container that runs. crun has them since 1.21. */

import { describe, expect } from "bun:test";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Mount } from "../../lib/spec/types.ts";
import type { TestConfig } from "../harness/base_configs.ts";
import { type CommandOptions, type Result, succeeded } from "../harness/command.ts";
import { expectFailure } from "../harness/expectations.ts";
import { findLeftovers } from "../harness/leftovers.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const running = { needs: ["not-runtime:runc", "not-runtime:crun"] } as const; // Debian's crun is 1.8.1

const mounts = (t: Scenario, action: "add" | "remove", list: readonly Mount[], options?: CommandOptions) => {
  const file = join(t.folder, "mounts.json");
  writeFileSync(file, JSON.stringify(list));
  return t.runtime.command(["mounts", action, t.id, file], options);
};

const sh = async (t: Scenario, script: string): Promise<string> =>
  succeeded(await t.runtime.command(["exec", t.id, "sh", "-c", script])).stdout;

/** A directory of the host with a file in it. */
function source(t: Scenario, name = "source"): string {
  const folder = join(t.folder, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "file"), `of ${name}\n`);
  return folder;
}

const bind = (from: string, destination: string, ...options: string[]): Mount => ({
  destination,
  type: "bind",
  source: from,
  options: ["rbind", ...options],
});

function inUserNamespace(config: TestConfig): void {
  if (isOrdinaryUser) return; // it is in one in any case
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  config.linux.gidMappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
  config.mounts = config.mounts.filter(({ type }) => type !== "cgroup");
}

describe("mounts", () => {
  scenario(
    "can be added and removed again",
    async (t) => {
      await t.startSleeping();
      succeeded(await mounts(t, "add", [bind(source(t), "/new/place")]));
      expect(await sh(t, "cat /new/place/file; echo more >/new/place/other; ls /new/place")).toBe(
        "of source\nfile\nother\n",
      );
      succeeded(await mounts(t, "remove", [{ destination: "/new/place" }]));
      expect(await sh(t, "ls /new/place; grep -c new/place /proc/mounts || true")).toBe("0\n");
    },
    running,
  );

  scenario(
    "are seen by processes that run already, and by none of the host's",
    async (t) => {
      const pid = await t.startSleeping();
      const before = await Bun.file("/proc/self/mountinfo").text();
      succeeded(await mounts(t, "add", [bind(source(t), "/mnt")]));
      expect(await Bun.file(`/proc/${pid}/root/mnt/file`).text()).toBe("of source\n");
      expect(await Bun.file("/proc/self/mountinfo").text()).toBe(before);
      expect(findLeftovers(t.id).mounts).toEqual([]);
    },
    running,
  );

  scenario(
    "have their options",
    async (t) => {
      await t.startSleeping();
      const list = [
        bind(source(t), "/bound", "ro", "nosuid", "noexec"),
        { destination: "/scratch", type: "tmpfs", source: "tmpfs", options: ["size=64k", "nodev"] },
        { destination: "/one-file", type: "bind", source: join(t.folder, "source/file"), options: ["bind"] },
      ];
      succeeded(await mounts(t, "add", list));
      const seen = await sh(t, "grep -E ' /(bound|scratch) ' /proc/mounts; cat /one-file");
      expect(seen).toMatch(/ \/bound \S+ ro,nosuid,noexec/);
      expect(seen).toMatch(/ \/scratch tmpfs rw,nodev\S*size=64k/);
      expect(seen).toEndWith("of source\n");
      succeeded(await mounts(t, "remove", list));
      expect(await sh(t, "grep -cE ' /(bound|scratch|one-file) ' /proc/mounts || true")).toBe("0\n");
    },
    running,
  );

  scenario(
    "can be added in a user namespace",
    async (t) => {
      await t.startSleeping(inUserNamespace);
      const list = [bind(source(t), "/etc"), { destination: "/tmp", type: "tmpfs", source: "x" }];
      succeeded(await mounts(t, "add", list));
      expect(await sh(t, "cat /etc/file; echo x >/tmp/y; stat -c %u /tmp/y")).toBe("of source\n0\n");
      succeeded(await mounts(t, "remove", list));
      expect(await sh(t, "ls /etc /tmp")).not.toContain("file");
    },
    running,
  );

  scenario(
    "below each other are removed from the last one on",
    async (t) => {
      await t.startSleeping();
      const list = [
        { destination: "/a", type: "tmpfs", source: "tmpfs" },
        { destination: "/a/b", type: "tmpfs", source: "tmpfs" },
      ];
      succeeded(await mounts(t, "add", list));
      succeeded(await mounts(t, "remove", list));
      expect(await sh(t, "grep -c ' /a' /proc/mounts || true")).toBe("0\n");
    },
    running,
  );

  scenario(
    "come from standard input, and as part of an object",
    async (t) => {
      await t.startSleeping();
      const stdin = JSON.stringify({ mounts: [bind(source(t), "/mnt")] });
      succeeded(await t.runtime.command(["mounts", "add", t.id, "-"], { stdin }));
      expect(await sh(t, "cat /mnt/file")).toBe("of source\n");
    },
    running,
  );

  scenario(
    "are added to a paused container as well",
    async (t) => {
      await t.startSleeping();
      succeeded(await t.runtime.command(["pause", t.id]));
      succeeded(await mounts(t, "add", [bind(source(t), "/mnt")]));
      succeeded(await t.runtime.command(["resume", t.id]));
      expect(await sh(t, "cat /mnt/file")).toBe("of source\n");
    },
    { needs: [...running.needs, "cgroups"] },
  );

  scenario(
    "are added to a created container by root; from anyone else the kernel hides its process until it is started",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sh", "-c", "cat /mnt/file; exec sleep 1000"];
      });
      succeeded(await t.runtime.create(t.id, bundle.path));
      const result = await mounts(t, "add", [bind(source(t), "/mnt")]);
      if (isOrdinaryUser) {
        expectFailure(result, ["/linux/namespaces", "not started yet"]);
        return;
      }
      succeeded(result);
      succeeded(await t.runtime.start(t.id));
      expect(await sh(t, "cat /mnt/file")).toBe("of source\n");
    },
    running,
  );
});

describe("of an ordinary user, a bind mount", () => {
  scenario(
    "takes along what is mounted below its source, which cannot be taken off",
    async (t) => {
      await t.startSleeping();
      expectFailure(await mounts(t, "add", [{ ...bind("/dev", "/mnt"), options: ["bind"] }]), ["/mounts/0", "rbind"]);
      succeeded(await mounts(t, "add", [bind("/dev", "/mnt")]));
      const script = "mount -t tmpfs x /tmp && umount /tmp && ! umount /mnt/shm && grep -c ' /mnt/shm ' /proc/mounts";
      const { stdout } = succeeded(
        await t.runtime.command(["exec", "--cap", "CAP_SYS_ADMIN", t.id, "sh", "-c", script]),
      );
      expect(stdout).toBe("1\n");
      succeeded(await mounts(t, "remove", [{ destination: "/mnt" }]));
    },
    { needs: [...running.needs, "ordinary-user"] },
  );
});

describe("a mount that cannot be", () => {
  const wrong: readonly (readonly [what: string, mount: Mount, text: string])[] = [
    ["from nowhere", bind("/no/such/source", "/mnt"), 'open_tree("/no/such/source"): ENOENT'],
    ["over the root", { destination: "/", type: "tmpfs", source: "x" }, "it is the root itself"],
    ["in /proc", { destination: "/proc/sys", type: "tmpfs", source: "x" }, "it is inside /proc"],
    ["of an unknown type", { destination: "/mnt", type: "nosuchfs", source: "x" }, "ENODEV"],
  ];
  for (const [what, mount, text] of wrong)
    scenario(
      `${what} is told by its place, and those before it are gone again`,
      async (t) => {
        await t.startSleeping();
        const list = [{ destination: "/first", type: "tmpfs", source: "tmpfs" }, mount];
        const result = await mounts(t, "add", list);
        expectFailure(result, ["/mounts/1", text]);
        expect(await sh(t, "grep -c ' /first ' /proc/mounts || true")).toBe("0\n");
      },
      running,
    );

  scenario(
    "takes nothing away that was there before",
    async (t) => {
      await t.startSleeping((config) => {
        config.mounts.push({ destination: "/first", type: "tmpfs", source: "tmpfs" });
      });
      const list = [{ destination: "/first", type: "tmpfs", source: "tmpfs" }, bind("/no/such/source", "/mnt")];
      expectFailure(await mounts(t, "add", list), "/mounts/1");
      expect(await sh(t, "grep -c ' /first ' /proc/mounts")).toBe("1\n");
    },
    running,
  );

  scenario(
    "through a link of the image stays inside",
    async (t) => {
      const pid = await t.startSleeping();
      symlinkSync("/../../..", `/proc/${pid}/root/up`);
      symlinkSync("/proc", `/proc/${pid}/root/to-proc`);
      const from = source(t);
      succeeded(await mounts(t, "add", [bind(from, "/up/outside")]));
      expect(await sh(t, "cat /outside/file")).toBe("of source\n");
      expectFailure(await mounts(t, "add", [bind(from, "/to-proc/fs")]), "/proc");
    },
    running,
  );

  scenario(
    "through a link to the root is neither made nor taken away",
    async (t) => {
      const pid = await t.startSleeping();
      symlinkSync("../..", `/proc/${pid}/root/to-root`);
      expectFailure(await mounts(t, "add", [bind(source(t), "/to-root")]), ["/mounts/0", "the root itself"]);
      expectFailure(await mounts(t, "remove", [{ destination: "/to-root" }]), ["/mounts/0", "the root itself"]);
      expect(await sh(t, "ls /bin/sh")).toBe("/bin/sh\n");
    },
    running,
  );
});

describe("removal", () => {
  const nothing: readonly (readonly [string, string, string])[] = [
    ["what is no mount", "/etc", "nothing is mounted on /etc"],
    ["what is not there", "/no/such", "ENOENT"],
    ["the root", "/..", "the root itself"],
  ];
  for (const [what, destination, text] of nothing)
    scenario(
      `of ${what} fails`,
      async (t) => {
        await t.startSleeping();
        expectFailure(await mounts(t, "remove", [{ destination }]), [text]);
      },
      running,
    );
});

describe("usage", () => {
  const fails = async (t: Scenario, words: readonly string[], text: string): Promise<Result> => {
    const result = await t.runtime.command(["mounts", ...words]);
    expectFailure(result, text);
    return result;
  };

  scenario(
    "a container that is not there, and one that has stopped",
    async (t) => {
      writeFileSync(join(t.folder, "list"), "[]");
      await fails(t, ["add", t.id, join(t.folder, "list")], "container does not exist");
      await t.startSleeping();
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      await fails(t, ["add", t.id, join(t.folder, "list")], "container not running");
    },
    running,
  );

  scenario(
    "a list that is none",
    async (t) => {
      await t.startSleeping();
      writeFileSync(join(t.folder, "list"), '[{"destination": 5}]');
      await fails(t, ["add", t.id, join(t.folder, "list")], "/mounts/0/destination");
      await fails(t, ["change", t.id, join(t.folder, "list")], "one of add, remove");
    },
    running,
  );
});
