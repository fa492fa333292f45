/** Docker runs containers with the runtime under test, its default runtime. */

import { expect } from "bun:test";
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, runCommand, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { Docker, dockerNeeds, image } from "./docker.ts";
import { engineSuite } from "./engine_suite.ts";
import { shownTerminal, showsTerminal } from "./terminal.ts";

// crun refuses the hybrid layout, and the view that the harness gives it does not reach containerd's shim
const needs: readonly Need[] = [...dockerNeeds, "not-runtime:crun"];
const withTerminal = { needs: ["tool:script"] } as const;

engineSuite(
  "docker",
  needs,
  (t) => Docker.start(t.folder, t.id, t.runtime.path),
  (test) => {
    test("run --rm prints from a container of the default runtime, and removes it", async (docker) => {
      const info = succeeded(await docker.docker(["info", "--format", "{{.DefaultRuntime}}"]));
      expect(info.stdout).toBe("tsrun\n");
      expect(await docker.output([], ["echo", "hello"])).toBe("hello\n");
      expect(succeeded(await docker.docker(["ps", "-aq"])).stdout).toBe("");
    });

    test("--runtime chooses the runtime of one container", async (docker) => {
      await docker.detached("one", ["--runtime=tsrun"], ["sleep", "1000"]);
      expect((await docker.inspect("one")).HostConfig.Runtime).toBe("tsrun");
    });

    for (const [what, command, status, says] of [
      ["the command's own", ["sh", "-c", "echo told >&2; exit 7"], 7, "told"],
      ["death by a signal", ["sh", "-c", "ulimit -t 1; while :; do :; done"], 137, ""],
      ["a command that is not there", ["no-such-command"], 127, "executable file not found in $PATH"],
      ["a path that is not there", ["/no/such/command"], 127, "no such file or directory"],
      ["a command that is not executable", ["/etc/passwd"], 126, "permission denied"],
      ["a folder as the command", ["/etc"], 126, ""],
    ] as const)
      test(`exit status: ${what}`, async (docker) => {
        expectFailure(await docker.run(["--rm"], command), says, status);
      });

    test("a mount that cannot work: 125, and Docker's hint", async (docker) => {
      const result = await docker.run(["--rm", "--volume", `${docker.folder}/rootfs/etc:/etc/passwd`], ["true"]);
      expectFailure(result, ["not a directory", "Are you trying to mount a directory onto a file"], 125);
    });

    test("a container whose file system has gone does not start, and can be removed", async (docker) => {
      succeeded(await docker.docker(["create", "--name", "one", "--network=none", image, "true"]));
      const upper = succeeded(await docker.docker(["inspect", "-f", "{{.GraphDriver.Data.UpperDir}}", "one"]));
      succeeded(await runCommand(["mv", upper.stdout.trim(), `${upper.stdout.trim()}.gone`]));
      expectFailure(await docker.docker(["start", "one"]), "no such file or directory");
      expect((await docker.inspect("one")).State.Status).not.toBe("running");
      succeeded(await docker.docker(["rm", "one"]));
    });

    test("standard input, and what is written to both outputs, arrive apart", async (docker) => {
      const result = await docker.run(["--rm", "--interactive"], ["sh", "-c", "tee /dev/stderr"], { stdin: "in\n" });
      expect(succeeded(result)).toMatchObject({ stdout: "in\n", stderr: "in\n" });
    });

    test(
      "a terminal has its window's size",
      async (docker) => {
        const flags = ["--rm", "--network=none", "--interactive", "--tty"];
        const result = await docker.inTerminal(["run", ...flags, image, "sh", "-c", showsTerminal]);
        expect(result.stdout).toMatch(shownTerminal);
        expect(result.status).toBe(3);
      },
      withTerminal,
    );

    test(
      "limits reach the cgroup, and update changes them",
      async (docker, t) => {
        const flags = ["--memory=64m", "--memory-swap=64m", "--cpus=0.5", "--pids-limit=20", "--cpuset-cpus=0"];
        await docker.detached("one", [...flags, "--cpu-shares=512"], ["sleep", "1000"]);
        const { Id } = await docker.inspect("one");
        const value = (controller: string, name: string): string =>
          readFileSync(join("/sys/fs/cgroup", controller, t.id, Id, name), "utf8").trim();
        const limits = (): Record<string, string> => ({
          memory: value("memory", "memory.limit_in_bytes"),
          quota: value("cpu", "cpu.cfs_quota_us"),
          shares: value("cpu", "cpu.shares"),
          pids: value("pids", "pids.max"),
          cpus: value("cpuset", "cpuset.cpus"),
        });
        expect(limits()).toEqual({ memory: "67108864", quota: "50000", shares: "512", pids: "20", cpus: "0" });
        const changed = ["--memory=96m", "--memory-swap=96m", "--cpus=0.25", "--pids-limit=30", "--cpu-shares=256"];
        succeeded(await docker.docker(["update", ...changed, "one"]));
        expect(limits()).toEqual({ memory: "100663296", quota: "25000", shares: "256", pids: "30", cpus: "0" });
      },
      { needs: ["cgroup-v1", "controller:memory", "controller:cpu", "controller:pids", "controller:cpuset"] },
    );

    test("a read-only root, tmpfs, binds and volumes", async (docker) => {
      const data = join(docker.folder, "data-to-bind");
      mkdirSync(data);
      writeFileSync(join(data, "given"), "given\n");
      const flags = [
        "--read-only",
        "--tmpfs=/scratch:size=1m,mode=1777",
        `--volume=${data}:/data:ro`,
        `--mount=type=bind,source=${data},target=/shared,bind-propagation=rslave`,
        "--volume=named:/named",
      ];
      const script = `for f in /x /scratch/x /data/x /shared/x /named/x; do touch $f 2>/dev/null && echo $f; done
        cat /data/given; grep -c ' /scratch tmpfs .*size=1024k' /proc/mounts`;
      expect(await docker.output(flags, ["sh", "-c", script])).toBe("/scratch/x\n/shared/x\n/named/x\ngiven\n1\n");
      expect(existsSync(join(data, "x"))).toBe(true);
      expect(await docker.output(["--volume=named:/again"], ["ls", "/again"])).toBe("x\n");
      succeeded(await docker.docker(["volume", "rm", "named"]));
    });

    test("users, groups and capabilities", async (docker) => {
      const script = "id; grep -E '^Cap(Eff|Bnd)' /proc/self/status; echo $HOME";
      expect(await docker.output(["--user=alice", "--group-add=44", "--cap-drop=ALL"], ["sh", "-c", script])).toBe(
        "uid=1000(alice) gid=1000(alice) groups=44,1000(alice)\n" +
          "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\n/home/alice\n",
      );
      const added = ["--cap-drop=ALL", "--cap-add=NET_ADMIN", "--cap-add=CHOWN"];
      expect(await docker.output(added, ["grep", "^CapEff", "/proc/self/status"])).toBe("CapEff:\t0000000000001001\n");
    });

    test(
      "--privileged: every device, no filter, and mounts are allowed",
      async (docker) => {
        const script = `grep ^Seccomp: /proc/self/status; mkdir /mnt; mount -t tmpfs none /mnt 2>/dev/null && echo mounted
          test -c /dev/fuse && echo device`;
        const run = (flags: string[]): Promise<Result> => docker.run(["--rm", ...flags], ["sh", "-c", script]);
        expect(succeeded(await run(["--privileged"])).stdout).toBe("Seccomp:\t0\nmounted\ndevice\n");
        expect((await run([])).stdout).toBe("Seccomp:\t2\n");
      },
      // tsrun grants what the machine has of the capabilities that Docker lists; runc fails unless it has all of them
      { needs: ["file:/dev/fuse", ...(selectedRuntime().kind === "runc" ? (["capability:24"] as const) : [])] },
    );

    test("seccomp: the default profile, none, and one of the user's own", async (docker) => {
      const mode = ["grep", "^Seccomp:", "/proc/self/status"];
      expect(await docker.output([], mode)).toBe("Seccomp:\t2\n");
      expect(await docker.output(["--security-opt=seccomp=unconfined"], mode)).toBe("Seccomp:\t0\n");
      const profile = join(docker.folder, "profile.json");
      const syscalls = [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 }];
      writeFileSync(profile, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls }));
      const result = await docker.run(["--rm", `--security-opt=seccomp=${profile}`], ["mkdir", "/x"]);
      expectFailure(result, "No space left on device");
    });

    test("no-new-privileges, limits, sysctls, host name, devices, working directory, environment", async (docker) => {
      const flags = [
        "--security-opt=no-new-privileges",
        "--ulimit=nofile=100:200",
        "--sysctl=kernel.msgmax=10000",
        "--shm-size=1m",
        "--hostname=given",
        "--device=/dev/fuse:/dev/other:r",
        "--workdir=/made/here",
        "--env=GIVEN=1",
        "--oom-score-adj=500",
      ];
      const script = `grep ^NoNewPrivs /proc/self/status; ulimit -Sn; ulimit -Hn; cat /proc/sys/kernel/msgmax
        df /dev/shm | tail -n 1 | awk '{print $2}'; hostname; : < /dev/other && echo readable; (: > /dev/other) 2>&1; pwd; echo $GIVEN
        cat /proc/self/oom_score_adj`;
      expect((await docker.output(flags, ["sh", "-c", script])).split("\n")).toEqual([
        "NoNewPrivs:\t1",
        "100",
        "200",
        "10000",
        "1024",
        "given",
        "readable",
        "sh: can't create /dev/other: Operation not permitted",
        "/made/here",
        "1",
        "500",
        "",
      ]);
    });

    test("--init reaps, and passes signals on", async (docker) => {
      await docker.detached("one", ["--init"], ["sh", "-c", "trap 'exit 9' TERM; while :; do sleep 0.1; done"]);
      const script = "cat /proc/1/comm; (sh -c 'sleep 0.1 & exit 0'); sleep 0.5; ps | grep -c '\\[sleep\\]'";
      const result = await docker.docker(["exec", "one", "sh", "-c", script]);
      expect(result.stdout).toBe("docker-init\n0\n");
      succeeded(await docker.docker(["stop", "one"]));
      expect((await docker.inspect("one")).State.ExitCode).toBe(9);
    });

    test("the host's namespaces, another container's, and own ones", async (docker) => {
      const kinds = ["net", "pid", "ipc", "uts", "mnt"];
      const script = `for n in ${kinds.join(" ")}; do readlink /proc/1/ns/$n; done`;
      const links = async (flags: string[]): Promise<string[]> =>
        (await docker.output(flags, ["sh", "-c", script.replaceAll("/proc/1", "/proc/self")])).trim().split("\n");
      const own = kinds.map((kind) => readlinkSync(`/proc/${docker.pid}/ns/${kind}`));
      const host = await links(["--network=host", "--pid=host", "--ipc=host", "--uts=host"]);
      expect(host.slice(0, 4)).toEqual(own.slice(0, 4));
      expect(host[4]).not.toBe(own[4] ?? "");
      await docker.detached("first", ["--ipc=shareable"], ["sleep", "1000"]);
      const first = succeeded(await docker.docker(["exec", "first", "sh", "-c", script]))
        .stdout.trim()
        .split("\n");
      const joined = await links(["--network=container:first", "--pid=container:first", "--ipc=container:first"]);
      expect(joined.slice(0, 3)).toEqual(first.slice(0, 3));
      for (const one of await links([])) expect([...own, ...first]).not.toContain(one);
    });

    test("exec: statuses, user, folder, environment, input, in the background", async (docker) => {
      await docker.detached("one", [], ["sleep", "1000"]);
      const exec = (flags: string[], ...command: string[]) => docker.docker(["exec", ...flags, "one", ...command]);
      expect((await exec([], "sh", "-c", "exit 4")).status).toBe(4);
      // Docker 20.10 tells the two apart for `run` only
      expectFailureOfExec(await exec([], "no-such-command"), "executable file not found in $PATH");
      expectFailureOfExec(await exec([], "/etc/passwd"), "permission denied");
      expectFailureOfExec(await exec(["--workdir=/no/such"], "true"), "no such file or directory");
      const flags = ["--user=alice", "--workdir=/tmp", "--env=GIVEN=1"];
      expect(succeeded(await exec(flags, "sh", "-c", "id -un; pwd; echo $GIVEN")).stdout).toBe("alice\n/tmp\n1\n");
      const input = docker.docker(["exec", "--interactive", "one", "cat"], { stdin: "in\n" });
      expect(succeeded(await input).stdout).toBe("in\n");
      succeeded(await exec(["--detach"], "sh", "-c", "echo done > /tmp/done"));
      await eventually("the exec's file", async () => (await exec([], "cat", "/tmp/done")).stdout === "done\n");
      const privileged = await exec(["--privileged"], "grep", "^CapEff", "/proc/self/status");
      expect(privileged.stdout).not.toBe((await exec([], "grep", "^CapEff", "/proc/self/status")).stdout);
    });

    test(
      "exec with a terminal",
      async (docker) => {
        await docker.detached("one", [], ["sleep", "1000"]);
        const result = await docker.inTerminal(["exec", "--interactive", "--tty", "one", "sh", "-c", showsTerminal]);
        expect(result.stdout).toMatch(shownTerminal);
        expect(result.status).toBe(3);
      },
      withTerminal,
    );

    test("20 execs at once", async (docker) => {
      await docker.detached("one", [], ["sleep", "1000"]);
      const execs = Array.from({ length: 20 }, (_, i) => docker.docker(["exec", "one", "echo", `${i}`]));
      for (const [i, result] of (await Promise.all(execs)).entries()) expect(succeeded(result).stdout).toBe(`${i}\n`);
    });

    test("stop asks, then kills; kill sends any signal; start runs it again", async (docker) => {
      await docker.detached("one", [], ["sh", "-c", "trap 'echo asked; exit 5' TERM; while :; do sleep 0.1; done"]);
      succeeded(await docker.docker(["stop", "one"]));
      expect((await docker.inspect("one")).State).toMatchObject({ Status: "exited", ExitCode: 5 });
      succeeded(await docker.docker(["start", "one"]));
      succeeded(await docker.docker(["kill", "one"]));
      await docker.waitFor("one", "exited");
      expect((await docker.inspect("one")).State.ExitCode).toBe(137);
      await docker.detached("deaf", [], ["sh", "-c", "trap '' TERM; trap 'exit 6' USR1; while :; do sleep 0.1; done"]);
      succeeded(await docker.docker(["kill", "--signal=USR1", "deaf"]));
      await docker.waitFor("deaf", "exited");
      expect((await docker.inspect("deaf")).State.ExitCode).toBe(6);
      succeeded(await docker.docker(["start", "deaf"]));
      succeeded(await docker.docker(["stop", "--time=1", "deaf"]));
      expect((await docker.inspect("deaf")).State.ExitCode).toBe(137);
    });

    test("a container killed while it starts leaves nothing running", async (docker) => {
      for (let i = 0; i < 5; i++) {
        const name = `one-${i}`;
        const create = ["create", "--name", name, "--network=none", image, "sleep", "1000"];
        succeeded(await docker.docker(create));
        const start = docker.docker(["start", name]);
        await Bun.sleep(i * 30);
        await docker.docker(["kill", name]); // refused when it comes too early
        await start;
        await docker.docker(["kill", name]);
        await docker.waitFor(name, "exited");
      }
    });

    test("restart policies: as often as said, and again after a kill", async (docker) => {
      await docker.detached("fails", ["--restart=on-failure:2"], ["sh", "-c", "echo run; exit 3"]);
      await eventually("the last restart", async () => (await docker.inspect("fails")).RestartCount === 2, 20_000);
      await docker.waitFor("fails", "exited");
      expect(succeeded(await docker.docker(["logs", "fails"])).stdout).toBe("run\nrun\nrun\n");
      await docker.detached("always", ["--restart=always"], ["sleep", "1000"]);
      const { Pid } = (await docker.inspect("always")).State;
      process.kill(Pid, "SIGKILL");
      await eventually(
        "a new process",
        async () => {
          const { State } = await docker.inspect("always");
          return State.Status === "running" && State.Pid !== Pid;
        },
        20_000,
      );
    });

    test(
      "the end by lack of memory is known",
      async (docker) => {
        const command = ["sh", "-c", "tail /dev/zero; sleep 1"];
        await docker.detached("one", ["--memory=16m", "--memory-swap=16m"], ["tail", "/dev/zero"]);
        await docker.waitFor("one", "exited");
        expect((await docker.inspect("one")).State).toMatchObject({ OOMKilled: true, ExitCode: 137 });
        const flags = ["--rm", "--memory=16m", "--memory-swap=16m"];
        expect((await docker.run(flags, command)).status).toBe(0); // only a child of the first process is killed
      },
      { needs: ["controller:memory"] },
    );

    test("pause, unpause, top, stats, wait", async (docker) => {
      await docker.detached("one", [], ["sh", "-c", "while :; do sleep 0.1; done"]);
      succeeded(await docker.docker(["pause", "one"]));
      expect((await docker.inspect("one")).State).toMatchObject({ Status: "paused", Paused: true });
      expectFailure(await docker.docker(["exec", "one", "true"]), "is paused");
      succeeded(await docker.docker(["unpause", "one"]));
      expect((await docker.inspect("one")).State.Status).toBe("running");
      expect(succeeded(await docker.docker(["top", "one"])).stdout).toContain("while :; do sleep 0.1; done");
      const stats = succeeded(await docker.docker(["stats", "--no-stream", "--format", "{{json .}}", "one"]));
      const { MemUsage, PIDs } = JSON.parse(stats.stdout) as { MemUsage: string; PIDs: string };
      expect(MemUsage).toMatch(/^[\d.]+[KM]iB \//);
      expect(Number(PIDs)).toBeGreaterThan(0);
      const wait = docker.docker(["wait", "one"]);
      succeeded(await docker.docker(["kill", "one"]));
      expect((await wait).stdout).toBe("137\n");
    });

    test("health checks", async (docker) => {
      const flags = ["--health-cmd=test -e /ok", "--health-interval=300ms", "--health-retries=1"];
      await docker.detached("one", flags, ["sleep", "1000"]);
      const health = async (): Promise<string | undefined> => (await docker.inspect("one")).State.Health?.Status;
      await eventually("unhealthy", async () => (await health()) === "unhealthy", 20_000);
      succeeded(await docker.docker(["exec", "one", "touch", "/ok"]));
      await eventually("healthy", async () => (await health()) === "healthy", 20_000);
    });

    test("cp to and from containers, running and stopped; diff and commit", async (docker) => {
      const file = join(docker.folder, "copied");
      writeFileSync(file, "copied\n");
      await docker.detached("one", [], ["sh", "-c", "mkdir /out; echo out > /out/file; sleep 1000"]);
      succeeded(await docker.docker(["cp", file, "one:/in"]));
      expect(succeeded(await docker.docker(["exec", "one", "cat", "/in"])).stdout).toBe("copied\n");
      succeeded(await docker.docker(["kill", "one"]));
      succeeded(await docker.docker(["cp", "one:/out", join(docker.folder, "out")]));
      expect(readdirSync(join(docker.folder, "out"))).toEqual(["file"]);
      expect(succeeded(await docker.docker(["diff", "one"])).stdout).toContain("A /out/file");
      succeeded(await docker.docker(["commit", "one", "committed:test"]));
      succeeded(await docker.docker(["rm", "one"]));
      const run = ["run", "--rm", "--network=none", "committed:test", "cat", "/in"];
      expect(succeeded(await docker.docker(run)).stdout).toBe("copied\n");
    });

    const dockerfile = `FROM ${image}
RUN mkdir -m 777 /made && echo root > /made/by-root
WORKDIR /made
ENV GIVEN=1
USER alice
RUN id -un > by-alice && echo $GIVEN >> by-alice
CMD ["cat", "by-root", "by-alice"]
`;
    for (const [builder, buildkit] of [
      ["the classic builder", "0"],
      ["BuildKit", "1"],
    ] as const)
      test(`build with RUN steps: ${builder}`, async (docker) => {
        const context = join(docker.folder, `build-${buildkit}`);
        mkdirSync(context);
        const build = (text: string) => {
          writeFileSync(join(context, "Dockerfile"), text);
          const args = ["build", "--network=none", "--tag", `built:${buildkit}`, context];
          return docker.docker(args, { env: { DOCKER_BUILDKIT: buildkit }, timeout: 60_000 });
        };
        succeeded(await build(dockerfile));
        const run = ["run", "--rm", "--network=none", `built:${buildkit}`];
        expect(succeeded(await docker.docker(run)).stdout).toBe("root\nalice\n1\n");
        const failing = await build(`FROM ${image}\nRUN exit 3\n`);
        expect(failing.status).toBe(buildkit === "0" ? 3 : 1);
        expect(failing.stdout + failing.stderr).toMatch(/returned a non-zero code: 3|exit code: 3/);
      });

    test("several containers that make up an application, on a network of their own", async (docker) => {
      succeeded(await docker.docker(["network", "create", "application"]));
      const shared = ["--network=application", "--volume=site:/site"];
      const serve = "echo page > /site/index.html; exec httpd -f -p 8080 -h /site";
      await docker.detached("server", [...shared, "--restart=unless-stopped"], ["sh", "-c", serve]);
      const page = async (): Promise<string> =>
        (
          await docker.run(
            ["--rm", ...shared],
            ["wget", "-qO-", `http://${await docker.lookUp("server", shared)}:8080/`],
          )
        ).stdout;
      await eventually("the page", async () => (await page()) === "page\n", 20_000);
      process.kill((await docker.inspect("server")).State.Pid, "SIGKILL");
      await eventually("the page again", async () => (await page()) === "page\n", 20_000);
      await docker.reset();
      succeeded(await docker.docker(["volume", "rm", "site"]));
      succeeded(await docker.docker(["network", "rm", "application"]));
    });

    test("20 containers at once", async (docker) => {
      const runs = Array.from({ length: 20 }, (_, i) => docker.run(["--rm"], ["echo", `${i}`], { timeout: 55_000 }));
      for (const [i, result] of (await Promise.all(runs)).entries()) expect(succeeded(result).stdout).toBe(`${i}\n`);
    });

    test("after a restart of the engine containers are found again", async (docker) => {
      const untilAsked = ["sh", "-c", "trap 'exit 0' TERM; while :; do sleep 0.1; done"];
      await docker.detached("kept", ["--restart=always"], untilAsked);
      await docker.detached("ended", [], untilAsked);
      await docker.restart();
      await docker.waitFor("kept", "running");
      await docker.waitFor("ended", "exited");
      expect(succeeded(await docker.docker(["exec", "kept", "echo", "inside"])).stdout).toBe("inside\n");
      succeeded(await docker.docker(["start", "ended"]));
      await docker.waitFor("ended", "running");
    });

    test("with live-restore they run on while there is no engine", async (docker) => {
      docker.configure({ "live-restore": true });
      await docker.restart();
      await docker.detached("one", [], ["sh", "-c", "trap 'exit 8' TERM; while :; do sleep 0.1; done"]);
      const { Pid } = (await docker.inspect("one")).State;
      await docker.restart();
      expect((await docker.inspect("one")).State).toMatchObject({ Status: "running", Pid });
      expect(succeeded(await docker.docker(["exec", "one", "echo", "inside"])).stdout).toBe("inside\n");
      succeeded(await docker.docker(["stop", "one"]));
      expect((await docker.inspect("one")).State.ExitCode).toBe(8);
    });
  },
);

/** `docker exec` of version 20.10 ends with 126 for whatever the runtime refuses, and prints its sentence. */
function expectFailureOfExec(result: Result, says: string): void {
  expect(result.stdout + result.stderr).toContain(says);
  expect(result.status).toBe(126);
}
