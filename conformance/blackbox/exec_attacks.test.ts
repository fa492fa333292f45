/** exec: what a container's processes may try on one that joins them. */

import { describe, expect } from "bun:test";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type CommandOptions, type Result, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const exec = (t: Scenario, flags: readonly string[], command: readonly string[], options?: CommandOptions) =>
  t.runtime.command(["exec", ...flags, t.id, ...command], options);

const sh = (t: Scenario, script: string): Promise<Result> => exec(t, [], ["sh", "-c", script]);

describe("known attacks", () => {
  for (const path of ["/proc/self/exe", "/proc/1/exe", "/tmp/link"])
    scenario(
      `the runtime's own binary is not reached by ${path} (CVE-2019-5736)`,
      async (t) => {
        await t.startSleeping((config) => {
          config.process.args = ["sh", "-c", "ln -s /proc/self/exe /tmp/link; exec sleep 1000"];
        });
        await eventually("the link", async () => (await sh(t, "test -L /tmp/link")).status === 0);
        const before = readFileSync(t.runtime.path);
        const result = await exec(t, [], [path, "--version"]);
        // the applet that busybox is not called as, at most: never the runtime
        expect(result.stdout).not.toContain(t.runtime.kind);
        expect(readFileSync(t.runtime.path).equals(before)).toBeTrue();
      },
      { needs: ["not-runtime:runc"] }, // it runs a sealed copy of itself
    );

  scenario(
    "no working directory leads outside (CVE-2024-21626)",
    async (t) => {
      await t.startSleeping();
      const fds = [openSync("/sys/fs/cgroup", "r"), openSync("/", "r")];
      try {
        for (let fd = 3; fd < 20; fd++)
          for (const below of ["", "/..", "/../../.."]) {
            const flags = ["--cwd", `/proc/self/fd/${fd}${below}`];
            const result = await exec(t, flags, ["sh", "-c", "ls ../../../../../etc"], { descriptors: fds });
            if (result.status === 0) expect(result.stdout).toBe("group\npasswd\n");
          }
      } finally {
        for (const fd of fds) closeSync(fd);
      }
    },
    { needs: ["not-runtime:crun"] }, // 1.8.1 is older than the repair
  );

  scenario(
    "a process of the container can neither trace the joining one nor read its descriptors (CVE-2016-9962)",
    async (t) => {
      // Looks at each process that comes up, as root with all capabilities of the container's.
      const watch = `: >/tmp/ready; while [ ! -e /tmp/stop ]; do for p in /proc/[0-9]*; do
        read -r name <$p/comm || continue
        case $name in
          tsrun*|runc*|*init*|exe|3|4|5|6|7|8|9) ls -l $p/fd $p/exe $p/cwd $p/root ;;
        esac
      done; done 2>/dev/null >/tmp/seen; exec sleep 1000`;
      await t.startSleeping((config) => {
        config.process.args = ["sh", "-c", watch];
      });
      await eventually("the watcher", async () => (await sh(t, "test -e /tmp/ready")).status === 0);
      for (let i = 0; i < 20; i++) succeeded(await exec(t, [], ["true"]));
      const { stdout } = succeeded(await sh(t, ": >/tmp/stop; sleep 0.3; cat /tmp/seen"));
      // What was looked up by name may have executed its command by then: that one's files are its own.
      const own = / -> (\/|\/bin\/busybox|\/dev\/null|pipe:\[\d+\]|\/tmp\/conformance-output-.*)$/;
      expect(stdout.split("\n").filter((line) => line.includes(" -> ") && !own.test(line))).toEqual([]);
    },
    { timeout: 120_000 },
  );
});

describe("what a process of the container tries on one that joins", () => {
  /**
   * As root of the container, on whatever comes up. What it gets counts if the process had not executed its command by
   * then, which makes it one of the container's. A container that is given CAP_SYS_PTRACE without a user namespace may do
   * all of this under every runtime: the kernel lets it trace what is not dumpable too.
   */
  const hunt = (attempt: string): string => `: >/tmp/ready; while [ ! -e /tmp/stop ]; do for p in /proc/[0-9]*; do
    read -r name <$p/comm || continue
    case $name in true|sh|cat|sleep|ls|test|busybox) continue ;; esac
    [ -e /tmp/met ] || echo "$name" >/tmp/met
    got=
    ${attempt}
    [ -n "$got" ] && read -r later <$p/comm && [ "$later" = "$name" ] && echo "$name: $got" >>/tmp/got
  done; done 2>/dev/null; exec sleep 1000`;

  const attacks: readonly (readonly [what: string, attempt: string])[] = [
    ["read its memory map", "read -r got <$p/maps"],
    ["read its environment", "read -r line <$p/environ && got=environment"],
    ["open its working directory", "[ -d $p/cwd/. ] && got=$p/cwd"],
    ["open its root", "[ -d $p/root/. ] && got=$p/root"],
    ["open its descriptors", "for f in $p/fd/*; do [ -e $f ] && got=$f; done"],
    ["write its executable", "echo x >>$p/exe && got=written"],
    ["write its memory", "echo x >$p/mem && got=written"],
  ];
  for (const [what, attempt] of attacks)
    scenario(
      `to ${what} comes to nothing`,
      async (t) => {
        await t.startSleeping((config) => {
          config.process.args = ["sh", "-c", hunt(attempt)];
        });
        await eventually("the hunter", async () => (await sh(t, "test -e /tmp/ready")).status === 0);
        const met = async (): Promise<boolean> => (await exec(t, [], ["test", "-e", "/tmp/met"])).status === 0;
        for (let i = 0; i < 10; i++) succeeded(await exec(t, [], ["true"]));
        await eventually("one that joins to be met", met, 60_000);
        expect(succeeded(await sh(t, ": >/tmp/stop; cat /tmp/got 2>/dev/null || true")).stdout).toBe("");
      },
      { timeout: 120_000 },
    );
});
