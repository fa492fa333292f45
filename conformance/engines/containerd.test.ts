/** containerd runs containers with the runtime under test. */

import { describe, expect } from "bun:test";
import { existsSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { cgroupV1Hierarchies, type Need } from "../harness/facilities.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";
import { Containerd } from "./containerd.ts";

const options: { needs: readonly Need[]; timeout: number } = {
  // crun refuses the hybrid layout, and the view that the harness gives it does not reach containerd's shim
  needs: ["tool:containerd", "tool:ctr", "tool:containerd-shim-runc-v2", "not-runtime:crun"],
  timeout: 120_000,
};

async function startContainerd(t: Scenario): Promise<Containerd> {
  const containerd = await Containerd.start(t.folder, t.id, t.runtime.path);
  t.defer(async () => {
    await containerd.stop();
    // containers lie in /<namespace>/<id>, and nobody removes the namespace's own cgroup
    const hierarchies = [...new Set(cgroupV1Hierarchies().values()), "/sys/fs/cgroup/unified", "/sys/fs/cgroup"];
    for (const parent of hierarchies.map((folder) => join(folder, t.id)).filter(existsSync)) rmdirSync(parent);
  });
  return containerd;
}

describe("containerd", () => {
  scenario(
    "ctr run prints from a container, and removes it",
    async (t) => {
      const containerd = await startContainerd(t);
      const result = succeeded(await containerd.run("one", ["sh", "-c", "echo from; hostname; echo pid $$"], ["--rm"]));
      expect(result.stdout).toMatch(/^from\n\S+\npid 1\n$/);
      expect(succeeded(await containerd.ctr(["container", "ls", "-q"])).stdout).toBe("");
    },
    options,
  );

  scenario(
    "the process's exit status is ctr's",
    async (t) => {
      const containerd = await startContainerd(t);
      expect((await containerd.run("one", ["sh", "-c", "exit 7"], ["--rm"])).status).toBe(7);
    },
    options,
  );

  scenario(
    "a detached task is listed, killed and deleted",
    async (t) => {
      const containerd = await startContainerd(t);
      succeeded(await containerd.run("one", ["sleep", "1000"], ["--detach"]));
      const status = async (): Promise<string | undefined> =>
        succeeded(await containerd.ctr(["task", "ls"]))
          .stdout.split("\n")
          .map((line) => line.split(/\s+/))
          .find(([id]) => id === "one")?.[2];
      expect(await status()).toBe("RUNNING");
      succeeded(await containerd.ctr(["task", "kill", "--signal", "SIGKILL", "one"]));
      await eventually("the end of the task", async () => (await status()) === "STOPPED");
      succeeded(await containerd.ctr(["task", "delete", "one"]));
      expect(await status()).toBeUndefined();
      succeeded(await containerd.ctr(["container", "delete", "one"]));
    },
    options,
  );

  scenario(
    "limits, a read-only root, mounts, environment and working directory arrive",
    async (t) => {
      const containerd = await startContainerd(t);
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
    { ...options, needs: [...options.needs, "controller:memory"] },
  );

  scenario(
    "a command that is not there: the runtime's sentence reaches the user",
    async (t) => {
      const containerd = await startContainerd(t);
      const result = await containerd.run("one", ["no-such-command"], ["--rm"]);
      expect(result.status).toBe(1);
      expect(result.stderr).toContain('exec: "no-such-command": executable file not found in $PATH');
    },
    options,
  );

  scenario(
    "20 containers at once",
    async (t) => {
      const containerd = await startContainerd(t);
      const runs = Array.from({ length: 20 }, (_, i) => containerd.run(`one-${i}`, ["echo", `${i}`], ["--rm"]));
      for (const [i, result] of (await Promise.all(runs)).entries()) expect(succeeded(result).stdout).toBe(`${i}\n`);
    },
    options,
  );
});
