import type { ProgramBuilder } from "../program/builder.ts";
import {
  _LINUX_CAPABILITY_VERSION_3,
  PR_CAP_AMBIENT,
  PR_CAP_AMBIENT_CLEAR_ALL,
  PR_CAP_AMBIENT_RAISE,
  PR_CAPBSET_DROP,
} from "../program/constants.ts";
import { EINVAL, EPERM } from "../program/errno.ts";
import type { Capabilities } from "../spec/types.ts";

/** In the order of their numbers. @see linux/capability.h, capabilities(7) */
export const CAPABILITIES: readonly string[] = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_DAC_READ_SEARCH",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_SETGID",
  "CAP_SETUID",
  "CAP_SETPCAP",
  "CAP_LINUX_IMMUTABLE",
  "CAP_NET_BIND_SERVICE",
  "CAP_NET_BROADCAST",
  "CAP_NET_ADMIN",
  "CAP_NET_RAW",
  "CAP_IPC_LOCK",
  "CAP_IPC_OWNER",
  "CAP_SYS_MODULE",
  "CAP_SYS_RAWIO",
  "CAP_SYS_CHROOT",
  "CAP_SYS_PTRACE",
  "CAP_SYS_PACCT",
  "CAP_SYS_ADMIN",
  "CAP_SYS_BOOT",
  "CAP_SYS_NICE",
  "CAP_SYS_RESOURCE",
  "CAP_SYS_TIME",
  "CAP_SYS_TTY_CONFIG",
  "CAP_MKNOD",
  "CAP_LEASE",
  "CAP_AUDIT_WRITE",
  "CAP_AUDIT_CONTROL",
  "CAP_SETFCAP",
  "CAP_MAC_OVERRIDE",
  "CAP_MAC_ADMIN",
  "CAP_SYSLOG",
  "CAP_WAKE_ALARM",
  "CAP_BLOCK_SUSPEND",
  "CAP_AUDIT_READ",
  "CAP_PERFMON",
  "CAP_BPF",
  "CAP_CHECKPOINT_RESTORE",
];

/** Sets of capabilities as bit masks. */
export interface CapabilitySets {
  readonly bounding: bigint;
  readonly effective: bigint;
  readonly inheritable: bigint;
  readonly permitted: bigint;
  readonly ambient: bigint;
}

/** Those of these names that stand for no capability, or for one that may not be granted. Each is told once. */
export function ignoredCapabilities(capabilities: Capabilities | undefined, grantable: bigint): string[] {
  const names = new Set(Object.values(capabilities ?? {}).flat());
  return [...names].filter((name) => (maskOf(name) & grantable) === 0n);
}

/** @returns 0 if the name is not known */
function maskOf(name: string): bigint {
  const number = CAPABILITIES.indexOf(name.toUpperCase());
  return number < 0 ? 0n : 1n << BigInt(number);
}

/**
 * Names to bit masks. A name that is not known, or that this process may not grant, is left out: the specification
 * wants a warning, not an error.
 *
 * @param grantable what may be granted at most (the host process's bounding set)
 */
export function capabilitySets(capabilities: Capabilities | undefined, grantable: bigint): CapabilitySets {
  const mask = (names: readonly string[] = []): bigint => {
    let bits = 0n;
    for (const name of names) bits |= maskOf(name);
    return bits & grantable;
  };
  return {
    bounding: mask(capabilities?.bounding),
    effective: mask(capabilities?.effective),
    inheritable: mask(capabilities?.inheritable),
    permitted: mask(capabilities?.permitted),
    ambient: mask(capabilities?.ambient),
  };
}

/** The same, with CAP_SYS_ADMIN effective for as long as the program still needs it; nothing ambient yet. */
export function withSysAdmin(sets: CapabilitySets): CapabilitySets {
  const admin = 1n << BigInt(CAPABILITIES.indexOf("CAP_SYS_ADMIN"));
  return { ...sets, effective: sets.effective | admin, permitted: sets.permitted | admin, ambient: 0n };
}

/** Take everything out of the bounding set that is not in `bounding`. Needs CAP_SETPCAP, so it comes first. */
export function dropBounding(p: ProgramBuilder, { bounding }: CapabilitySets): void {
  const dropped: number[] = [];
  for (let number = 0; number < CAPABILITIES.length; number++) {
    if ((bounding & (1n << BigInt(number))) === 0n) dropped.push(number);
  }
  p.forEach(dropped, (number) => {
    // EINVAL: the kernel is older than the capability.
    p.call("prctl", [PR_CAPBSET_DROP, number, 0, 0, 0], { ignore: [EINVAL] });
  });
}

/** Set the other four sets, once the user is the container's. @see capset(2), PR_CAP_AMBIENT in prctl(2) */
export function setCapabilities(p: ProgramBuilder, sets: CapabilitySets): void {
  const half = (set: bigint, which: 0 | 1): number => Number((set >> BigInt(which * 32)) & 0xffff_ffffn);
  const header = p.words([_LINUX_CAPABILITY_VERSION_3, 0]);
  const data = p.words([
    half(sets.effective, 0),
    half(sets.permitted, 0),
    half(sets.inheritable, 0),
    half(sets.effective, 1),
    half(sets.permitted, 1),
    half(sets.inheritable, 1),
  ]);
  p.call("capset", [header, data]);
  p.call("prctl", [PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0]);
  for (let number = 0; number < CAPABILITIES.length; number++) {
    if ((sets.ambient & (1n << BigInt(number))) !== 0n) {
      p.call("prctl", [PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0], { ignore: [EPERM] });
    }
  }
}
