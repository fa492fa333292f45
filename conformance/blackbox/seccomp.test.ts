/** Filters of system calls: actions, comparisons, architectures, and what newer calls get. */

import { describe, expect } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Seccomp } from "../../lib/spec/types.ts";
import { succeeded } from "../harness/command.ts";
import { configsFolder } from "../harness/paths.ts";
import { scenario } from "../harness/scenario.ts";

const dockerProfile: unknown = JSON.parse(readFileSync(join(configsFolder, "docker-default.json"), "utf8"));
const architectures = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"] as const;

const allowing = (...syscalls: NonNullable<Seccomp["syscalls"]>): Seccomp => ({
  defaultAction: "SCMP_ACT_ALLOW",
  architectures: [...architectures],
  syscalls,
});

const MKDIR = ["mkdir", "mkdirat"];
const SIGSYS = 31;

describe("seccomp", () => {
  const cases: readonly {
    what: string;
    seccomp: Seccomp;
    script: string;
    stdout?: string;
    stderr?: string;
    status?: number;
  }[] = [
    {
      what: "an errno is what the call gives",
      seccomp: allowing({ names: MKDIR, action: "SCMP_ACT_ERRNO", errnoRet: 18 }),
      script: "mkdir /tmp/x",
      stderr: "Invalid cross-device link",
      status: 1,
    },
    {
      what: "an errno without a number is EPERM",
      seccomp: allowing({ names: MKDIR, action: "SCMP_ACT_ERRNO" }),
      script: "mkdir /tmp/x",
      stderr: "Operation not permitted",
      status: 1,
    },
    ...(["SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS"] as const).map((action) => ({
      what: `${action} ends a process of one thread`,
      seccomp: allowing({ names: MKDIR, action }),
      script: "mkdir /tmp/x; echo $?",
      stdout: `${128 + SIGSYS}\n`,
    })),
    {
      what: "trace, without a tracer, is as if there were no such call",
      seccomp: allowing({ names: MKDIR, action: "SCMP_ACT_TRACE", errnoRet: 7 }),
      script: "mkdir /tmp/x",
      stderr: "Function not implemented",
      status: 1,
    },
    {
      what: "trap sends SIGSYS",
      seccomp: allowing({ names: MKDIR, action: "SCMP_ACT_TRAP" }),
      script: "mkdir /tmp/x; echo $?",
      stdout: `${128 + SIGSYS}\n`,
    },
    {
      what: "log lets the call go on",
      seccomp: allowing({ names: MKDIR, action: "SCMP_ACT_LOG" }),
      script: "mkdir /tmp/x; ls /tmp",
      stdout: "x\n",
    },
    {
      what: "arguments are compared",
      seccomp: allowing({
        names: ["kill"],
        action: "SCMP_ACT_ERRNO",
        errnoRet: 22,
        args: [{ index: 1, value: 28, op: "SCMP_CMP_EQ" }],
      }),
      script: "kill -28 $$; echo $?; kill -0 $$; echo $?",
      stdout: "1\n0\n",
    },
    {
      what: "a call that nobody knows is passed over",
      seccomp: allowing({ names: ["no_such_call", ...MKDIR], action: "SCMP_ACT_ERRNO" }),
      script: "mkdir /tmp/x",
      stderr: "Operation not permitted",
      status: 1,
    },
  ];
  for (const { what, seccomp, script, stdout = "", stderr = "", status = 0 } of cases)
    for (const noNewPrivileges of [true, false])
      scenario(`${what}, noNewPrivileges ${noNewPrivileges}`, async (t) => {
        const result = await t.sh(script, (config) => {
          config.linux.seccomp = seccomp;
          config.process.noNewPrivileges = noNewPrivileges;
        });
        expect(result.stdout).toBe(stdout);
        expect(result.stderr).toContain(stderr);
        expect(result.status).toBe(status);
      });

  // which of these signals, all without an effect, may not be sent
  for (const [op, value, valueTwo, denied] of [
    ["SCMP_CMP_EQ", 23, 0, [23]],
    ["SCMP_CMP_NE", 23, 0, [18, 28]],
    ["SCMP_CMP_LT", 23, 0, [18]],
    ["SCMP_CMP_LE", 23, 0, [18, 23]],
    ["SCMP_CMP_GE", 23, 0, [23, 28]],
    ["SCMP_CMP_GT", 23, 0, [28]],
    ["SCMP_CMP_MASKED_EQ", 0b00101, 0b00100, [28]],
  ] as const)
    scenario(`${op} compares`, async (t) => {
      const { stdout } = await t.sh("for n in 18 23 28; do kill -$n $$ 2>/dev/null || echo $n; done", (config) => {
        config.linux.seccomp = allowing({
          names: ["kill"],
          action: "SCMP_ACT_ERRNO",
          args: [{ index: 1, value, valueTwo, op }],
        });
      });
      expect(stdout.trim().split("\n").map(Number)).toEqual([...denied]);
    });

  for (const flag of [
    "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_LOG",
    "SECCOMP_FILTER_FLAG_SPEC_ALLOW",
  ] as const)
    scenario(
      `${flag} is taken`,
      async (t) => {
        const { stderr } = await t.sh("mkdir /tmp/x", (config) => {
          config.linux.seccomp = { ...allowing({ names: MKDIR, action: "SCMP_ACT_ERRNO" }), flags: [flag] };
        });
        expect(stderr).toContain("Operation not permitted");
      },
      { needs: ["not-runtime:runc"] }, // runc 1.1 knows no flags
    );

  scenario("architectures of another byte order are refused", async (t) => {
    const { status, stderr } = await t.sh("true", (config) => {
      const seccomp = allowing({ names: MKDIR, action: "SCMP_ACT_ERRNO" });
      config.linux.seccomp = { ...seccomp, architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_S390X"] };
    });
    expect(status).not.toBe(0);
    expect(stderr.toLowerCase()).toContain("arch");
  });

  scenario("the default errno is that of calls that are not listed", async (t) => {
    const { stderr, status } = await t.sh("chroot / true", (config) => {
      const { linux } = dockerProfile as { linux: { seccomp: Seccomp } };
      const syscalls = (linux.seccomp.syscalls ?? []).filter(({ names }) => !names.includes("chroot"));
      config.linux.seccomp = { ...linux.seccomp, defaultErrnoRet: 95, syscalls };
    });
    expect(stderr).toContain("not supported");
    expect(status).not.toBe(0);
  });

  scenario(
    "a filter is built once for many containers",
    async (t) => {
      const run = () =>
        t.sh("mkdir /tmp/x", (config) => {
          config.linux.seccomp = allowing({ names: MKDIR, action: "SCMP_ACT_ERRNO" });
        });
      const cached = (): string[] => readdirSync(join(t.runtime.root, ".seccomp"));
      expect((await run()).status).toBe(1);
      const before = cached();
      expect(before.length).toBe(1);
      expect((await run()).status).toBe(1);
      expect(cached()).toEqual(before);
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario("the process has the filter, and new privileges only as the config says", async (t) => {
    for (const noNewPrivileges of [true, false]) {
      const { stdout } = succeeded(
        await t.sh("grep -E '^(Seccomp|NoNewPrivs):' /proc/self/status", (config) => {
          config.linux.seccomp = allowing({ names: MKDIR, action: "SCMP_ACT_ERRNO" });
          config.process.noNewPrivileges = noNewPrivileges;
        }),
      );
      expect(stdout.replaceAll("\t", "")).toBe(`NoNewPrivs:${noNewPrivileges ? 1 : 0}\nSeccomp:2\n`);
    }
  });
});
