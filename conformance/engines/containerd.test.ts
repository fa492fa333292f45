/** containerd runs containers with the runtime under test. */

import { expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Result, succeeded } from "../harness/command.ts";
import { eventually, expectFailure } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { Containerd, image } from "./containerd.ts";
import { engineSuite } from "./engine_suite.ts";
import { snippet } from "./page.ts";
import { shownTerminal, showsTerminal } from "./terminal.ts";

// crun refuses the hybrid layout, and the view that the harness gives it does not reach containerd's shim
const needs: readonly Need[] = ["tool:containerd", "tool:ctr", "tool:containerd-shim-runc-v2", "not-runtime:crun"];

/** Runs until it is asked to end. */
const untilAsked = ["sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.1; done"];

engineSuite(
  "containerd",
  needs,
  (t) => Containerd.start(t.folder, t.runtime.path, { namespace: t.id }),
  (test) => {
    test("ctr run prints from a container, and removes it", async (containerd) => {
      const result = succeeded(await containerd.run("one", ["sh", "-c", "echo from; hostname; echo pid $$"], ["--rm"]));
      expect(result.stdout).toMatch(/^from\n\S+\npid 1\n$/);
      expect(succeeded(await containerd.ctr(["container", "ls", "-q"])).stdout).toBe("");
    });

    test("as docs/engines.md says", async (containerd, t) => {
      const [program, ...args] = snippet("containerd", "sh", t.runtime.path).trim().split(" ");
      expect(program).toBe("ctr");
      args.push(...containerd.folders);
      expect(succeeded(await containerd.ctr([...args, image, "one", "echo", "hello"])).stdout).toBe("hello\n");
    });

    test("the process's exit status is ctr's", async (containerd) => {
      expect((await containerd.run("one", ["sh", "-c", "exit 7"], ["--rm"])).status).toBe(7);
      expect((await containerd.run("one", ["sh", "-c", "ulimit -t 1; while :; do :; done"], ["--rm"])).status).toBe(
        137,
      );
    });

    test("a detached task is listed, killed and deleted", async (containerd) => {
      await containerd.detached("one", ["sleep", "1000"]);
      expect(await containerd.status("one")).toBe("RUNNING");
      succeeded(await containerd.ctr(["task", "kill", "--signal", "SIGKILL", "one"]));
      await eventually("the end of the task", async () => (await containerd.status("one")) === "STOPPED");
      succeeded(await containerd.ctr(["task", "delete", "one"]));
      expect(await containerd.status("one")).toBeUndefined();
      succeeded(await containerd.ctr(["container", "delete", "one"]));
    });

    test("a signal reaches the process, or all of them", async (containerd) => {
      await containerd.detached("one", untilAsked);
      await Bun.sleep(200); // until the trap is set
      succeeded(await containerd.ctr(["task", "kill", "--signal", "SIGTERM", "one"]));
      await eventually("the end of the task", async () => (await containerd.status("one")) === "STOPPED");
      expect(await containerd.exitStatus("one")).toBe(5);
      await containerd.detached("all", untilAsked);
      succeeded(await containerd.ctr(["task", "kill", "--all", "--signal", "SIGKILL", "all"]));
      await eventually("the end of the task", async () => (await containerd.status("all")) === "STOPPED");
    });

    test(
      "limits, a read-only root, mounts, environment and working directory arrive",
      async (containerd, t) => {
        const flags = ["--rm", "--read-only", "--memory-limit", "67108864", "--env", "GIVEN=1", "--cwd", "/tmp"];
        const mount = ["--mount", `type=bind,src=${t.folder},dst=/data,options=rbind:ro`];
        const script =
          "echo $GIVEN; pwd; touch /x 2>&1; ls -d /data/containerd; grep memory /proc/self/cgroup | cut -d: -f3";
        const result = succeeded(await containerd.run("one", ["sh", "-c", script], [...flags, ...mount]));
        expect(result.stdout.split("\n")).toEqual([
          "1",
          "/tmp",
          "touch: /x: Read-only file system",
          "/data/containerd",
          `/${t.id}/one`,
          "",
        ]);
      },
      { needs: ["controller:memory"] },
    );

    test("capabilities, seccomp and namespaces to join", async (containerd) => {
      await containerd.detached("first", ["sleep", "1000"]);
      const pid = (await containerd.tasks()).get("first")?.pid;
      const script = "readlink /proc/self/ns/net; grep -E '^(CapEff|Seccomp):' /proc/self/status";
      const flags = ["--rm", "--with-ns", `network:/proc/${pid}/ns/net`, "--cap-add", "CAP_NET_ADMIN", "--seccomp"];
      const joined = succeeded(await containerd.run("one", ["sh", "-c", script], flags)).stdout;
      const net = succeeded(await exec(containerd, "first", [], "readlink", "/proc/self/ns/net")).stdout;
      expect(joined).toBe(`${net}CapEff:\t00000000a80435fb\nSeccomp:\t2\n`);
    });

    test(
      "a terminal has its window's size",
      async (containerd) => {
        const result = await containerd.inTerminal(
          containerd.runArguments("one", ["sh", "-c", showsTerminal], ["--rm", "--tty"]),
        );
        expect(result.stdout).toMatch(shownTerminal);
        expect(result.status).toBe(3);
      },
      { needs: ["tool:script"] },
    );

    test("exec: status, output, input, folder, user, and what cannot run", async (containerd) => {
      await containerd.detached("one", ["sleep", "1000"]);
      expect((await exec(containerd, "one", [], "sh", "-c", "exit 4")).status).toBe(4);
      const flags = ["--cwd", "/tmp", "--user", "1000"];
      const inside = await exec(containerd, "one", flags, "sh", "-c", "pwd; id -u; tee /dev/stderr");
      expect(succeeded(inside)).toMatchObject({ stdout: "/tmp\n1000\nin\n", stderr: "in\n" });
      expectFailure(await exec(containerd, "one", [], "no-such-command"), "executable file not found in $PATH");
      expectFailure(await exec(containerd, "one", [], "/etc/passwd"), "permission denied");
      expectFailure(await exec(containerd, "one", ["--cwd", "/no/such"], "true"), "no such file or directory");
      expect(await containerd.status("one")).toBe("RUNNING");
    });

    test(
      "exec with a terminal",
      async (containerd) => {
        await containerd.detached("one", ["sleep", "1000"]);
        const flags = ["--tty", "--exec-id", "second", ...containerd.fifos];
        const result = await containerd.inTerminal(["task", "exec", ...flags, "one", "sh", "-c", showsTerminal]);
        expect(result.stdout).toMatch(shownTerminal);
        expect(result.status).toBe(3);
      },
      { needs: ["tool:script"] },
    );

    test("processes are listed", async (containerd) => {
      await containerd.detached("one", ["sh", "-c", "sleep 1000 & wait"]);
      const pids = async (): Promise<string[]> =>
        succeeded(await containerd.ctr(["task", "ps", "one"]))
          .stdout.trim()
          .split("\n")
          .slice(1);
      await eventually("two processes", async () => (await pids()).length === 2);
    });

    test("pause and resume", async (containerd) => {
      await containerd.detached("one", ["sh", "-c", "while :; do echo >> /count; sleep 0.05; done"]);
      const count = async (): Promise<number> =>
        Number(succeeded(await exec(containerd, "one", [], "sh", "-c", "wc -l < /count")).stdout);
      await eventually("the count", async () => (await count()) > 0);
      succeeded(await containerd.ctr(["task", "pause", "one"]));
      expect(await containerd.status("one")).toBe("PAUSED");
      const pid = (await containerd.tasks()).get("one")?.pid ?? 0;
      const file = `/proc/${pid}/root/count`;
      const paused = readFileSync(file, "utf8").length;
      await Bun.sleep(300);
      expect(readFileSync(file, "utf8")).toHaveLength(paused);
      succeeded(await containerd.ctr(["task", "resume", "one"]));
      expect(await containerd.status("one")).toBe("RUNNING");
      await eventually("a higher count", async () => (await count()) > paused);
    });

    test("metrics", async (containerd) => {
      await containerd.detached("one", ["sleep", "1000"], ["--memory-limit", "67108864"]);
      const metrics = succeeded(await containerd.ctr(["task", "metrics", "--format", "json", "one"])).stdout;
      const { pids, memory } = JSON.parse(metrics) as {
        pids: { current: number };
        /** Of cgroup v1, or of v2. */
        memory: { usage: { limit: number; usage: number } | number; usage_limit?: number };
      };
      expect(pids.current).toBe(1);
      const { limit, usage } =
        typeof memory.usage === "number" ? { limit: memory.usage_limit, usage: memory.usage } : memory.usage;
      expect(limit).toBe(67108864);
      expect(usage).toBeGreaterThan(0);
    });

    test("the end by lack of memory is told as an event", async (containerd) => {
      const events = join(containerd.folder, "events");
      const listener = await containerd.listen(events);
      await containerd.detached("one", ["sh", "-c", "sleep 0.5; exec tail /dev/zero"], ["--memory-limit", "16777216"]);
      await eventually("the end of the task", async () => (await containerd.status("one")) === "STOPPED");
      expect(await containerd.exitStatus("one")).toBe(137);
      await eventually("the event", () => readFileSync(events, "utf8").includes("/tasks/oom"));
      await listener.stop();
    });

    test("what cannot be: the runtime's sentence reaches the user, and nothing is left", async (containerd, t) => {
      const result = await containerd.run("one", ["no-such-command"], ["--rm"]);
      expectFailure(result, 'exec: "no-such-command": executable file not found in $PATH');
      const mount = ["--mount", `type=bind,src=${t.folder},dst=/bin/busybox,options=rbind`];
      expectFailure(await containerd.run("two", ["true"], ["--rm", ...mount]), "not a directory");
      const missing = ["--mount", "type=bind,src=/no/such,dst=/x,options=rbind"];
      expectFailure(await containerd.run("three", ["true"], ["--rm", ...missing]), "no such file or directory");
      expect((await containerd.tasks()).size).toBe(0);
    });

    test("a file system that is not there: the runtime names it, and nothing is left", async (containerd) => {
      const missing = join(containerd.folder, "missing");
      const flags = ["--runc-binary", containerd.runtime, ...containerd.folders, "--rootfs"];
      const result = await containerd.ctr(["run", "--rm", ...flags, missing, "one", "true"]);
      expectFailure(result, [missing, "no such file or directory"]);
      expect(await containerd.status("one")).toBeUndefined();
    });

    test("killed while it starts", async (containerd) => {
      for (let i = 0; i < 5; i++) {
        const run = containerd.run(`one-${i}`, ["sleep", "1000"], ["--rm"]);
        await eventually("the task, or its end", async () => (await containerd.tasks()).has(`one-${i}`));
        await containerd.ctr(["task", "kill", "--signal", "SIGKILL", `one-${i}`]);
        expect((await run).status).not.toBe(0);
      }
    });

    test("after a restart of containerd its containers are found again", async (containerd) => {
      await containerd.detached("one", untilAsked);
      const before = (await containerd.tasks()).get("one");
      await containerd.restart();
      expect((await containerd.tasks()).get("one")).toEqual(before);
      expect(succeeded(await exec(containerd, "one", [], "echo", "inside")).stdout).toBe("inside\n");
      succeeded(await containerd.ctr(["task", "kill", "--signal", "SIGTERM", "one"]));
      await eventually("the end of the task", async () => (await containerd.status("one")) === "STOPPED");
      expect(await containerd.exitStatus("one")).toBe(5);
    });

    test(
      "100 containers at once all run, and all disappear",
      async (containerd) => {
        const ids = Array.from({ length: 100 }, (_, i) => `one-${i}`);
        const started = ids.map((id) => containerd.run(id, ["sleep", "1000"], ["--detach"], { timeout: 200_000 }));
        for (const result of await Promise.all(started)) succeeded(result);
        const tasks = await containerd.tasks();
        expect([...tasks.values()].filter(({ status }) => status === "RUNNING")).toHaveLength(100);
        const removed = ids.map((id) => containerd.ctr(["task", "delete", "--force", id], { timeout: 200_000 }));
        for (const result of await Promise.all(removed)) expect(result.stderr).toContain("exit code 137");
        expect((await containerd.tasks()).size).toBe(0);
        succeeded(await containerd.ctr(["container", "delete", ...ids], { timeout: 100_000 }));
      },
      { needs: ["fast"], timeout: 500_000 },
    );
  },
);

let execs = 0;

/** `ctr task exec`; its standard input is a line. */
function exec(containerd: Containerd, id: string, flags: readonly string[], ...command: string[]): Promise<Result> {
  const own = ["--exec-id", `exec-${execs++}`, ...containerd.fifos];
  return containerd.ctr(["task", "exec", ...own, ...flags, id, ...command], { stdin: "in\n" });
}
