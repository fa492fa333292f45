/** System calls that an agent outside answers: `listenerPath` and `listenerMetadata`. */

import { describe, expect } from "bun:test";
import { spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const EXDEV = 18;
const REFUSED = "Invalid cross-device link";
const needs = ["not-runtime:crun"] as const; // Debian's crun wants the agent to answer it first

/**
 * Start an agent.
 *
 * @param answerWhen it answers no call before there is a file here
 * @returns its socket, and what it was told so far
 */
async function startAgent(
  t: Scenario,
  ...answerWhen: string[]
): Promise<{ socket: string; told: () => Record<string, unknown>[] }> {
  const socket = join(t.folder, "agent.sock");
  const output = join(t.folder, "agent.out");
  const file = openSync(output, "a");
  const script = join(import.meta.dirname, "../harness/seccomp_agent.ts");
  const agent = spawn(process.execPath, [script, socket, String(EXDEV), ...answerWhen], {
    stdio: ["ignore", file, "inherit"],
  });
  closeSync(file);
  t.defer(() => void agent.kill("SIGKILL"));
  await eventually("the agent", () => existsSync(socket));
  const lines = (): string[] => readFileSync(output, "utf8").split("\n").slice(0, -1);
  return { socket, told: () => lines().map((line) => JSON.parse(line) as Record<string, unknown>) };
}

/** mkdir, and what else is named, is asked of the agent, all else allowed. */
function listening(config: TestConfig, listenerPath: string, ...names: string[]): void {
  config.linux.seccomp = {
    defaultAction: "SCMP_ACT_ALLOW",
    architectures: ["SCMP_ARCH_X86_64"],
    listenerPath,
    listenerMetadata: "who knows",
    syscalls: [{ names: ["mkdir", "mkdirat", ...names], action: "SCMP_ACT_NOTIFY" }],
  };
}

describe("a seccomp listener", () => {
  for (const noNewPrivileges of [true, false])
    scenario(
      `answers for the container's process, noNewPrivileges ${noNewPrivileges}`,
      async (t) => {
        const { socket, told } = await startAgent(t);
        const bundle = await t.bundle((config) => {
          listening(config, socket);
          config.process.noNewPrivileges = noNewPrivileges;
          config.process.args = ["sh", "-c", "mkdir /tmp/made; ls /tmp"];
          config.annotations = { "org.test": "yes" };
        });
        const { stdout, stderr } = succeeded(await t.runtime.run(t.id, bundle.path));
        expect(stdout).toBe("");
        expect(stderr).toContain(REFUSED);
        const [message, ...more] = told();
        expect(more).toEqual([]);
        expect(message).toMatchObject({
          fds: ["seccompFd"],
          metadata: "who knows",
          state: { id: t.id, status: "creating", bundle: bundle.path, annotations: { "org.test": "yes" } },
        });
        expect(message?.pid).toBeGreaterThan(1);
        expect(message).toHaveProperty("state.pid", message?.pid);
      },
      { needs },
    );

  scenario(
    "answers for an executed process",
    async (t) => {
      const { socket, told } = await startAgent(t);
      const pid = await t.startSleeping((config) => listening(config, socket));
      const { status, stderr } = await t.runtime.command(["exec", t.id, "mkdir", "/tmp/made"]);
      expect([status, stderr.includes(REFUSED)]).toEqual([1, true]);
      const [, message] = told();
      expect(message).toMatchObject({ fds: ["seccompFd"], state: { id: t.id, status: "running", pid } });
      expect(message?.pid).not.toBe(pid);
    },
    { needs },
  );

  scenario(
    "can be asked about the calls that send descriptors and that make processes",
    async (t) => {
      const { socket, told } = await startAgent(t);
      await t.startSleeping((config) => listening(config, socket, "sendmsg", "clone", "clone3", "pidfd_getfd"));
      const { status, stderr } = await t.runtime.command(["exec", t.id, "mkdir", "/tmp/made"]);
      expect([status, stderr.includes(REFUSED)]).toEqual([1, true]);
      expect(told()).toHaveLength(2);
    },
    { needs: [...needs, "not-runtime:runc"] }, // its Go runtime makes threads
  );

  for (const [what, flags, state] of [
    ["what waits for it can be stopped", [], "T"],
    ["what waits for it can only be killed with the flag", ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"], "D"],
  ] as const)
    scenario(
      what,
      async (t) => {
        const answer = join(t.folder, "answer");
        const { socket, told } = await startAgent(t, answer);
        const pid = await t.startSleeping((config) => {
          listening(config, socket);
          if (config.linux.seccomp !== undefined) config.linux.seccomp.flags = [...flags];
          config.process.args = ["sh", "-c", "exec mkdir /tmp/made"];
        });
        await eventually("the call", () => told().some(({ asked }) => asked));
        process.kill(pid, "SIGSTOP");
        const stateNow = (): string | undefined => /\) (.) /.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1];
        await eventually(`state ${state}`, () => stateNow() === state);
        process.kill(pid, "SIGCONT");
        writeFileSync(answer, "");
        await t.runtime.waitFor(t.id, "stopped");
      },
      { needs: [...needs, "not-runtime:runc", "kernel:5.19"] }, // runc 1.1 knows no flags
    );

  scenario(
    "that nobody is makes create fail",
    async (t) => {
      const path = join(t.folder, "nobody.sock");
      const bundle = await t.bundle((config) => listening(config, path));
      const result = await t.runtime.create(t.id, bundle.path);
      expect(result.status).toBe(1);
      if (t.runtime.kind === "tsrun") expect(result.stderr).toContain(`/linux/seccomp/listenerPath: cannot reach`);
      await t.expectNothingLeft();
    },
    { needs },
  );
});
