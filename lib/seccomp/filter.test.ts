import { describe, expect, test } from "bun:test";
import containerd from "../../conformance/configs/containerd-ctr.json";
import docker from "../../conformance/configs/docker-default.json";
import { seededRandom } from "../executor/mutate_program.ts";
import { libseccompVersion, resolveArchitecture, resolveSystemCalls } from "../libc/libseccomp.ts";
import type { Seccomp, SeccompAction, SeccompArch, SeccompOperator, SeccompSyscall } from "../spec/types.ts";
import { architectureName, SECCOMP_ACTIONS, SECCOMP_OPERATORS } from "./actions.ts";
import { type SystemCall, verdictOf } from "./bpf_machine.ts";
import { buildByLibseccomp, buildFilter } from "./filter.ts";

const missing = libseccompVersion() === undefined;
if (missing && process.env.CI === "true") throw new Error("libseccomp is not installed, and this is CI");

const ENOSYS_ERRNO = 0x0005_0026;
const X32_SYSCALL_BIT = 0x4000_0000;
const X86_64 = 0xc000_003e;
const dockerProfile = (docker as unknown as { linux: { seccomp: Seccomp } }).linux.seccomp;
const NAMES = (dockerProfile.syscalls ?? []).flatMap(({ names }) => names);
/** Such as no architecture has, or only some, or that carry others. */
const SPECIAL = ["no_such_call", "umount", "arm_sync_file_range", "init_module", "_newselect", "socketcall", "ipc"];
const ARCHITECTURES: SeccompArch[] = [
  "SCMP_ARCH_X86_64",
  "SCMP_ARCH_X86",
  "SCMP_ARCH_X32",
  "SCMP_ARCH_AARCH64",
  "SCMP_ARCH_ARM",
];

/** What the profile says of a call, by libseccomp's filter of the whole and what runtimes put before it. */
function expected(profile: Seccomp, whole: Buffer): (call: SystemCall) => number {
  const { defaultAction, defaultErrnoRet, syscalls = [], architectures = [] } = profile;
  const names = syscalls.flatMap((rule) => rule.names);
  const lenient = ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY"].includes(defaultAction);
  const strict = !lenient && !(defaultAction === "SCMP_ACT_ERRNO" && defaultErrnoRet === 38);
  const newest = new Map<number, number>();
  const own = process.arch === "arm64" ? "aarch64" : "x86_64";
  for (const name of new Set([own, ...architectures.map(architectureName)])) {
    if (name === "x32") continue;
    const architecture = resolveArchitecture(name) >>> 0;
    newest.set(architecture, Math.max(-1, ...(resolveSystemCalls([architecture], names)[0] ?? [])));
  }
  return (call) => {
    const last = newest.get(call.architecture);
    const isX32 = call.architecture === X86_64 && call.number >= X32_SYSCALL_BIT;
    if (strict && last !== undefined && last >= 0 && !isX32 && call.number > last) return ENOSYS_ERRNO;
    return verdictOf(whole, call);
  };
}

/** Every number that any of the architectures has, and some that none has. */
const NUMBERS = [
  ...Array(600).keys(),
  0x3fff_ffff,
  ...[...Array(600).keys()].map((i) => X32_SYSCALL_BIT + i),
  0xf0001,
  0xf0002,
  0xf0005,
  0xffff_ffff,
];
const TOKENS = ["x86_64", "x86", "aarch64", "arm", "riscv64"].map((name) => resolveArchitecture(name) >>> 0);

/** Both filters, or both refusals, are the same for every call. */
function compare(profile: Seccomp, vectors: readonly (readonly bigint[])[]): void {
  const whole = attempt(() => buildByLibseccomp(profile, () => true));
  const built = attempt(() => buildFilter(profile));
  if (!Buffer.isBuffer(whole) || !Buffer.isBuffer(built)) {
    expect(built).toEqual(whole);
    return;
  }
  const say = expected(profile, whole);
  const different: unknown[] = [];
  for (const architecture of TOKENS) {
    for (const number of NUMBERS) {
      for (const args of vectors) {
        const call = { architecture, number, args };
        const [is, should] = [verdictOf(built, call), say(call)];
        if (is !== should) different.push({ ...call, is, should });
      }
    }
  }
  expect(different).toEqual([]);
}

function attempt(build: () => Buffer): Buffer | string {
  try {
    return build();
  } catch (failure) {
    return (failure as Error).message;
  }
}

const ZEROS = Array<bigint>(6).fill(0n);

describe.skipIf(missing)("a filter says of every call what libseccomp's does", () => {
  const vectors = [
    ZEROS,
    [8n, 0n, 0n, 0n, 0n, 0n],
    [40n, 1n, 0n, 0n, 0n, 0n],
    [0xffff_ffffn, 2n, 0n, 0n, 0n, 0n],
    [0x7c02_0000n, 0n, 0n, 0n, 0n, 0n],
    [0x1_0000_0008n, 0n, 0n, 0n, 0n, 0n],
  ];
  for (const [name, config] of Object.entries({ docker, containerd })) {
    const profile = (config as unknown as { linux: { seccomp?: Seccomp } }).linux.seccomp;
    if (profile !== undefined) test(`the profile of ${name}`, () => compare(profile, vectors));
  }

  const errno = (names: readonly string[], errnoRet: number): SeccompSyscall => ({
    names: [...names],
    action: "SCMP_ACT_ERRNO",
    errnoRet,
  });
  const special: Readonly<Record<string, readonly SeccompSyscall[]>> = {
    "a call and what carries it": [errno(["socketcall"], 5), errno(["socket"], 6)],
    "what carries a call, and then the call": [errno(["semop", "connect"], 6), errno(["socketcall", "ipc"], 5)],
    "a call in two rules": [errno(["mkdir", "mkdirat"], 5), errno(["mkdirat"], 6)],
  };
  for (const [what, syscalls] of Object.entries(special)) {
    test(what, () => {
      const architectures: SeccompArch[] = ["SCMP_ARCH_X86", "SCMP_ARCH_ARM"];
      const parts = [1, 3, 0x1_0001].map((part) => [BigInt(part), 0n, 0n, 0n, 0n, 0n]);
      compare({ defaultAction: "SCMP_ACT_ALLOW", architectures, syscalls: [...syscalls] }, [ZEROS, ...parts]);
    });
  }

  for (let seed = 1; seed <= 40; seed++) {
    test(`a profile made at random, ${seed}`, () => {
      const { profile, values } = randomProfile(seed);
      const random = seededRandom(seed + 1000);
      const some = [...values, 0n, 1n, 3n];
      const vector = (): bigint[] =>
        ZEROS.map(() => (some[random(some.length)]! + BigInt(random(3) - 1)) & 0xffff_ffff_ffff_ffffn);
      compare(profile, [ZEROS, vector(), vector(), vector()]);
    });
  }
});

test.skipIf(missing)("a filter is smaller than libseccomp's", () => {
  expect(buildFilter(dockerProfile).length).toBeLessThan(buildByLibseccomp(dockerProfile, () => true).length * 0.6);
});

/** Rules for one call more than once, with and without arguments, of calls that lie within others, and unknown ones. */
function randomProfile(seed: number): { profile: Seccomp; values: bigint[] } {
  const random = seededRandom(seed);
  const pick = <T>(from: readonly T[]): T => from[random(from.length)]!;
  const values: bigint[] = [];
  const value = (): number => {
    const chosen = pick([0, 1, 2, 40, 255, 2 ** 31, 2 ** 32, 2 ** 32 + 5, 2 ** 40]);
    values.push(BigInt(chosen));
    return chosen;
  };
  const rule = (): SeccompSyscall => ({
    names: Array.from({ length: 1 + random(30) }, () => (random(12) === 0 ? pick(SPECIAL) : pick(NAMES))),
    action: pick<SeccompAction>(SECCOMP_ACTIONS.filter((action) => action !== "SCMP_ACT_NOTIFY")),
    errnoRet: 1 + random(100),
    ...(random(3) === 0 && {
      args: Array.from({ length: 1 + random(2) }, () => ({
        index: random(6),
        op: pick<SeccompOperator>(SECCOMP_OPERATORS),
        value: value(),
        valueTwo: value(),
      })),
    }),
  });
  const profile: Seccomp = {
    defaultAction: pick(["SCMP_ACT_ERRNO", "SCMP_ACT_KILL", "SCMP_ACT_ALLOW", "SCMP_ACT_TRAP", "SCMP_ACT_LOG"]),
    ...(random(2) === 0 && { architectures: ARCHITECTURES.filter(() => random(2) === 0) }),
    syscalls: Array.from({ length: 1 + random(6) }, rule),
  };
  return { profile, values };
}
