/** exec: what the process is in the container, and what of the container it has. */

import { describe, expect } from "bun:test";
import { chmodSync, readFileSync, readlinkSync } from "node:fs";
import type { Process } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { comparable, differences } from "../harness/compare.ts";
import { exec, execDetached, probe, processFile, sh } from "../harness/exec.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const FAILED = 255;
/** crun 1.8.1 tells of them in words and with statuses of its own, and passes over some. */
const notAsCrun = { needs: ["not-runtime:crun"] } as const;
const withProbe = { needs: ["probe"] } as const;

describe("the container's", () => {
  const everyNamespace = ["pid", "ipc", "uts", "mount", "network", "cgroup"] as const;

  scenario(
    "namespaces and cgroups are joined, all of them",
    async (t) => {
      const first = await t.startSleeping((config) => {
        const others = config.linux.namespaces.filter(({ type }) => type === "user");
        config.linux.namespaces = [...others, ...everyNamespace.map((type) => ({ type }))];
      });
      const { namespaces, hostname } = await probe(t);
      for (const [name, inode] of Object.entries(namespaces)) {
        expect(inode).toBe(readlinkSync(`/proc/${first}/ns/${name}`));
      }
      expect(hostname).toBe("typical");
      const pid = await execDetached(t, ["sleep", "1001"]);
      expect(readFileSync(`/proc/${pid}/cgroup`, "utf8")).toBe(readFileSync(`/proc/${first}/cgroup`, "utf8"));
      expect(readlinkSync(`/proc/${pid}/root`)).toBe(readlinkSync(`/proc/${first}/root`));
    },
    withProbe,
  );

  scenario(
    "user namespace, with the container's ids",
    async (t) => {
      chmodSync(t.folder, 0o755); // runc reaches the root file system as the mapped root only
      const first = await t.startSleeping(isOrdinaryUser ? undefined : withUserNamespace);
      const seen = await probe(t, ["--user", "1000:1001"]);
      expect(seen.uid.real).toBe(1000);
      expect(seen.gid.real).toBe(1001);
      expect(seen.namespaces.user).toBe(readlinkSync(`/proc/${first}/ns/user`));
      expect(seen.namespaces.user).not.toBe(readlinkSync("/proc/self/ns/user"));
      const pid = await execDetached(t, ["sleep", "1001"]);
      expect(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]).toBe(
        isOrdinaryUser ? String(process.getuid?.()) : "100000",
      );
      expect((await sh(t, "echo x >/dev/stdout; exit 5")).status).toBe(5);
    },
    withProbe,
  );

  scenario("root is seen, and what its processes made", async (t) => {
    await t.startSleeping((config) => {
      config.process.args = ["sh", "-c", "echo made >/tmp/file; exec sleep 1000"];
    });
    await eventually("the file", async () => (await sh(t, "test -s /tmp/file")).status === 0);
    expect(succeeded(await sh(t, "cat /tmp/file; pwd; ls /")).stdout).toStartWith("made\n/\nbin\n");
  });

  scenario("first process is pid 1, and the new one is no child of it", async (t) => {
    await t.startSleeping();
    const { stdout } = succeeded(await sh(t, "cat /proc/1/comm; grep PPid /proc/$$/status"));
    expect(stdout).toBe("sleep\nPPid:\t0\n");
  });

  scenario(
    "session keyring is joined",
    async (t) => {
      await t.startSleeping();
      expect((await probe(t)).session_keyring).toContain(`_ses.${t.id}`);
    },
    { needs: ["not-runtime:crun"] },
  ); // its exec joins none

  scenario(
    "seccomp filter is applied",
    async (t) => {
      await t.startSleeping((config) => {
        config.linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 5 }],
        };
      });
      const result = await sh(t, "mkdir /tmp/x");
      expect(result.status).toBe(1);
      expect(result.stderr).toContain("Input/output error");
      expect((await probe(t)).seccomp).toBe(2);
      for (const noNewPrivileges of [true, false]) {
        const file = processFile(t, { args: ["sh", "-c", "mkdir /tmp/x"], noNewPrivileges });
        expect((await exec(t, ["--process", file], [])).stderr).toContain("Input/output error");
      }
    },
    withProbe,
  );

  scenario("state `created` does: its process waits on", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", "exec sleep 1000"];
    });
    succeeded(await t.runtime.create(t.id, bundle.path));
    if (isOrdinaryUser) {
      // the kernel keeps the process that waits to be started from everybody else's looks
      expectFailure(await sh(t, "exit 0"), t.runtime.kind === "tsrun" ? "not started yet" : [], FAILED);
      return;
    }
    expect(succeeded(await sh(t, "echo $0 in; exit 0")).stdout).toBe("sh in\n");
    expect(await t.runtime.status(t.id)).toBe("created");
    succeeded(await t.runtime.start(t.id));
    expect(await t.runtime.status(t.id)).toBe("running");
  });
});

const withUserNamespace = (config: Parameters<NonNullable<Parameters<Scenario["startSleeping"]>[0]>>[0]): void => {
  config.linux.namespaces.push({ type: "user" });
  config.linux.uidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
  config.linux.gidMappings = [{ containerID: 0, hostID: 100000, size: 65536 }];
  config.mounts = config.mounts.filter(({ type }) => type !== "cgroup" && type !== "sysfs");
};

describe("the process is", () => {
  scenario(
    "what the container's process is, if nothing else is said",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 20] } as typeof config.process.user;
        config.process.cwd = "/tmp";
        config.process.env.push("GIVEN=1", "HOME=/nowhere");
        config.process.oomScoreAdj = 77;
      });
      const seen = await probe(t);
      expect([seen.uid.real, seen.gid.real, seen.groups, seen.cwd]).toEqual([1000, 1001, [5, 20], "/tmp"]);
      expect(seen.env).toContain("GIVEN=1");
      expect(seen.env).toContain("HOME=/nowhere");
      expect(seen.rlimits.NOFILE).toEqual({ soft: 1024, hard: 1024 });
      expect(seen.no_new_privs).toBe(1);
      expect(seen.oom_score_adj).toBe("77");
      expect(seen.umask).toBe(0o022);
      expect(seen.capabilities.effective).toEqual([]);
    },
    { needs: ["probe", "not-runtime:crun"] }, // its exec is root without --user, and at /
  );

  scenario(
    "what it is under runc, as far as a process can see",
    async (t) => {
      const seen: unknown[] = [];
      const groups = isOrdinaryUser ? [] : ["-g", "7"]; // runc gives an ordinary user's container none
      for (const runtime of [t.runtime, t.peer("runc")]) {
        const bundle = await t.bundle((config) => {
          config.process.args = ["sleep", "1000"];
        });
        succeeded(await runtime.run(t.id, bundle.path, { flags: ["--detach"] }));
        for (const flags of [[], ["--user", "1000:1000"], ["--cap", "CAP_SYS_ADMIN", "--cwd", "/tmp", ...groups]]) {
          const report = comparable(await probe(t, flags, {}, runtime));
          // mounts are the container's, and compared where it is made
          const {
            mounts: _,
            pid: __,
            sid: ___,
            pgid: ____,
            ...process
          } = JSON.parse(JSON.stringify(report).replaceAll(bundle.path, "BUNDLE"));
          if (isOrdinaryUser) {
            // runc leaves the caller's groups, and opens the session keyring to nobody else when it joins
            process.groups = [];
            process.session_keyring = process.session_keyring.replace(/;[0-9a-f]{8};/, ";");
          }
          seen.push(process);
        }
        succeeded(await runtime.delete(t.id, "--force"));
      }
      for (const i of [0, 1, 2]) expect(differences(seen[i], seen[i + 3])).toEqual([]);
    },
    { needs: ["probe", "runc", "not-runtime:crun"] },
  );

  scenario(
    "what the options say",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.noNewPrivileges = false;
      });
      expect((await probe(t)).no_new_privs).toBe(0);
      // runc takes one form of a flag or the other
      for (const [user, group, env] of [
        ["--user", "--additional-gids", "--env"],
        ["-u", "-g", "-e"],
      ] as const) {
        const flags = [user, "1000:1001", group, "7", group, "8", "--cwd", "/tmp", "--no-new-privs"];
        const seen = await probe(t, [...flags, env, "A=1", env, "B=two words"]);
        expect(seen.uid).toEqual({ real: 1000, effective: 1000, saved: 1000, filesystem: 1000 });
        expect(seen.gid).toEqual({ real: 1001, effective: 1001, saved: 1001, filesystem: 1001 });
        expect(seen.groups).toEqual([7, 8]);
        expect(seen.cwd).toBe("/tmp");
        expect(seen.no_new_privs).toBe(1);
        expect(seen.env).toContain("A=1");
        expect(seen.env).toContain("B=two words");
      }
      expect((await probe(t, ["--user", "1000"])).gid.real).toBe(0);
    },
    { needs: ["probe", "not-runtime:crun"] }, // it has no --additional-gids
  );

  scenario(
    "the container's where their value is empty, as of a script whose variable is not set",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.user = { uid: 1000, gid: 1001 };
        config.process.cwd = "/tmp";
      });
      const empty = ["--cwd=", "--process", "", "--pid-file=", "--apparmor="];
      expect(succeeded(await sh(t, "id -u; id -g; pwd", empty)).stdout).toBe("1000\n1001\n/tmp\n");
    },
    notAsCrun,
  );

  scenario(
    "in the container's groups, whichever user it is",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.user = { uid: 0, gid: 0, additionalGids: [5, 20] } as typeof config.process.user;
      });
      expect((await probe(t, ["--user", "1000:1000"])).groups).toEqual([5, 20]);
      expect((await probe(t, ["--user", "1000:1000", "-g", "7"])).groups).toEqual([5, 7, 20]);
    },
    { needs: ["probe", "not-runtime:crun"] }, // it starts with none
  );

  for (const [flag, file, module] of [
    ["--apparmor", "/sys/module/apparmor/parameters/enabled", "AppArmor"],
    ["--process-label", "/sys/fs/selinux/enforce", "SELinux"],
  ] as const)
    scenario(
      `refused with ${flag} where there is no ${module}`,
      async (t) => {
        await t.startSleeping();
        expectFailure(await exec(t, [flag, "some"], ["true"]), module, FAILED);
      },
      { needs: ["not-runtime:runc", "not-runtime:crun", `no-file:${file}`] }, // they say it otherwise, or pass over it
    );

  scenario(
    "told of capabilities that there are not, if warnings are wanted",
    async (t) => {
      await t.startSleeping();
      const args = ["exec", "--cap", "CAP_NOPE", t.id, "true"];
      const warning = "/process/capabilities: unknown or unavailable, and ignored: CAP_NOPE";
      expect(succeeded(await t.runtime.command(args)).stderr).toBe("");
      expect(succeeded(await t.runtime.command(["--log-level", "warning", ...args])).stderr).toContain(warning);
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario(
    "given further capabilities by --cap, none of them inheritable",
    async (t) => {
      await t.startSleeping();
      const CAP_SYS_ADMIN = 21;
      const { capabilities } = await probe(t, ["--cap", "CAP_SYS_ADMIN"]);
      for (const set of ["bounding", "effective", "permitted"] as const)
        expect(capabilities[set]).toContain(CAP_SYS_ADMIN);
      expect(capabilities.inheritable).toEqual([]);
      expect(capabilities.ambient).toEqual([]);
      expect((await probe(t)).capabilities.bounding).not.toContain(CAP_SYS_ADMIN);
    },
    withProbe,
  );

  scenario(
    "what --process says, and nothing of the container's process",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.env.push("CONTAINERS=1");
      });
      const caps = ["CAP_CHOWN", "CAP_KILL"];
      const file = processFile(t, {
        args: ["/probe", "x"],
        cwd: "/tmp",
        env: ["ONLY=this"],
        user: { uid: 3, gid: 4, additionalGids: [9], umask: 0o077 },
        capabilities: { bounding: caps, permitted: caps, effective: caps, inheritable: caps, ambient: caps },
        rlimits: [{ type: "RLIMIT_NOFILE", soft: 100, hard: 200 }],
        oomScoreAdj: 500,
        noNewPrivileges: true,
      });
      const seen = await probe(t, ["--process", file]);
      expect(seen.args).toEqual(["/probe", "x"]);
      expect(seen.env).toEqual(["ONLY=this", "HOME=/"]);
      expect([seen.cwd, seen.uid.real, seen.gid.real, seen.groups]).toEqual(["/tmp", 3, 4, [9]]);
      for (const set of ["bounding", "effective", "permitted", "inheritable", "ambient"] as const)
        expect(seen.capabilities[set]).toEqual([0, 5]);
      expect(seen.rlimits.NOFILE).toEqual({ soft: 100, hard: 200 });
      expect(seen.no_new_privs).toBe(1);
      // runc 1.1 passes over them
      if (t.runtime.kind !== "runc") expect([seen.umask, seen.oom_score_adj]).toEqual([0o077, "500"]);
    },
    { needs: ["probe", "not-runtime:crun"] }, // it adds no HOME
  );

  for (const [what, process, text] of [
    ["without args", { args: [] }, "args"],
    ["with a relative cwd", { cwd: "tmp" }, "cwd"],
    ["with a limit that is none", { rlimits: [{ type: "RLIMIT_NOTHING", soft: 1, hard: 1 }] }, "RLIMIT_NOTHING"],
  ] as const)
    scenario(
      `refused ${what}`,
      async (t) => {
        await t.startSleeping();
        const file = processFile(t, process as unknown as Partial<Process>);
        const result = await exec(t, ["--process", file], []);
        expect(result.status).not.toBe(0);
        expect(result.stderr.toLowerCase()).toContain(text.toLowerCase());
      },
      notAsCrun,
    );

  for (const user of ["alice", "1x", "-1", "1:", "", "4294967296", "0x10"])
    scenario(
      `never root because of a user like ${JSON.stringify(user)}`,
      async (t) => {
        await t.startSleeping();
        expect((await exec(t, ["--user", user], ["id", "-u"])).stdout).toBe("");
      },
      // runc 1.1.5 takes "", which leaves the user as it is, and reads other numbers than decimal ones; crun as many more
      {
        needs: [
          ...(["", "4294967296"].includes(user) ? (["not-runtime:runc"] as const) : []),
          ...(["-1", "1:", "", "4294967296"].includes(user) ? (["not-runtime:crun"] as const) : []),
        ],
      },
    );

  scenario(
    "at home where the container's passwd says",
    async (t) => {
      await t.startSleeping();
      const home = async (flags: string[]): Promise<string> => succeeded(await sh(t, "echo $HOME", flags)).stdout;
      expect(await home([])).toBe("/root\n");
      expect(await home(["--user", "1000"])).toBe("/home/alice\n");
      expect(await home(["--user", "4242"])).toBe("/\n");
      expect(await home(["--env", "HOME=/own"])).toBe("/own\n");
      expect(await home(["--env", "HOME="])).toBe("/root\n");
    },
    { needs: ["not-runtime:crun"] },
  ); // whom passwd does not name has none

  scenario("found in the PATH that it is given", async (t) => {
    await t.startSleeping((config) => {
      config.process.args = ["sh", "-c", "mkdir /tmp/own; cp /bin/busybox /tmp/own; exec sleep 1000"];
    });
    await eventually("the copy", async () => (await sh(t, "test -x /tmp/own/busybox")).status === 0);
    expect((await exec(t, ["--env", "PATH=/nowhere"], ["busybox", "true"])).status).toBe(FAILED);
    succeeded(await exec(t, ["--env", "PATH=/tmp/own"], ["busybox", "true"]));
  });

  scenario(
    "a session and group of its own",
    async (t) => {
      await t.startSleeping();
      const { pid, sid, pgid, ppid } = await probe(t);
      expect([sid, pgid, ppid]).toEqual([pid, pid, 0]);
    },
    { needs: ["not-runtime:crun"] },
  ); // it makes none without a terminal
});
