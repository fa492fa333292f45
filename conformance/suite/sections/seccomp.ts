/** config-linux.md: filters of system calls. The call that is tried does nothing: prctl with an option that is not there. */

import { constants } from "node:os";
import type { Seccomp, SeccompOperator, SeccompSyscall } from "../../../lib/spec/types.ts";
import { equal, excludes, ok } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";
import { having, type Outcome, type Patch, type Trial } from "../trial.ts";

const { EINVAL, ENOSYS, EPERM, EXDEV } = constants.errno;
const SIGSYS = 31;
const FILTER_MODE = 2;
/** getpriority, with which any argument can be tried. */
const TRIED = process.arch === "arm64" ? 141 : 140;
const NAME = "getpriority";
/** Came with Linux 5.11, after close_range. */
const EPOLL_PWAIT2 = 441;

const filtering = (...syscalls: unknown[]): Patch =>
  having("linux.seccomp", { defaultAction: "SCMP_ACT_ALLOW", syscalls });

const trying = (t: Trial, rule: Partial<SeccompSyscall>, ...words: number[]): Promise<Outcome> =>
  t.try(["call", TRIED, ...words], filtering({ names: [NAME], ...rule }));

/** What a comparison with 100 lets pass and not: arguments that match. */
const OPERATORS: Readonly<Record<SeccompOperator, readonly [matches: number, matchesNot: number]>> = {
  SCMP_CMP_EQ: [100, 101],
  SCMP_CMP_NE: [101, 100],
  SCMP_CMP_LT: [99, 100],
  SCMP_CMP_LE: [100, 101],
  SCMP_CMP_GE: [100, 99],
  SCMP_CMP_GT: [101, 100],
  SCMP_CMP_MASKED_EQ: [0x1064, 0x65],
};

const compares = (op: SeccompOperator) =>
  must(`${op}: arguments are compared`, async (t) => {
    const arg = op === "SCMP_CMP_MASKED_EQ" ? { value: 0xff, valueTwo: 100 } : { value: 100 };
    const [matches, matchesNot] = OPERATORS[op];
    const outcomes = await t.do(
      [
        ["call", TRIED, 77, matches],
        ["call", TRIED, 77, matchesNot],
      ],
      filtering({ names: [NAME], action: "SCMP_ACT_ERRNO", errnoRet: EXDEV, args: [{ index: 1, op, ...arg }] }),
    );
    equal(
      "errno",
      outcomes.map(({ errno }) => errno),
      [EXDEV, EINVAL],
    );
  });

const ends = (action: string) =>
  must(`${action} ends the process by SIGSYS`, async (t) => {
    const outcome = await t.try(["exec", "/probe", "do", "call", TRIED, 77], filtering({ names: [NAME], action }));
    equal("signal", outcome.signal, SIGSYS);
  });

const passes = (action: string) =>
  must(`${action} lets the call be made`, async (t) => {
    equal("errno", (await trying(t, { action: action as "SCMP_ACT_LOG" }, 77)).errno, EINVAL);
  });

export const SECCOMP = [
  ...section("config-linux.md#seccomp", [
    must("the process is filtered", async (t) => {
      const probe = await t.see(filtering({ names: [NAME], action: "SCMP_ACT_ERRNO" }));
      equal("seccomp", probe.seccomp, FILTER_MODE);
    }),
    must("without it the process is not", async (t) => equal("seccomp", (await t.see()).seccomp, 0)),
    must("SCMP_ACT_ERRNO gives EPERM if it has no errno", async (t) => {
      equal("errno", (await trying(t, { action: "SCMP_ACT_ERRNO" }, 77)).errno, EPERM);
    }),
    must("a call that no rule names is done by defaultAction", async (t) => {
      equal(
        "errno",
        (await t.try(["call", TRIED, 77], filtering({ names: ["chroot"], action: "SCMP_ACT_ERRNO" }))).errno,
        EINVAL,
      );
    }),
    must("the rules hold without noNewPrivileges too", async (t) => {
      const outcome = await t.try(["call", TRIED, 77], (config) => {
        filtering({ names: [NAME], action: "SCMP_ACT_ERRNO" })(config);
        config.process.noNewPrivileges = false;
        config.process.user = { uid: 1000, gid: 1000 };
      });
      equal("errno", outcome.errno, EPERM);
    }),
    must("the rules hold for children", async (t) => {
      const [child] = await t.do(
        [["exec", "/probe", "do", "call", TRIED, 77]],
        filtering({ names: [NAME], action: "SCMP_ACT_ERRNO" }),
      );
      equal("errno of the child", child?.errno, EPERM);
    }),
    ends("SCMP_ACT_KILL"),
    ends("SCMP_ACT_TRAP"),
    passes("SCMP_ACT_ALLOW"),
    ...(Object.keys(OPERATORS) as SeccompOperator[]).map(compares),
    must("conditions of one rule hold together", async (t) => {
      const args = [
        { index: 0, value: 77, op: "SCMP_CMP_EQ" },
        { index: 1, value: 5, op: "SCMP_CMP_EQ" },
      ];
      const outcomes = await t.do(
        [
          ["call", TRIED, 77, 5],
          ["call", TRIED, 77, 6],
        ],
        filtering({ names: [NAME], action: "SCMP_ACT_ERRNO", args }),
      );
      equal(
        "errno",
        outcomes.map(({ errno }) => errno),
        [EPERM, EINVAL],
      );
    }),
    must("an action that there is not is an error", (t) =>
      t.refuses("SCMP_ACT_SHRUG", filtering({ names: [NAME], action: "SCMP_ACT_SHRUG" })),
    ),
    must("an operator that there is not is an error", (t) =>
      t.refuses(
        "SCMP_CMP_ABOUT",
        filtering({ names: [NAME], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 1, op: "SCMP_CMP_ABOUT" }] }),
      ),
    ),
    must("an architecture that there is not is an error", (t) =>
      t.refuses(
        "SCMP_ARCH_PDP11",
        having("linux.seccomp", { defaultAction: "SCMP_ACT_ALLOW", architectures: ["SCMP_ARCH_PDP11"] }),
      ),
    ),
    must("a rule without names is an error", (t) =>
      t.refuses("no names", filtering({ names: [], action: "SCMP_ACT_ERRNO" })),
    ),
    must("a seccomp without defaultAction is an error", (t) =>
      t.refuses("no defaultAction", having("linux.seccomp", { syscalls: [] })),
    ),
    must("architectures besides the machine's are taken", async (t) => {
      const seccomp: Seccomp = {
        defaultAction: "SCMP_ACT_ALLOW",
        architectures: ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM"],
        syscalls: [{ names: [NAME], action: "SCMP_ACT_ERRNO" }],
      };
      equal("errno", (await t.try(["call", TRIED, 77], having("linux.seccomp", seccomp))).errno, EPERM);
    }),
    deFacto("a call that nobody knows is passed over", async (t) => {
      const outcome = await t.try(
        ["call", TRIED, 77],
        filtering({ names: ["no_such_call", NAME], action: "SCMP_ACT_ERRNO" }),
      );
      equal("errno", outcome.errno, EPERM);
    }),
    deFacto(
      "a call newer than all of the profile's is not there, so that programs fall back to older ones",
      async (t) => {
        const names = (await import("../system_calls.ts")).PROBE_CALLS;
        const outcomes = await t.do(
          [
            ["call", EPOLL_PWAIT2, -1],
            ["call", TRIED, 77],
          ],
          having("linux.seccomp", {
            defaultAction: "SCMP_ACT_ERRNO",
            architectures: [process.arch === "arm64" ? "SCMP_ARCH_AARCH64" : "SCMP_ARCH_X86_64"],
            syscalls: [{ names: [...names, "close_range"], action: "SCMP_ACT_ALLOW" }],
          }),
        );
        equal(
          "errno of the newer and of an older one",
          outcomes.map(({ errno }) => errno),
          [ENOSYS, EPERM],
        );
      },
    ),
  ]),
  ...section(
    "config-linux.md#seccomp",
    [
      must("errnoRet is the errno", async (t) => {
        equal("errno", (await trying(t, { action: "SCMP_ACT_ERRNO", errnoRet: EXDEV }, 77)).errno, EXDEV);
      }),
      must("errnoRet 0 lets the call do nothing", async (t) => {
        const outcome = await trying(t, { action: "SCMP_ACT_ERRNO", errnoRet: 0 }, 77);
        equal("result", { errno: outcome.errno, result: outcome.result }, { errno: 0, result: 0 });
      }),
      must("defaultErrnoRet is the errno of defaultAction", async (t) => {
        const names = (await import("../system_calls.ts")).PROBE_CALLS;
        const outcome = await t.try(
          ["call", TRIED, 77],
          having("linux.seccomp", {
            defaultAction: "SCMP_ACT_ERRNO",
            defaultErrnoRet: EXDEV,
            syscalls: [{ names, action: "SCMP_ACT_ALLOW" }],
          }),
        );
        equal("errno", outcome.errno, EXDEV);
      }),
      must("errnoRet of an action that has none is an error", (t) =>
        t.refuses("errnoRet of SCMP_ACT_KILL", filtering({ names: [NAME], action: "SCMP_ACT_KILL", errnoRet: 5 })),
      ),
      must("defaultErrnoRet of an action that has none is an error", (t) =>
        t.refuses(
          "defaultErrnoRet of SCMP_ACT_ALLOW",
          having("linux.seccomp", { defaultAction: "SCMP_ACT_ALLOW", defaultErrnoRet: 5 }),
        ),
      ),
      ends("SCMP_ACT_KILL_PROCESS"),
      ends("SCMP_ACT_KILL_THREAD"),
      passes("SCMP_ACT_LOG"),
      ...["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC"].map((flag) =>
        must(`${flag} is taken`, async (t) => {
          const seccomp = {
            defaultAction: "SCMP_ACT_ALLOW",
            flags: [flag],
            syscalls: [{ names: [NAME], action: "SCMP_ACT_ERRNO" }],
          };
          equal("errno", (await t.try(["call", TRIED, 77], having("linux.seccomp", seccomp))).errno, EPERM);
        }),
      ),
      must("a flag that there is not is an error", (t) =>
        t.refuses(
          "a flag",
          having("linux.seccomp", { defaultAction: "SCMP_ACT_ALLOW", flags: ["SECCOMP_FILTER_FLAG_NOSUCH"] }),
        ),
      ),
      must("the runtime's own calls before the process are not filtered away", async (t) => {
        const probe = await t.see(
          filtering({ names: ["setuid", "setgid", "setgroups", "capset", "chdir"], action: "SCMP_ACT_ERRNO" }),
        );
        ok("uid", probe.uid.effective === 0);
        excludes("capabilities", probe.capabilities.effective, 21);
      }),
    ],
    { since: "1.1" },
  ),
];
