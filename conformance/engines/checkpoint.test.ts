/** containerd and Podman write their containers down with CRIU, and bring them back. */

import { expect } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Result, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import type { Need } from "../harness/facilities.ts";
import { Containerd } from "./containerd.ts";
import { engineSuite } from "./engine_suite.ts";
import { Podman } from "./podman.ts";

// crun refuses the hybrid layout, and the view that the harness gives it does not reach what the engines start
const needs: readonly Need[] = ["criu", "not-runtime:crun"];

/** For one command, and for a test: CRIU reads and writes all memory. */
const slow = { timeout: 60_000 } as const;
const severalTimes = { timeout: 180_000 } as const;

/** Counts into a file of its root, in its memory. */
const counting = ["sh", "-c", "i=0; while :; do i=$((i+1)); echo $i >/n.new; mv /n.new /n; sleep 0.05; done"];

engineSuite(
  "containerd",
  ["tool:containerd", "tool:ctr", "tool:containerd-shim-runc-v2", ...needs],
  (t) => Containerd.start(t.folder, t.runtime.path, { namespace: t.id }),
  (test) => {
    test(
      "task checkpoint leaves the task running, or ends it",
      async (containerd) => {
        await containerd.detached("one", ["sleep", "1000"]);
        const images = join(containerd.folder, "images");
        const checkpoint = (...flags: string[]): Promise<Result> =>
          containerd.ctr(["task", "checkpoint", "--image-path", images, ...flags, "one"], slow);
        succeeded(await checkpoint());
        expect(await containerd.status("one")).toBe("RUNNING");
        expect(existsSync(join(images, "pstree.img"))).toBeTrue();
        succeeded(await checkpoint("--exit"));
        await eventually("the end of the task", async () => (await containerd.status("one")) === "STOPPED");
      },
      severalTimes,
    );

    test(
      "container checkpoint, and restore by another name",
      async (containerd) => {
        await containerd.detached("one", counting);
        const count = async (id: string): Promise<number> => {
          const args = ["task", "exec", ...containerd.fifos, "--exec-id=look", id, "cat", "/n"];
          return Number((await containerd.ctr(args)).stdout);
        };
        await eventually("a number", async () => (await count("one")) > 2);
        const before = await count("one");
        const reference = "example.test/checkpoint:latest";
        const writing = ["container", "checkpoint", "--task", "--rw", "--image", "one", reference];
        succeeded(await containerd.ctr(writing, slow));
        succeeded(await containerd.ctr(["task", "kill", "--signal", "SIGKILL", "one"]));
        await eventually("the end of the task", async () => (await containerd.status("one")) === "STOPPED");
        succeeded(await containerd.ctr(["task", "delete", "--force", "one"]));
        succeeded(await containerd.ctr(["container", "restore", "--live", "--rw", "two", reference], slow));
        expect(await containerd.status("two")).toBe("RUNNING");
        expect(await count("two")).toBeGreaterThanOrEqual(before);
        succeeded(await containerd.ctr(["image", "rm", "--sync", reference]));
      },
      severalTimes,
    );
  },
);

engineSuite(
  "podman",
  ["tool:podman", "tool:conmon", ...needs],
  (t) => Podman.start(t.folder, t.id, t.runtime.path),
  (test) => {
    const count = async (podman: Podman, name: string): Promise<number> =>
      Number((await podman.podman(["exec", name, "cat", "/n"])).stdout);

    test(
      "container checkpoint, and restore in its place",
      async (podman) => {
        await podman.detached("one", [], counting);
        await eventually("a number", async () => (await count(podman, "one")) > 2);
        const before = await count(podman, "one");
        succeeded(await podman.podman(["container", "checkpoint", "one"], slow));
        expect((await podman.inspect("one")).State.Status).toBe("exited");
        succeeded(await podman.podman(["container", "restore", "one"], slow));
        expect((await podman.inspect("one")).State.Status).toBe("running");
        expect(await count(podman, "one")).toBeGreaterThanOrEqual(before);
        succeeded(await podman.podman(["rm", "--force", "--time=0", "one"]));
      },
      severalTimes,
    );

    test(
      "container checkpoint to a file, and restore from it by another name",
      async (podman) => {
        await podman.detached("one", [], counting);
        await eventually("a number", async () => (await count(podman, "one")) > 2);
        const before = await count(podman, "one");
        const file = join(podman.folder, "checkpoint.tar");
        const writing = ["container", "checkpoint", "--leave-running", "--compress=none", `--export=${file}`, "one"];
        succeeded(await podman.podman(writing, slow));
        expect((await podman.inspect("one")).State.Status).toBe("running");
        succeeded(await podman.podman(["container", "restore", `--import=${file}`, "--name=two"], slow));
        expect(await count(podman, "two")).toBeGreaterThanOrEqual(before);
        succeeded(await podman.podman(["rm", "--force", "--time=0", "one", "two"]));
      },
      severalTimes,
    );
  },
);
