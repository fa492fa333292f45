/** exec: its exit status, errors, streams, and where its process goes. */

import { describe, expect } from "bun:test";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../harness/command.ts";
import { exec, execDetached, probe, sh } from "../harness/exec.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import { cgroupV1Hierarchies } from "../harness/facilities.ts";
import { isAlive } from "../harness/leftovers.ts";
import { scenario } from "../harness/scenario.ts";

const FAILED = 255;
/** crun 1.8.1 tells of them in words and with statuses of its own, and passes over some. */
const notAsCrun = { needs: ["not-runtime:crun"] } as const;
const withProbe = { needs: ["probe"] } as const;

describe("exit status", () => {
  scenario("is the process's", async (t) => {
    await t.startSleeping();
    for (const status of [0, 1, 7, 127, 254, 255]) expect((await sh(t, `exit ${status}`)).status).toBe(status);
  });

  scenario("is 128 and the signal that ended it", async (t) => {
    await t.startSleeping();
    for (const [name, number] of [
      ["KILL", 9],
      ["TERM", 15],
      ["SEGV", 11],
    ] as const)
      expect((await sh(t, `kill -${name} $$`)).status).toBe(128 + number);
  });

  scenario("the container runs on, whatever the process does", async (t) => {
    const pid = await t.startSleeping();
    await sh(t, "kill -KILL $$");
    expect(await t.runtime.status(t.id)).toBe("running");
    expect(isAlive(pid)).toBeTrue();
  });
});

describe("failures end with 255 and tell why", () => {
  for (const [command, text] of [
    ["no-such-command", "executable file not found in $PATH"],
    ["/no/such/command", "no such file or directory"],
    ["/etc/passwd", "permission denied"],
    ["/etc", "is a directory"],
  ] as const)
    scenario(
      `${command}: ${text}`,
      async (t) => {
        await t.startSleeping();
        const pidFile = join(t.folder, "pid");
        for (const flags of [[], ["--detach"]]) {
          const result = await exec(t, [...flags, "--pid-file", pidFile], [command]);
          // runc 1.1.5 finds out about a directory only by execve, which calls it a permission
          expectFailure(result, t.runtime.kind === "runc" && text === "is a directory" ? "" : text, FAILED);
          expect(existsSync(pidFile)).toBeFalse();
        }
        expect(await t.runtime.status(t.id)).toBe("running");
      },
      notAsCrun,
    );

  scenario(
    "a file that the kernel does not execute",
    async (t) => {
      await t.startSleeping((config) => {
        config.process.args = ["sh", "-c", "echo nonsense >/tmp/nonsense; chmod +x /tmp/nonsense; sleep 1000"];
      });
      await eventually("the file", async () => (await sh(t, "test -x /tmp/nonsense")).status === 0);
      expectFailure(await exec(t, [], ["/tmp/nonsense"]), "exec format error", FAILED);
      expectFailure(await exec(t, ["--detach"], ["/tmp/nonsense"]), "exec format error", FAILED);
    },
    // runc 1.1 takes it for the end of the process, with 1; so does crun
    { needs: ["not-runtime:runc", "not-runtime:crun"] },
  );

  scenario(
    "a container that is not there",
    async (t) => {
      expectFailure(await exec(t, [], ["true"]), "container does not exist", FAILED);
    },
    notAsCrun,
  );

  scenario(
    "a stopped container",
    async (t) => {
      await t.startSleeping();
      succeeded(await t.runtime.kill(t.id, "KILL"));
      await t.runtime.waitFor(t.id, "stopped");
      expectFailure(await exec(t, [], ["true"]), "cannot exec in a stopped container", FAILED);
    },
    notAsCrun,
  );

  scenario(
    "a paused container, unless --ignore-paused",
    async (t) => {
      await t.startSleeping();
      succeeded(await t.runtime.command(["pause", t.id]));
      try {
        expectFailure(await exec(t, [], ["true"]), "cannot exec in a paused container", FAILED);
        const waiting = sh(t, "exit 3", ["--ignore-paused"]);
        expect(await Promise.race([waiting, Bun.sleep(500)])).toBeUndefined();
        succeeded(await t.runtime.command(["resume", t.id]));
        expect((await waiting).status).toBe(3);
      } finally {
        await t.runtime.command(["resume", t.id]);
      }
    },
    notAsCrun,
  );

  scenario("no command at all", async (t) => {
    await t.startSleeping();
    expect((await exec(t, [], [])).status).not.toBe(0);
  });

  scenario("a working directory that is not there", async (t) => {
    await t.startSleeping();
    expectFailure(await exec(t, ["--cwd", "/no/such"], ["true"]), "", FAILED);
  });

  scenario(
    "a pid file that cannot be written ends the process",
    async (t) => {
      await t.startSleeping();
      const result = await sh(t, "echo ran; sleep 1001", ["--detach", "--pid-file", join(t.folder, "no/such/pid")]);
      expectFailure(result, "no such file or directory", FAILED);
      expect(succeeded(await sh(t, "ps | grep -c '[s]leep 1001' || true")).stdout).toBe("0\n");
    },
    notAsCrun,
  );
});

describe("standard streams and signals in the foreground", () => {
  scenario("input, output and errors", async (t) => {
    await t.startSleeping();
    const text = "line\n".repeat(50_000);
    const result = succeeded(await sh(t, "cat; echo end; echo err >&2", [], { stdin: text }));
    expect(result.stdout).toBe(`${text}end\n`);
    expect(result.stderr).toBe("err\n");
  });

  scenario("a user may open /dev/stdout again", async (t) => {
    await t.startSleeping();
    const result = succeeded(await sh(t, "echo again >/dev/stdout", ["--user", "1000:1000"]));
    expect(result.stdout).toBe("again\n");
  });

  for (const signal of ["TERM", "INT", "HUP", "USR1", "QUIT"] as const)
    scenario(`${signal} reaches the process`, async (t) => {
      await t.startSleeping();
      let pid = 0;
      const script = `trap 'echo got; exit 9' ${signal}; : >/tmp/ready; while :; do sleep 0.02; done`;
      const ended = sh(t, script, [], {
        onStart: (started) => {
          pid = started;
        },
      });
      const root = `/proc/${(await t.runtime.state(t.id)).pid}/root`;
      await eventually("the trap", () => existsSync(join(root, "tmp/ready")));
      process.kill(pid, `SIG${signal}`);
      const result = await ended;
      expect([result.stdout, result.status]).toEqual(["got\n", 9]);
    });

  scenario("it ends with the container", async (t) => {
    await t.startSleeping();
    const ended = sh(t, ": >/tmp/ready; exec sleep 1001");
    const root = `/proc/${(await t.runtime.state(t.id)).pid}/root`;
    await eventually("the process", () => existsSync(join(root, "tmp/ready")));
    succeeded(await t.runtime.kill(t.id, "KILL"));
    expect((await ended).status).toBe(137);
  });

  scenario(
    "children left behind do not keep it",
    async (t) => {
      await t.startSleeping();
      expect((await sh(t, "sleep 1001 & exit 4")).status).toBe(4);
    },
    { needs: ["not-runtime:runc"] }, // it copies what comes by a pipe of its own, until nobody has that open
  );
});

describe("--detach", () => {
  scenario("returns while the process runs, whose id the pid file has without a newline", async (t) => {
    await t.startSleeping();
    const pid = await execDetached(t, ["sleep", "1001"]);
    expect(readFileSync(join(t.folder, "exec-pid"), "utf8")).toBe(String(pid));
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).toBe("sleep\x001001\0");
    expect(isAlive(pid)).toBeTrue();
  });

  scenario("in the foreground the pid file is there while the process runs", async (t) => {
    await t.startSleeping();
    const pidFile = join(t.folder, "pid");
    const ended = exec(t, ["--pid-file", pidFile], ["sleep", "1001"]);
    const pid = Number(await eventually("the pid file", () => existsSync(pidFile) && readFileSync(pidFile, "utf8")));
    await eventually("execve", () => readFileSync(`/proc/${pid}/cmdline`, "utf8") === "sleep\x001001\0");
    process.kill(pid, "SIGKILL");
    expect((await ended).status).toBe(137);
  });
});

describe("descriptors", () => {
  scenario(
    "of the caller stay outside, without --preserve-fds",
    async (t) => {
      await t.startSleeping();
      const fds = [openSync("/etc/passwd", "r"), openSync("/sys/fs/cgroup", "r"), openSync("/", "r")];
      try {
        for (const flags of [[], ["--preserve-fds", "0"]]) {
          const { descriptors } = await probe(t, flags, { descriptors: fds });
          expect(Object.keys(descriptors)).toEqual(["0", "1", "2"]);
        }
      } finally {
        for (const fd of fds) closeSync(fd);
      }
    },
    withProbe,
  );

  scenario(
    "go in as many as --preserve-fds says",
    async (t) => {
      await t.startSleeping();
      const path = join(t.folder, "given");
      writeFileSync(path, "from outside\n");
      const fds = [openSync(path, "r"), openSync(path, "r"), openSync("/etc/passwd", "r")];
      try {
        const options = { descriptors: fds };
        const { descriptors } = await probe(t, ["--preserve-fds", "2"], options);
        expect(Object.keys(descriptors)).toEqual(["0", "1", "2", "3", "4"]);
        expect(succeeded(await sh(t, "cat <&3", ["--preserve-fds", "1"], options)).stdout).toBe("from outside\n");
      } finally {
        for (const fd of fds) closeSync(fd);
      }
    },
    withProbe,
  );

  scenario(
    "that are not open are refused",
    async (t) => {
      await t.startSleeping();
      expectFailure(await exec(t, ["--preserve-fds", "7"], ["true"]), "", FAILED);
    },
    notAsCrun,
  );
});

describe("--cgroup", () => {
  scenario(
    "puts the process into a cgroup below the container's",
    async (t) => {
      await t.startSleeping();
      const below = join(cgroupV1Hierarchies().get("pids") ?? "", t.id, "below");
      mkdirSync(below);
      t.defer(() => {
        if (existsSync(below)) rmdirSync(below);
      });
      const pid = await execDetached(t, ["sleep", "1001"], ["--cgroup", "pids:below"]);
      const lines = readFileSync(`/proc/${pid}/cgroup`, "utf8");
      expect(lines).toMatch(new RegExp(`:pids:/${t.id}/below$`, "m"));
      expect(lines).toMatch(new RegExp(`:devices:/${t.id}$`, "m"));
      process.kill(pid, "SIGKILL");
      await eventually("its end", () => !isAlive(pid));
    },
    { needs: ["controller:pids", "controller:devices", "not-runtime:crun"] }, // it takes a path of one hierarchy alone
  );

  for (const [what, cgroup] of [
    ["that is not there", "no-such"],
    ["of an unknown controller", "no-such:/"],
    ["outside the container's", "../.."],
  ] as const)
    scenario(
      `refuses one ${what}`,
      async (t) => {
        await t.startSleeping();
        expectFailure(await exec(t, ["--cgroup", cgroup], ["true"]), "", FAILED);
      },
      { needs: ["cgroup-v1", "not-runtime:crun"] }, // it passes over them
    );
});
