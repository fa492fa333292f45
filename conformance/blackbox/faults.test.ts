/** Each system call of a container's birth is made to fail in turn: a create that fails leaves nothing. */

import { describe, expect } from "bun:test";
import { join } from "node:path";
import { minimalConfig, type TestConfig, typicalConfig } from "../harness/base_configs.ts";
import { cleanEnvironment, describeResult, succeeded } from "../harness/command.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const EIO = 5;

interface Instruction {
  readonly index: number;
  readonly origin: string;
  readonly text: string;
  readonly call?: string;
}

/** The instructions of the bundle's program that are system calls. */
async function systemCalls(t: Scenario, bundle: string): Promise<Instruction[]> {
  const { stdout } = succeeded(await t.runtime.command(["plan", "--format", "json", "--bundle", bundle]));
  const { instructions } = JSON.parse(stdout) as { instructions: Instruction[] };
  return instructions.filter(({ call }) => call !== undefined);
}

/** What came of one fault. */
type End = "create failed" | "start failed" | "no harm";

/** Create, and if that succeeds start, with this instruction failing. */
async function liveWithFault(t: Scenario, bundle: string, { index, origin, text }: Instruction): Promise<End> {
  const env = { ...cleanEnvironment, TSRUN_FAULT: `${index}:${EIO}` };
  const created = await t.runtime.create(t.id, bundle, { env });
  const where = `instruction ${index}, ${origin}: ${text}\n`;
  if (created.timedOut) throw new Error(where + describeResult(created));
  if (created.status !== 0) {
    // some go another way then, and fail there with another errno
    const isOneSentence = /^tsrun: create: [^\n]+\n$/.test(created.stderr);
    if (created.status !== 1 || !isOneSentence) throw new Error(where + describeResult(created));
    return "create failed";
  }
  const started = await t.runtime.start(t.id);
  if (started.timedOut || started.status > 1) throw new Error(where + describeResult(started));
  succeeded(await t.runtime.delete(t.id, "--force"));
  return started.status === 0 ? "no harm" : "start failed";
}

const ids = {
  uidMappings: [{ containerID: 0, hostID: 100000, size: 65536 }],
  gidMappings: [{ containerID: 0, hostID: 0, size: 65536 }],
};

/** With a helper process for the mappings of a mount, and mounts that are made before the user namespace. */
function mapped(): TestConfig {
  const config = minimalConfig();
  config.linux.namespaces.push({ type: "user" });
  Object.assign(config.linux, ids);
  config.mounts.push(
    { destination: "/tmp/bound", type: "bind", source: "bind-source", options: ["bind", "idmap"], ...ids },
    { destination: "/tmp/bound", type: "bind", source: "bind-source", options: ["bind", "idmap"] },
  );
  return config;
}

function withoutMountNamespace(): TestConfig {
  const config = minimalConfig();
  config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "mount");
  config.mounts.push({ destination: "/etc", type: "tmpfs", source: "tmpfs", options: ["tmpcopyup", "ro"] });
  return config;
}

/** With the process that sends a seccomp listener. */
function listened(listenerPath: string): TestConfig {
  const config = minimalConfig();
  const syscalls = [{ names: ["mount"], action: "SCMP_ACT_NOTIFY" as const }];
  config.linux.seccomp = { defaultAction: "SCMP_ACT_ALLOW", listenerPath, syscalls };
  return config;
}

describe("a failing system call", () => {
  // what the first two have tried already is left out of the others
  const ofMounts = /^\/(mounts|root|linux)|^default\/(root|dev\/null)/;
  const configs: readonly (readonly [name: string, base: (listener: string) => TestConfig, origins: RegExp])[] = [
    ["minimal", minimalConfig, /^/],
    ["typical", typicalConfig, /^/],
    ["id-mapped", mapped, ofMounts],
    ["host's mounts", withoutMountNamespace, ofMounts],
    ["listened", listened, /^\/linux\/seccomp/],
  ];
  for (const [name, base, origins] of configs)
    scenario(
      `leaves nothing behind, whichever it is: ${name} config`,
      async (t) => {
        const agent = Bun.listen({ unix: join(t.folder, "agent.sock"), socket: { data: () => {} } });
        t.defer(() => agent.stop(true));
        const bundle = await t.bundle(() => {}, base(join(t.folder, "agent.sock")));
        await Bun.$`chown -R 100000 ${bundle.rootfs}`.quiet();
        const ends = { "create failed": 0, "start failed": 0, "no harm": 0 };
        for (const instruction of await systemCalls(t, bundle.path)) {
          if (!origins.test(instruction.origin)) continue;
          ends[await liveWithFault(t, bundle.path, instruction)]++;
          await t.expectNothingLeft();
        }
        // most of them matter, but for closes
        expect(ends["create failed"]).toBeGreaterThan(ends["no harm"] / 2);
        // the process's own execve is start's
        if (origins.test("/process/args")) expect(ends["start failed"]).toBeGreaterThan(0);
      },
      { needs: ["root", "runtime:tsrun", "fast"], timeout: 300_000 },
    );
});
