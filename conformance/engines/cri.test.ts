/** Pods that containerd's CRI plugin runs with the runtime under test, as Kubernetes has it. */

import { expect } from "bun:test";
import { readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { bySystemd, type Limits, limitsBelow } from "./cgroup_parent.ts";
import { Cri, type Pod } from "./cri.ts";
import { engineSuite } from "./engine_suite.ts";
import { asWritten } from "./page.ts";

// crun refuses the hybrid layout, and the view that the harness gives it does not reach containerd's shim
const needs: readonly Need[] = [
  "tool:containerd",
  "tool:ctr",
  "tool:containerd-shim-runc-v2",
  "tool:nsenter",
  "not-runtime:crun",
];

/** Runs until it is asked to end. */
const untilAsked = ["sh", "-c", "trap 'exit 5' TERM; while :; do sleep 0.1; done"];
const sleep = ["sleep", "1000"];

engineSuite(
  "cri",
  needs,
  (t) => Cri.start(t.folder, t.id, t.runtime.path),
  (test) => {
    for (const handler of ["", handlerOfPage()])
      test(`a pod's life with ${handler === "" ? "the default runtime" : `runtime class ${handler}`}`, async (cri) => {
        const pod = await cri.runPod({}, handler);
        expect(await cri.podState(pod)).toBe("SANDBOX_READY");
        const id = await cri.createContainer(pod, "one", untilAsked);
        expect((await cri.status(id)).state).toBe("CONTAINER_CREATED");
        await cri.call("StartContainer", { container_id: id });
        expect((await cri.status(id)).state).toBe("CONTAINER_RUNNING");
        expect((await cri.exec(id, ["hostname"])).stdout).toMatch(/^pod-\d+\n$/);
        await cri.call("StopContainer", { container_id: id, timeout: 10 });
        expect(await cri.status(id)).toMatchObject({ state: "CONTAINER_EXITED", exit_code: 5 });
        await cri.call("RemoveContainer", { container_id: id });
        await cri.call("StopPodSandbox", { pod_sandbox_id: pod.id });
        expect(await cri.podState(pod)).toBe("SANDBOX_NOTREADY");
        await cri.call("RemovePodSandbox", { pod_sandbox_id: pod.id });
        expect(await cri.pods()).toEqual([]);
      });

    test("a runtime class that containerd does not know", async (cri) => {
      expect(await refusal(cri.runPod({}, "unheard-of"))).toContain('no runtime for "unheard-of" is configured');
    });

    test("exec: output, status, and what cannot run", async (cri) => {
      const id = await cri.run(await cri.runPod(), "one", sleep, { working_dir: "/tmp" });
      const script = "echo out; echo err >&2; pwd; exit 3";
      expect(await cri.exec(id, ["sh", "-c", script])).toEqual({ stdout: "out\n/tmp\n", stderr: "err\n", exitCode: 3 });
      expect(await refusal(cri.exec(id, ["no-such-command"]))).toContain("executable file not found in $PATH");
      expect(await refusal(cri.exec(id, ["/etc/passwd"]))).toContain("permission denied");
    });

    test("an exec probe that fails, succeeds, and takes too long", async (cri) => {
      const id = await cri.run(await cri.runPod(), "one", sleep);
      const probe = ["test", "-e", "/ready"];
      expect((await cri.exec(id, probe, 1)).exitCode).toBe(1);
      await cri.exec(id, ["touch", "/ready"]);
      expect((await cri.exec(id, probe, 1)).exitCode).toBe(0);
      const started = performance.now();
      expect(await refusal(cri.exec(id, ["sleep", "100"], 1))).toMatch(/timeout 1s exceeded|deadline exceeded/);
      expect(performance.now() - started).toBeLessThan(10_000);
      const left = async (): Promise<string> =>
        (await cri.exec(id, ["sh", "-c", "ps | grep -c '[s]leep 100$'"])).stdout;
      await eventually("the probe's end", async () => (await left()) === "0\n");
    });

    test("20 probes at once", async (cri) => {
      const id = await cri.run(await cri.runPod(), "one", sleep);
      const probes = Array.from({ length: 20 }, (_, i) => cri.exec(id, ["echo", `${i}`]));
      for (const [i, { stdout }] of (await Promise.all(probes)).entries()) expect(stdout).toBe(`${i}\n`);
    });

    test("containers of a pod share its network, IPC and host name, and processes if asked", async (cri) => {
      const shared = { linux: { security_context: { namespace_options: { pid: "POD" } } } } as const;
      const pod = await cri.runPod(shared);
      const serve = "mkdir /site; echo page > /site/index.html; exec httpd -f -p 127.0.0.1:8080 -h /site";
      await cri.run(pod, "server", ["sh", "-c", serve], shared);
      const own = { linux: { security_context: { namespace_options: { pid: "CONTAINER" } } } } as const;
      const [client, apart] = [await cri.run(pod, "client", sleep, shared), await cri.run(pod, "apart", sleep, own)];
      const get = ["wget", "-qO-", "http://127.0.0.1:8080/"];
      for (const id of [client, apart])
        await eventually("the page", async () => (await cri.exec(id, get)).stdout === "page\n");
      expect((await cri.exec(client, ["ps"])).stdout).toContain("httpd -f");
      expect((await cri.exec(apart, ["ps"])).stdout).not.toContain("httpd -f");
      const script = "for n in net ipc uts; do readlink /proc/self/ns/$n; done";
      const links = async (id: string): Promise<string> => (await cri.exec(id, ["sh", "-c", script])).stdout;
      expect(await links(client)).toBe(await links(apart));
    });

    test("the node's network, processes and IPC", async (cri) => {
      const options = { network: "NODE", pid: "NODE", ipc: "NODE" } as const;
      const host = { linux: { security_context: { namespace_options: options } } };
      const id = await cri.run(await cri.runPod(host), "one", sleep, host);
      for (const kind of ["net", "pid", "ipc"])
        expect((await cri.exec(id, ["readlink", `/proc/self/ns/${kind}`])).stdout.trim()).toBe(
          readlinkSync(`/proc/self/ns/${kind}`),
        );
    });

    test("logs, environment, mounts and sysctls", async (cri) => {
      const pod = await cri.runPod({ linux: { sysctls: { "kernel.msgmax": "10000" } } });
      const script = "echo $GIVEN; cat /data/10-nothing.conflist >/dev/null && echo read; touch /data/x; exit 4";
      const id = await cri.run(pod, "one", ["sh", "-c", script], {
        envs: [{ key: "GIVEN", value: "given" }],
        mounts: [{ container_path: "/data", host_path: join(cri.containerd.folder, "../cni/conf"), readonly: true }],
      });
      await ended(cri, id);
      expect((await cri.status(id)).exit_code).toBe(4);
      const log = readFileSync(join(pod.logs, "one.log"), "utf8").replaceAll(/^\S+ /gm, "");
      // Two pipes: whose lines containerd reads first is not said.
      const lines = ["stderr F touch: /data/x: Read-only file system", "stdout F given", "stdout F read"];
      expect(log.trim().split("\n").sort()).toEqual(lines);
      const second = await cri.run(pod, "two", sleep);
      expect((await cri.exec(second, ["cat", "/proc/sys/kernel/msgmax"])).stdout).toBe("10000\n");
    });

    test("users, groups, capabilities, seccomp, a read-only root and masked paths", async (cri) => {
      const id = await cri.run(await cri.runPod(), "one", sleep, {
        linux: {
          security_context: {
            run_as_user: { value: 1000 },
            run_as_group: { value: 1000 },
            supplemental_groups: [44],
            capabilities: { drop_capabilities: ["ALL"] },
            no_new_privs: true,
            readonly_rootfs: true,
            seccomp: { profile_type: "RuntimeDefault" },
            masked_paths: ["/proc/kcore", "/sys/firmware"],
            readonly_paths: ["/proc/sys"],
          },
        },
      });
      const script = `id; touch /tmp/x 2>&1; grep -E '^(CapBnd|NoNewPrivs|Seccomp):' /proc/self/status
        ls /sys/firmware | wc -l; grep -c ' /proc/sys proc ro' /proc/mounts`;
      expect((await cri.exec(id, ["sh", "-c", script])).stdout).toBe(
        "uid=1000(alice) gid=1000(alice) groups=44,1000(alice)\n" +
          "touch: /tmp/x: Read-only file system\n" +
          "CapBnd:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n0\n1\n",
      );
    });

    test(
      "a privileged container has the node's devices",
      async (cri) => {
        const privileged = { linux: { security_context: { privileged: true } } };
        const pod = await cri.runPod(privileged);
        const [all, some] = [await cri.run(pod, "all", sleep, privileged), await cri.run(pod, "some", sleep)];
        expect((await cri.exec(all, ["test", "-c", "/dev/fuse"])).exitCode).toBe(0);
        expect((await cri.exec(some, ["test", "-c", "/dev/fuse"])).exitCode).toBe(1);
      },
      // tsrun grants what the machine has of all capabilities; runc fails unless it has all of them
      { needs: ["file:/dev/fuse", ...(selectedRuntime().kind === "runc" ? (["capability:24"] as const) : [])] },
    );

    test("limits, an update of them, and statistics", async (cri, t) => {
      const resources = { memory_limit_in_bytes: 64 << 20, cpu_period: 100_000, cpu_quota: 50_000, cpu_shares: 512 };
      const id = await cri.run(await cri.runPod(), "one", ["sh", "-c", "while :; do :; done"], {
        linux: {
          resources: { ...resources, oom_score_adj: 500 },
          security_context: { namespace_options: { pid: "CONTAINER" } },
        },
      });
      const limits = (): Limits => limitsBelow(t.id, bySystemd ? `cri-containerd-${id}` : id);
      expect(limits()).toMatchObject({ memory: `${64 << 20}`, quota: "50000" });
      expect((await cri.exec(id, ["cat", "/proc/1/oom_score_adj"])).stdout).toBe("500\n");
      const update = { ...resources, memory_limit_in_bytes: 96 << 20, cpu_quota: 25_000 };
      await cri.call("UpdateContainerResources", { container_id: id, linux: update });
      expect(limits()).toMatchObject({ memory: `${96 << 20}`, quota: "25000" });
      interface Stats {
        stats: {
          cpu: { usage_core_nano_seconds: { value: number } };
          memory: { working_set_bytes: { value: number } };
        };
      }
      const { stats } = await cri.call<Stats>("ContainerStats", { container_id: id });
      expect(stats.cpu.usage_core_nano_seconds.value).toBeGreaterThan(0);
      expect(stats.memory.working_set_bytes.value).toBeGreaterThan(0);
    });

    test("the end by lack of memory is the status's reason", async (cri) => {
      const limited = { linux: { resources: { memory_limit_in_bytes: 16 << 20 } } };
      const script = "sleep 0.5; exec tail /dev/zero";
      const pod = await cri.runPod();
      const reasonOf = async (name: string): Promise<string> => {
        const id = await cri.run(pod, name, ["sh", "-c", script], limited);
        await ended(cri, id);
        expect((await cri.status(id)).exit_code).toBe(137);
        await Bun.sleep(1000);
        return (await cri.status(id)).reason;
      };
      // on cgroup v2 containerd 1.6 looks too late now and then, under any runtime
      let reason = "";
      for (let attempt = 0; reason !== "OOMKilled" && attempt < 10; attempt++)
        reason = await reasonOf(`one-${attempt}`);
      expect(reason).toBe("OOMKilled");
    });

    test("what cannot start: the runtime's sentence is the status's message", async (cri) => {
      const pod = await cri.runPod();
      const id = await cri.createContainer(pod, "one", ["no-such-command"]);
      expect(await refusal(cri.call("StartContainer", { container_id: id }))).toContain(
        "executable file not found in $PATH",
      );
      const status = await cri.status(id);
      expect(status).toMatchObject({ state: "CONTAINER_EXITED", exit_code: 128, reason: "StartError" });
      expect(status.message).toContain("executable file not found in $PATH");
    });

    test("a container that does not end when asked is killed", async (cri) => {
      const id = await cri.run(await cri.runPod(), "one", ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"]);
      await cri.call("StopContainer", { container_id: id, timeout: 1 });
      expect(await cri.status(id)).toMatchObject({ state: "CONTAINER_EXITED", exit_code: 137 });
    });

    test("a container stopped while it starts leaves nothing running", async (cri) => {
      const pod = await cri.runPod();
      for (let i = 0; i < 5; i++) {
        const id = await cri.createContainer(pod, `one-${i}`, sleep);
        const start = cri.call("StartContainer", { container_id: id });
        await Bun.sleep(i * 20);
        await cri.call("StopContainer", { container_id: id, timeout: 0 });
        await start;
        await cri.call("StopContainer", { container_id: id, timeout: 0 });
        expect(await cri.status(id)).toMatchObject({ state: "CONTAINER_EXITED", exit_code: 137 });
      }
    });

    test("the end of the pod ends its containers", async (cri) => {
      const pod = await cri.runPod();
      const id = await cri.run(pod, "one", sleep);
      await cri.call("StopPodSandbox", { pod_sandbox_id: pod.id });
      expect((await cri.status(id)).state).toBe("CONTAINER_EXITED");
    });

    test("10 pods at once", async (cri) => {
      const pods = await Promise.all(Array.from({ length: 10 }, () => cri.runPod()));
      const ids = await Promise.all(pods.map((pod: Pod) => cri.run(pod, "one", sleep)));
      for (const id of ids) expect((await cri.status(id)).state).toBe("CONTAINER_RUNNING");
    });

    test("after a restart of containerd pods are found again", async (cri) => {
      const pod = await cri.runPod();
      const id = await cri.run(pod, "one", untilAsked);
      await cri.restart();
      expect(await cri.podState(pod)).toBe("SANDBOX_READY");
      expect((await cri.status(id)).state).toBe("CONTAINER_RUNNING");
      expect((await cri.exec(id, ["echo", "inside"])).stdout).toBe("inside\n");
      await cri.call("StopContainer", { container_id: id, timeout: 10 });
      expect((await cri.status(id)).exit_code).toBe(5);
    });
  },
);

/** What the RuntimeClass of docs/engines.md asks containerd for. */
function handlerOfPage(): string {
  return /^handler: (\S+)$/m.exec(asWritten("containerd", "yaml"))?.[1] ?? "none";
}

/** The message of a call that fails. Not by `rejects` of the test runner: it stops what the answer comes by. */
async function refusal(call: Promise<unknown>): Promise<string> {
  try {
    await call;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error("the call did not fail");
}

async function ended(cri: Cri, id: string): Promise<void> {
  await eventually("the container's end", async () => (await cri.status(id)).state === "CONTAINER_EXITED", 15_000);
}
