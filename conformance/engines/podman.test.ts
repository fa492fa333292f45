/** Podman and Buildah run containers with the runtime under test. */

import { expect } from "bun:test";
import { mkdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeRootfs } from "../harness/bundle.ts";
import { type Result, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { limitsBelow } from "./cgroup_parent.ts";
import { engineSuite } from "./engine_suite.ts";
import { image, Podman } from "./podman.ts";
import { shownTerminal, showsTerminal } from "./terminal.ts";

// crun refuses the hybrid layout, and the view that the harness gives it does not reach what conmon starts
const needs: readonly Need[] = ["tool:podman", "tool:conmon", "not-runtime:crun"];
const withTerminal = { needs: ["tool:script"] } as const;

/** Runs until it is asked to end. */
const untilAsked = ["sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.1; done"];

engineSuite(
  "podman",
  needs,
  (t) => Podman.start(t.folder, t.id, t.runtime.path),
  (test) => {
    test("run --rm prints from a container of the configured runtime, and removes it", async (podman) => {
      const info = succeeded(await podman.podman(["info", "--format", "{{.Host.OCIRuntime.Name}}"]));
      expect(info.stdout).toBe("tsrun\n");
      expect(await podman.output([], ["echo", "hello"])).toBe("hello\n");
      expect(succeeded(await podman.podman(["ps", "-aq"])).stdout).toBe("");
    });

    for (const [what, command, status, says] of [
      ["the command's own", ["sh", "-c", "echo told >&2; exit 7"], 7, "told"],
      ["death by a signal", ["sh", "-c", "ulimit -t 1; while :; do :; done"], 137, ""],
      ["a command that is not there", ["no-such-command"], 127, "executable file not found in $PATH"],
      ["a path that is not there", ["/no/such/command"], 127, "no such file or directory"],
      ["a command that is not executable", ["/etc/passwd"], 126, "permission denied"],
      ["a folder as the command", ["/etc"], 126, "permission denied"],
    ] as const)
      test(`exit status: ${what}`, async (podman) => {
        expectFailure(await podman.run(["--rm"], command), says, status);
      });

    test("a mount that cannot work: its reason, and nothing is left", async (podman) => {
      const result = await podman.run(["--rm", "--volume", `${podman.folder}/rootfs/etc:/bin/busybox`], ["true"]);
      expect(result.status).not.toBe(0);
      expect(result.stderr).toContain("not a directory");
      expect(succeeded(await podman.podman(["ps", "-aq"])).stdout).toBe("");
    });

    test("a container whose file system has gone does not start, and can be removed", async (podman) => {
      const rootfs = join(podman.folder, "to-go");
      await makeRootfs(rootfs);
      succeeded(await podman.podman(["create", ...podman.place(["--name=one", "--rootfs"]), rootfs, "true"]));
      rmSync(rootfs, { recursive: true });
      expectFailure(await podman.podman(["start", "one"]), "no such file or directory", 125);
      expect((await podman.inspect("one")).State.Status).not.toBe("running");
      succeeded(await podman.podman(["rm", "one"]));
    });

    test("standard input, and what is written to both outputs, arrive apart", async (podman) => {
      const result = await podman.run(["--rm", "--interactive"], ["sh", "-c", "tee /dev/stderr"], { stdin: "in\n" });
      expect(succeeded(result)).toMatchObject({ stdout: "in\n", stderr: "in\n" });
    });

    test(
      "a terminal has its window's size",
      async (podman) => {
        const run = ["run", ...podman.place(["--rm", "--interactive", "--tty"]), image, "sh", "-c", showsTerminal];
        const result = await podman.inTerminal(run);
        expect(result.stdout).toMatch(shownTerminal);
        expect(result.status).toBe(3);
      },
      withTerminal,
    );

    test("limits reach the cgroup, and update changes them", async (podman, t) => {
      const flags = ["--memory=64m", "--memory-swap=64m", "--cpus=0.5", "--pids-limit=20", "--cpuset-cpus=0"];
      await podman.detached("one", flags, ["sleep", "1000"]);
      const { Id } = await podman.inspect("one");
      const limits = { memory: "67108864", quota: "50000", pids: "20", cpus: "0" };
      expect(limitsBelow(t.id, `libpod-${Id}`)).toEqual(limits);
      succeeded(await podman.podman(["update", "--memory=96m", "--memory-swap=96m", "--cpus=0.25", "one"]));
      expect(limitsBelow(t.id, `libpod-${Id}`)).toEqual({ ...limits, memory: "100663296", quota: "25000" });
    });

    test("a read-only root, tmpfs, binds and volumes", async (podman) => {
      const data = join(podman.folder, "data-to-bind");
      mkdirSync(data);
      writeFileSync(join(data, "given"), "given\n");
      const flags = [
        "--read-only",
        "--read-only-tmpfs=false",
        "--tmpfs=/scratch:size=1m,mode=1777",
        `--volume=${data}:/data:ro`,
        `--mount=type=bind,source=${data},target=/shared,bind-propagation=rslave`,
        "--volume=named:/named",
      ];
      const script = `for f in /x /scratch/x /data/x /shared/x /named/x; do touch $f 2>/dev/null && echo $f; done
        cat /data/given; grep -c ' /scratch tmpfs .*size=1024k' /proc/mounts`;
      expect(await podman.output(flags, ["sh", "-c", script])).toBe("/scratch/x\n/shared/x\n/named/x\ngiven\n1\n");
      expect(await podman.output(["--volume=named:/again"], ["ls", "/again"])).toBe("x\n");
      succeeded(await podman.podman(["volume", "rm", "named"]));
    });

    test("users, groups, capabilities, no-new-privileges and seccomp", async (podman) => {
      const script = "id; grep -E '^(Cap(Eff|Bnd)|NoNewPrivs|Seccomp):' /proc/self/status; echo $HOME";
      const flags = ["--user=alice", "--group-add=44", "--cap-drop=ALL", "--security-opt=no-new-privileges"];
      expect(await podman.output(flags, ["sh", "-c", script])).toBe(
        "uid=1000(alice) gid=1000(alice) groups=44,1000(alice)\n" +
          "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n/home/alice\n",
      );
      const profile = join(podman.folder, "profile.json");
      const syscalls = [{ names: ["mkdir", "mkdirat"], action: "SCMP_ACT_ERRNO", errnoRet: 28 }];
      writeFileSync(profile, JSON.stringify({ defaultAction: "SCMP_ACT_ALLOW", syscalls }));
      const result = await podman.run(["--rm", `--security-opt=seccomp=${profile}`], ["mkdir", "/x"]);
      expectFailure(result, "No space left on device");
    });

    test("a user namespace: root inside is nobody in particular outside", async (podman) => {
      const flags = ["--uidmap=0:100000:65536", "--gidmap=0:100000:65536"];
      await podman.detached("one", flags, ["sleep", "1000"]);
      const { Pid } = (await podman.inspect("one")).State;
      expect(readFileSync(`/proc/${Pid}/status`, "utf8")).toMatch(/^Uid:\t100000\t/m);
      const inside = await podman.podman(["exec", "one", "sh", "-c", "id -u; stat -c %u /bin/busybox; touch /made"]);
      expect(succeeded(inside).stdout).toBe("0\n0\n");
    });

    test(
      "--init reaps, and passes signals on",
      async (podman) => {
        await podman.detached("one", ["--init"], untilAsked);
        const zombies = "ps | grep -c '\\[sleep\\]'";
        const wait = `i=0; while [ $i -lt 100 ] && [ $(${zombies}) != 0 ]; do sleep 0.1; i=$((i + 1)); done`;
        const script = `(sh -c 'sleep 0.1 & exit 0'); sleep 0.2; ${wait}; ${zombies}`;
        expect((await podman.podman(["exec", "one", "sh", "-c", script])).stdout).toBe("0\n");
        succeeded(await podman.podman(["stop", "one"]));
        expect((await podman.inspect("one")).State.ExitCode).toBe(5);
      },
      { needs: ["tool:catatonit"] },
    );

    test("the host's namespaces, and another container's", async (podman) => {
      const kinds = ["net", "pid", "ipc", "uts"];
      const script = `for n in ${kinds.join(" ")}; do readlink /proc/self/ns/$n; done`;
      const own = kinds.map((kind) => readlinkSync(`/proc/self/ns/${kind}`));
      const host = await podman.output(
        kinds.map((kind) => `--${kind === "net" ? "network" : kind}=host`),
        ["sh", "-c", script],
      );
      expect(host.trim().split("\n")).toEqual(own);
      await podman.detached("first", [], ["sleep", "1000"]);
      const first = succeeded(await podman.podman(["exec", "first", "sh", "-c", script])).stdout;
      const flags = ["--network=container:first", "--pid=container:first", "--ipc=container:first"];
      expect(await podman.output([...flags, "--uts=container:first"], ["sh", "-c", script])).toBe(first);
      for (const one of first.trim().split("\n")) expect(own).not.toContain(one);
    });

    test("exec: statuses, user, folder, environment, input, in the background", async (podman) => {
      await podman.detached("one", [], ["sleep", "1000"]);
      const exec = (flags: string[], ...command: string[]): Promise<Result> =>
        podman.podman(["exec", ...flags, "one", ...command]);
      expect((await exec([], "sh", "-c", "exit 4")).status).toBe(4);
      expectFailure(await exec([], "no-such-command"), "executable file not found in $PATH", 127);
      expectFailure(await exec([], "/etc/passwd"), "permission denied", 126);
      expectFailure(await exec(["--workdir=/no/such"], "true"), "no such file or directory", 127);
      const flags = ["--user=alice", "--workdir=/tmp", "--env=GIVEN=1"];
      expect(succeeded(await exec(flags, "sh", "-c", "id -un; pwd; echo $GIVEN")).stdout).toBe("alice\n/tmp\n1\n");
      const input = await podman.podman(["exec", "--interactive", "one", "cat"], { stdin: "in\n" });
      expect(succeeded(input).stdout).toBe("in\n");
      succeeded(await exec(["--detach"], "sh", "-c", "echo done > /tmp/done"));
      await eventually("the exec's file", async () => (await exec([], "cat", "/tmp/done")).stdout === "done\n");
    });

    test(
      "exec with a terminal",
      async (podman) => {
        await podman.detached("one", [], ["sleep", "1000"]);
        const exec = ["exec", "--interactive", "--tty", "one", "sh", "-c", showsTerminal];
        const result = await podman.inTerminal(exec);
        expect(result.stdout).toMatch(shownTerminal);
        expect(result.status).toBe(3);
      },
      withTerminal,
    );

    test("stop, start, kill, logs and wait", async (podman) => {
      await podman.detached("one", [], ["sh", "-c", "trap 'echo asked; exit 5' TERM; while :; do sleep 0.1; done"]);
      succeeded(await podman.podman(["stop", "one"]));
      expect((await podman.inspect("one")).State).toMatchObject({ Status: "exited", ExitCode: 5 });
      expect((await podman.inspect("one")).OCIRuntime).toBe("tsrun");
      expect(succeeded(await podman.podman(["logs", "one"])).stdout).toBe("asked\n");
      succeeded(await podman.podman(["start", "one"]));
      const wait = podman.podman(["wait", "one"]);
      succeeded(await podman.podman(["kill", "one"]));
      expect(succeeded(await wait).stdout).toBe("137\n");
    });

    test("a container killed while it starts leaves nothing running", async (podman) => {
      for (let i = 0; i < 5; i++) {
        const name = `one-${i}`;
        succeeded(await podman.podman(["create", ...podman.place([`--name=${name}`]), image, "sleep", "1000"]));
        const start = podman.podman(["start", name]);
        await Bun.sleep(i * 40);
        await podman.podman(["kill", name]); // refused when it comes too early
        await start;
        await podman.podman(["kill", name]);
        await podman.waitFor(name, "exited");
        expect((await podman.inspect(name)).State.ExitCode).toBe(137);
      }
    });

    test("restart policies", async (podman) => {
      await podman.detached("fails", ["--restart=on-failure:2"], ["sh", "-c", "echo run; exit 3"]);
      const logs = async (): Promise<string> => (await podman.podman(["logs", "fails"])).stdout;
      await eventually("the last restart", async () => (await logs()) === "run\nrun\nrun\n", 20_000);
      await podman.waitFor("fails", "exited");
    });

    test("lack of memory ends a container", async (podman) => {
      await podman.detached("one", ["--memory=16m", "--memory-swap=16m"], ["tail", "/dev/zero"]);
      await podman.waitFor("one", "exited");
      // OOMKilled stays false with conmon 2.1.6 on cgroup v1, under any runtime
      expect((await podman.inspect("one")).State.ExitCode).toBe(137);
    });

    test("pause, unpause, top and stats", async (podman) => {
      await podman.detached("one", [], untilAsked);
      succeeded(await podman.podman(["pause", "one"]));
      expect((await podman.inspect("one")).State.Status).toBe("paused");
      succeeded(await podman.podman(["unpause", "one"]));
      expect((await podman.inspect("one")).State.Status).toBe("running");
      expect(succeeded(await podman.podman(["top", "one"])).stdout).toContain("while :; do sleep 0.1; done");
      const stats = succeeded(await podman.podman(["stats", "--no-stream", "--no-reset", "--format", "json", "one"]));
      const [{ pids = "0", mem_usage = "" } = {}] = JSON.parse(stats.stdout) as { pids?: string; mem_usage?: string }[];
      expect(Number(pids)).toBeGreaterThan(0);
      expect(mem_usage).toMatch(/^[\d.]+[kM]B \//);
    });

    test("health checks", async (podman) => {
      await podman.detached("one", ["--health-cmd=test -e /ok", "--health-interval=disable"], ["sleep", "1000"]);
      expect((await podman.podman(["healthcheck", "run", "one"])).status).toBe(1);
      succeeded(await podman.podman(["exec", "one", "touch", "/ok"]));
      succeeded(await podman.podman(["healthcheck", "run", "one"]));
    });

    test("pods: containers share network, IPC and host name", async (podman) => {
      succeeded(await podman.podman(["pod", "create", "--name=together", ...podman.place([])]));
      const serve = "mkdir /site; echo page > /site/index.html; exec httpd -f -p 127.0.0.1:8080 -h /site";
      await podman.detached("server", ["--pod=together"], ["sh", "-c", serve]);
      const get = ["wget", "-qO-", "http://127.0.0.1:8080/"];
      const page = async (): Promise<string> => (await podman.run(["--rm", "--pod=together"], get)).stdout;
      await eventually("the page", async () => (await page()) === "page\n", 20_000);
      expect(await podman.output(["--pod=together"], ["hostname"])).toBe("together\n");
      succeeded(await podman.podman(["pod", "pause", "together"]));
      expect((await podman.inspect("server")).State.Status).toBe("paused");
      succeeded(await podman.podman(["pod", "unpause", "together"]));
      succeeded(await podman.podman(["pod", "rm", "--force", "--time=0", "together"]));
      expect(succeeded(await podman.podman(["ps", "-aq"])).stdout).toBe("");
    });

    test("generate kube, and play it", async (podman) => {
      const yaml = join(podman.folder, "pod.yaml");
      await podman.detached("one", ["--env=GIVEN=1", "--memory=64m"], ["sleep", "1000"]);
      succeeded(await podman.podman(["generate", "kube", "--filename", yaml, "one"]));
      await podman.reset();
      succeeded(await podman.podman(["play", "kube", "--network=none", yaml]));
      const name = succeeded(await podman.podman(["ps", "--filter=name=one$", "--format={{.Names}}"])).stdout.trim();
      const exec = ["exec", name, "sh", "-c", "echo $GIVEN"];
      expect(succeeded(await podman.podman(exec)).stdout).toBe("1\n");
      succeeded(await podman.podman(["play", "kube", "--down", yaml]));
      expect(succeeded(await podman.podman(["ps", "-aq"])).stdout).toBe("");
    });

    test("20 containers at once", async (podman) => {
      // They wait for their client's input; what ends by itself conmon may not let it see: docs/engines.md.
      const numbers = Array.from({ length: 20 }, (_, i) => `${i}\n`);
      const runs = numbers.map((stdin) => podman.run(["--rm", "--interactive"], ["cat"], { stdin, timeout: 55_000 }));
      expect((await Promise.all(runs)).map((result) => succeeded(result).stdout)).toEqual(numbers);
    });

    const containerfile = `FROM ${image}
RUN mkdir -m 777 /made && echo root > /made/by-root
WORKDIR /made
ENV GIVEN=1
USER alice
RUN id -un > by-alice && echo $GIVEN >> by-alice
CMD ["cat", "by-root", "by-alice"]
`;
    for (const builder of ["podman", "buildah"] as const)
      test(
        `${builder} build with RUN steps`,
        async (podman) => {
          const context = join(podman.folder, `${builder}-context`);
          mkdirSync(context);
          const build = (text: string): Promise<Result> => {
            writeFileSync(join(context, "Containerfile"), text);
            if (builder === "buildah") return podman.build(context, `built-by-${builder}`);
            const flags = [
              `--cgroup-parent=${podman.buildCgroup}`,
              "--network=none",
              "--isolation=oci",
              "--tag",
              `built-by-${builder}`,
            ];
            return podman.podman(["build", ...flags, context], { timeout: 60_000 });
          };
          succeeded(await build(containerfile));
          const run = ["run", ...podman.place(["--rm"]), `localhost/built-by-${builder}`];
          expect(succeeded(await podman.podman(run)).stdout).toBe("root\nalice\n1\n");
          const failing = await build(`FROM ${image}\nRUN exit 3\n`);
          expect(failing.status).not.toBe(0);
          expect(failing.stderr).toContain("exit status 3");
        },
        { needs: ["tool:buildah"] },
      );

    test(
      "buildah run in a working container",
      async (podman, t) => {
        const name = succeeded(
          await podman.buildah(["from", `--cgroup-parent=${podman.buildCgroup}`, image]),
        ).stdout.trim();
        const run = (...command: string[]): Promise<Result> =>
          podman.buildah(["run", "--isolation=oci", `--runtime=${t.runtime.path}`, "--network=none", name, ...command]);
        succeeded(await run("sh", "-c", "echo made > /made"));
        expect(succeeded(await run("cat", "/made")).stdout).toBe("made\n");
        expect((await run("sh", "-c", "exit 4")).status).toBe(4);
        expect((await run("no-such-command")).status).not.toBe(0);
        succeeded(await podman.buildah(["rm", name]));
      },
      { needs: ["tool:buildah"] },
    );
  },
);
