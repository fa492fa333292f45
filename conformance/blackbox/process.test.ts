/** What the container's process is: identity, rights, limits, environment, descriptors. */

import { describe, expect } from "bun:test";
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { minimalConfig, type TestConfig, usualCapabilities } from "../harness/base_configs.ts";
import { cleanEnvironment, succeeded } from "../harness/command.ts";
import { scenario } from "../harness/scenario.ts";

const withProbe = { needs: ["probe"] } as const;

const capabilityNumber: Readonly<Record<string, number>> = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_RAW: 13,
  CAP_SYS_CHROOT: 18,
  CAP_MKNOD: 27,
  CAP_AUDIT_WRITE: 29,
  CAP_SETFCAP: 31,
};
const numbers = (names: readonly string[]): number[] =>
  names.map((name) => capabilityNumber[name] ?? -1).sort((a, b) => a - b);

describe("user", () => {
  scenario(
    "ids and groups are the config's, all four of each",
    async (t) => {
      const probe = await t.probe((config) => {
        config.process.user = { uid: 1000, gid: 1001, additionalGids: [5, 20, 1000] } as typeof config.process.user;
      });
      expect(probe.uid).toEqual({ real: 1000, effective: 1000, saved: 1000, filesystem: 1000 });
      expect(probe.gid).toEqual({ real: 1001, effective: 1001, saved: 1001, filesystem: 1001 });
      expect(probe.groups).toEqual([5, 20, 1000]);
    },
    withProbe,
  );

  scenario(
    "root has no groups of the caller",
    async (t) => {
      expect((await t.probe()).groups).toEqual([]);
    },
    withProbe,
  );

  scenario(
    "umask is 0022 if not given",
    async (t) => {
      expect((await t.probe()).umask).toBe(0o022);
    },
    withProbe,
  );

  scenario(
    "umask is the config's",
    async (t) => {
      const probe = await t.probe((config) => {
        Object.assign(config.process.user, { umask: 0o077 });
      });
      expect(probe.umask).toBe(0o077);
    },
    withProbe,
  );
});

describe("working directory", () => {
  scenario("is the config's", async (t) => {
    expect(
      succeeded(
        await t.sh("pwd", (config) => {
          config.process.cwd = "/tmp";
        }),
      ).stdout,
    ).toBe("/tmp\n");
  });

  scenario("is made if it is missing", async (t) => {
    const result = await t.sh("pwd; stat -c '%a %u %g' .", (config) => {
      config.process.cwd = "/made/for/it";
    });
    expect(succeeded(result).stdout).toBe("/made/for/it\n755 0 0\n");
  });

  scenario(
    "may be one that only the process's user can enter",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.user = { uid: 1000, gid: 1000 };
        config.process.cwd = "/home/alice";
        config.process.args = ["pwd"];
      });
      succeeded(await t.runtime.run(t.newId(), bundle.path)); // makes the folder, owned by root
      await Bun.$`chown 1000:1000 ${bundle.rootfs}/home/alice && chmod 700 ${bundle.rootfs}/home/alice`.quiet();
      expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("/home/alice\n");
    },
    { needs: ["root"] },
  );

  scenario("that leads out of the root through a symbolic link stays inside", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.cwd = "/way-out";
      config.process.args = ["ls", "/bin/busybox"];
    });
    await Bun.$`ln -s ../../../../../../../ ${bundle.rootfs}/way-out`.quiet();
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("/bin/busybox\n");
  });
});

describe("environment and arguments", () => {
  scenario(
    "are the config's, and nothing of the caller's",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.env = ["PATH=/bin", "EMPTY=", "EQUALS=a=b=c", "SPACE= x ", "ÜMLAUT=ä", "HOME=/somewhere"];
        config.process.args = ["/probe", "", "two words", "ü", '"', "$PATH", "\n"];
      });
      const env = { ...cleanEnvironment, CALLERS: "1", HOME: "/callers", TERM: "x" };
      const probe = await t.runProbe(bundle, { env });
      const decode = (text: string): string => Buffer.from(text, "latin1").toString("utf8");
      expect(probe.env.map(decode)).toEqual(bundle.config.process.env);
      expect(probe.args.map(decode)).toEqual(bundle.config.process.args);
    },
    withProbe,
  );

  scenario("the last of two entries counts", async (t) => {
    const result = await t.sh("echo $TWICE; env | grep -c ^TWICE=", (config) => {
      config.process.env.push("TWICE=first", "TWICE=last");
    });
    expect(succeeded(result).stdout).toBe("last\n1\n");
  });

  for (const [uid, home] of [
    [0, "/root"],
    [1000, "/home/alice"],
    [4242, "/"],
  ] as const)
    scenario(`HOME of user ${uid} comes from the container's passwd: ${home}`, async (t) => {
      const result = await t.sh("echo $HOME", (config) => {
        config.process.user = { uid, gid: 0 };
      });
      // crun 1.8.1 leaves it unset for a user that is not in passwd
      if (t.runtime.kind !== "crun" || uid !== 4242) expect(succeeded(result).stdout).toBe(`${home}\n`);
    });

  scenario("a HOME that is given is kept", async (t) => {
    const result = await t.sh("echo $HOME", (config) => {
      config.process.env.push("HOME=/given");
    });
    expect(succeeded(result).stdout).toBe("/given\n");
  });

  scenario("a numeric user name in passwd is not looked up", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.user = { uid: 1000, gid: 1000 };
      config.process.args = ["sh", "-c", "id -u; echo $HOME"];
    });
    writeFileSync(join(bundle.rootfs, "etc/passwd"), "1000:x:0:0::/evil:/bin/sh\nbob:x:1000:1000::/bob:/bin/sh\n");
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("1000\n/bob\n");
  });

  scenario("no passwd at all is no problem", async (t) => {
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", "echo $HOME"];
    });
    await Bun.$`rm ${bundle.rootfs}/etc/passwd ${bundle.rootfs}/etc/group`.quiet();
    expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("/\n");
  });

  for (const [what, make] of [
    ["a FIFO", "mkfifo"],
    ["a folder", "mkdir"],
    ["huge", "truncate -s 1T"],
  ] as const)
    scenario(
      `a passwd that is ${what} is none`,
      async (t) => {
        const bundle = await t.bundle((config) => {
          config.process.args = ["sh", "-c", "echo $HOME"];
        });
        const passwd = join(bundle.rootfs, "etc/passwd");
        await Bun.$`rm ${passwd} && ${{ raw: make }} ${passwd}`.quiet();
        expect(succeeded(await t.runtime.run(t.id, bundle.path, { timeout: 5_000 })).stdout).toBe("/\n");
      },
      // runc and crun read a folder and wait for a FIFO's writer
      { needs: ["runtime:tsrun"] },
    );
});

describe("capabilities", () => {
  scenario(
    "root has the sets of the config, ambient and inheritable ones none",
    async (t) => {
      const probe = await t.probe();
      const usual = numbers(usualCapabilities);
      expect(probe.capabilities).toEqual({
        bounding: usual,
        effective: usual,
        permitted: usual,
        inheritable: [],
        ambient: [],
      });
    },
    withProbe,
  );

  scenario(
    "five different sets of an ordinary user",
    async (t) => {
      const probe = await t.probe((config) => {
        config.process.user = { uid: 1000, gid: 1000 };
        config.process.noNewPrivileges = false;
        config.process.capabilities = {
          bounding: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW", "CAP_SETUID"],
          permitted: ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"],
          inheritable: ["CAP_CHOWN", "CAP_KILL"],
          effective: ["CAP_CHOWN"],
          ambient: ["CAP_CHOWN"],
        };
      });
      expect(probe.capabilities).toEqual({
        bounding: numbers(["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW", "CAP_SETUID"]),
        inheritable: numbers(["CAP_CHOWN", "CAP_KILL"]),
        // execve keeps of an ordinary user's only the ambient ones
        permitted: [0],
        effective: [0],
        ambient: [0],
      });
    },
    withProbe,
  );

  scenario(
    "none at all",
    async (t) => {
      const probe = await t.probe((config) => {
        config.process.capabilities = {};
      });
      expect(Object.values(probe.capabilities)).toEqual([[], [], [], [], []]);
    },
    withProbe,
  );

  scenario(
    "an unknown name is dropped with no error",
    async (t) => {
      const probe = await t.probe((config) => {
        config.process.capabilities = { bounding: ["CAP_CHOWN", "CAP_NO_SUCH"], permitted: ["CAP_CHOWN"] };
      });
      expect(probe.capabilities.bounding).toEqual([0]);
    },
    withProbe,
  );

  for (const set of [true, false])
    scenario(
      `no_new_privs is ${set}`,
      async (t) => {
        const probe = await t.probe((config) => {
          config.process.noNewPrivileges = set;
        });
        expect(probe.no_new_privs).toBe(Number(set));
      },
      withProbe,
    );

  scenario(
    "nothing of the set-up is left: no seccomp, no secure bits, dumpable, no death signal, no blocked signal",
    async (t) => {
      const probe = await t.probe();
      expect(probe).toMatchObject({
        seccomp: 0,
        securebits: 0,
        dumpable: 1,
        parent_death_signal: 0,
        child_subreaper: 0,
        signals: { blocked: [], ignored: [] },
        personality: 0,
      });
      expect(probe.pid).toBe(1);
      expect(probe.ppid).toBe(0);
    },
    withProbe,
  );
});

describe("limits", () => {
  scenario(
    "rlimits are the config's",
    async (t) => {
      const probe = await t.probe((config) => {
        config.process.rlimits = [
          { type: "RLIMIT_NOFILE", soft: 100, hard: 200 },
          { type: "RLIMIT_CORE", soft: 0, hard: 0 },
          { type: "RLIMIT_CPU", soft: 1000, hard: 2000 },
        ];
      });
      expect(probe.rlimits).toMatchObject({
        NOFILE: { soft: 100, hard: 200 },
        CORE: { soft: 0, hard: 0 },
        CPU: { soft: 1000, hard: 2000 },
      });
    },
    withProbe,
  );

  scenario(
    "18446744073709551615 is no limit",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["/probe"];
        config.process.rlimits = [{ type: "RLIMIT_AS", soft: 1, hard: 2 }];
      });
      const text = JSON.stringify(bundle.config).replace(
        '"soft":1,"hard":2',
        '"soft":9223372036854775807,"hard":18446744073709551615',
      );
      bundle.saveText(text);
      const probe = await t.runProbe(bundle);
      expect(probe.rlimits.AS).toEqual({ soft: Number(2n ** 63n - 1n), hard: -1 });
    },
    withProbe,
  );

  scenario(
    "others are the caller's",
    async (t) => {
      const probe = await t.probe((config) => {
        delete config.process.rlimits;
      });
      const own = /^Max open files\s+(\d+)\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
      expect(probe.rlimits.NOFILE?.hard).toBe(Number(own?.[2]));
    },
    withProbe,
  );

  for (const adjustment of [0, 300, 1000])
    scenario(
      `oom_score_adj ${adjustment}`,
      async (t) => {
        const probe = await t.probe((config) => {
          config.process.oomScoreAdj = adjustment;
        });
        expect(probe.oom_score_adj).toBe(String(adjustment));
      },
      withProbe,
    );

  scenario(
    "oom_score_adj stays the caller's if it is not given",
    async (t) => {
      const probe = await t.probe();
      expect(probe.oom_score_adj).toBe(readFileSync("/proc/self/oom_score_adj", "utf8").trim());
    },
    withProbe,
  );
});

describe("descriptors", () => {
  /** Open some files, so that the runtime is called with 3, 4, ... open. */
  function openFiles(folder: string, count: number): { paths: string[]; descriptors: number[] } {
    mkdirSync(folder);
    const paths = Array.from({ length: count }, (_, i) => join(folder, `file-${i}`));
    for (const path of paths) writeFileSync(path, path);
    return { paths, descriptors: paths.map((path) => openSync(path, "r")) };
  }

  scenario(
    "only the standard three are open, whatever the caller had open",
    async (t) => {
      const { descriptors } = openFiles(join(t.folder, "open"), 4);
      const bundle = await t.bundle((config) => {
        config.process.args = ["/probe"];
      });
      const probe = await t.runProbe(bundle, { descriptors });
      for (const fd of descriptors) closeSync(fd);
      expect(Object.keys(probe.descriptors)).toEqual(["0", "1", "2"]);
    },
    withProbe,
  );

  scenario(
    "--preserve-fds passes as many as it says",
    async (t) => {
      const { descriptors, paths } = openFiles(join(t.folder, "open"), 4);
      const bundle = await t.bundle((config) => {
        config.process.args = ["/probe"];
      });
      const probe = await t.runProbe(bundle, { descriptors, flags: ["--preserve-fds", "2"] });
      for (const fd of descriptors) closeSync(fd);
      const { 3: three, 4: four, ...rest } = probe.descriptors;
      expect(Object.keys(rest)).toEqual(["0", "1", "2"]);
      // the path as it would be inside: what a descriptor from outside shows is its path on the host
      expect([three, four]).toEqual(paths.slice(0, 2));
    },
    withProbe,
  );

  scenario("a preserved descriptor can be read", async (t) => {
    const { descriptors, paths } = openFiles(join(t.folder, "open"), 1);
    const bundle = await t.bundle((config) => {
      config.process.args = ["sh", "-c", "cat <&3"];
    });
    const result = await t.runtime.run(t.id, bundle.path, { descriptors, flags: ["--preserve-fds=1"] });
    for (const fd of descriptors) closeSync(fd);
    expect(succeeded(result).stdout).toBe(paths[0] ?? "");
  });

  scenario(
    "--preserve-fds of one that is not open is an error",
    async (t) => {
      const bundle = await t.bundle();
      const result = await t.runtime.run(t.id, bundle.path, { flags: ["--preserve-fds", "50"] });
      expect(result.status).toBe(1);
      await t.expectNothingLeft();
    },
    { needs: ["not-runtime:crun"] },
  ); // it starts without them
});

describe("session keyring", () => {
  scenario(
    "is a new one, named after the container",
    async (t) => {
      const probe = await t.probe();
      const expected = t.runtime.kind === "crun" ? t.id : `_ses.${t.id}`;
      expect(probe.session_keyring?.split(";").at(-1)).toBe(expected);
    },
    withProbe,
  );

  scenario(
    "may be searched by its user, in a user namespace by anyone who has it",
    async (t) => {
      // session-keyring(7): keyring;UID;GID;PERMISSIONS;NAME
      const permissions = async (patch?: (config: TestConfig) => void): Promise<string | undefined> =>
        (await t.probe(patch)).session_keyring?.split(";")[3];
      const others = await permissions((config) => {
        config.linux.namespaces.push({ type: "user" });
        config.linux.uidMappings = config.linux.gidMappings = [{ containerID: 0, hostID: 0, size: 70_000 }];
      });
      expect([await permissions(), others]).toEqual(["3f1b0000", "3f130008"]);
    },
    { needs: ["probe", "root", "not-runtime:crun"] }, // crun leaves the kernel's permissions
  );

  scenario(
    "is the caller's with --no-new-keyring",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["/probe"];
      });
      const probe = await t.runProbe(bundle, { flags: ["--no-new-keyring"] });
      expect(probe.session_keyring ?? "").not.toContain(t.id);
    },
    withProbe,
  );
});

describe("the probe's bundle without anything", () => {
  scenario(
    "runs with no mounts at all",
    async (t) => {
      const probe = await t.probe(
        (config) => {
          config.mounts = [];
        },
        [],
        minimalConfig(),
      );
      expect(probe.pid).toBe(1);
      expect(probe.mounts).toEqual([]);
    },
    // runc 1.1.5 closes descriptors by the container's own /proc, and fails without
    { needs: ["probe", "not-runtime:runc"] },
  );
});
