import { Failure } from "../failure.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import type { Data } from "../program/instruction.ts";
import type {
  IoPriority,
  IoPriorityClass,
  MemoryPolicy,
  MemoryPolicyFlag,
  MemoryPolicyMode,
  Personality,
  Scheduler,
  SchedulerFlag,
  SchedulerPolicy,
} from "../spec/types.ts";

/** linux/sched.h */
const POLICIES: Readonly<Record<SchedulerPolicy, number>> = {
  SCHED_OTHER: 0,
  SCHED_FIFO: 1,
  SCHED_RR: 2,
  SCHED_BATCH: 3,
  SCHED_ISO: 4,
  SCHED_IDLE: 5,
  SCHED_DEADLINE: 6,
};

const SCHEDULER_FLAGS: Readonly<Record<SchedulerFlag, number>> = {
  SCHED_FLAG_RESET_ON_FORK: 0x01,
  SCHED_FLAG_RECLAIM: 0x02,
  SCHED_FLAG_DL_OVERRUN: 0x04,
  SCHED_FLAG_KEEP_POLICY: 0x08,
  SCHED_FLAG_KEEP_PARAMS: 0x10,
  SCHED_FLAG_UTIL_CLAMP_MIN: 0x20,
  SCHED_FLAG_UTIL_CLAMP_MAX: 0x40,
};

/** sizeof(struct sched_attr) with the utilization clamps. */
const SCHED_ATTR_SIZE = 56;

/** @see config.md, scheduler; sched_setattr(2) */
export function setScheduler(p: ProgramBuilder, scheduler: Scheduler): void {
  const { policy, nice = 0, priority = 0, flags = [], runtime = 0, deadline = 0, period = 0 } = scheduler;
  const attr = Buffer.alloc(SCHED_ATTR_SIZE);
  attr.writeUInt32LE(SCHED_ATTR_SIZE, 0);
  attr.writeUInt32LE(POLICIES[policy], 4);
  attr.writeBigUInt64LE(BigInt(flags.reduce((bits, flag) => bits | SCHEDULER_FLAGS[flag], 0)), 8);
  attr.writeInt32LE(nice, 16);
  attr.writeUInt32LE(priority, 20);
  attr.writeBigUInt64LE(BigInt(runtime), 24);
  attr.writeBigUInt64LE(BigInt(deadline), 32);
  attr.writeBigUInt64LE(BigInt(period), 40);
  p.call("sched_setattr", [0, p.bytes(attr), 0]);
}

/** linux/ioprio.h */
const IO_CLASSES: Readonly<Record<IoPriorityClass, number>> = {
  IOPRIO_CLASS_RT: 1,
  IOPRIO_CLASS_BE: 2,
  IOPRIO_CLASS_IDLE: 3,
};
const IOPRIO_CLASS_SHIFT = 13;
const IOPRIO_WHO_PROCESS = 1;

/** @see config.md, ioPriority; ioprio_set(2) */
export function setIoPriority(p: ProgramBuilder, { class: ioClass, priority = 0 }: IoPriority): void {
  p.call("ioprio_set", [IOPRIO_WHO_PROCESS, 0, (IO_CLASSES[ioClass] << IOPRIO_CLASS_SHIFT) | priority]);
}

/** linux/personality.h */
const PER_LINUX = 0;
const PER_LINUX32 = 8;

/** @see config-linux.md, "Personality"; personality(2) */
export function setPersonality(p: ProgramBuilder, { domain }: Personality): void {
  p.call("personality", [domain === "LINUX32" ? PER_LINUX32 : PER_LINUX]);
}

/** linux/mempolicy.h */
const MEMORY_MODES: Readonly<Record<MemoryPolicyMode, number>> = {
  MPOL_DEFAULT: 0,
  MPOL_PREFERRED: 1,
  MPOL_BIND: 2,
  MPOL_INTERLEAVE: 3,
  MPOL_LOCAL: 4,
  MPOL_PREFERRED_MANY: 5,
  MPOL_WEIGHTED_INTERLEAVE: 6,
};

const MEMORY_FLAGS: Readonly<Record<MemoryPolicyFlag, number>> = {
  MPOL_F_STATIC_NODES: 1 << 15,
  MPOL_F_RELATIVE_NODES: 1 << 14,
  MPOL_F_NUMA_BALANCING: 1 << 13,
};

/** The modes and flags by their names in config.json. */
export const MEMORY_POLICY_MODES = Object.keys(MEMORY_MODES) as MemoryPolicyMode[];
export const MEMORY_POLICY_FLAGS = Object.keys(MEMORY_FLAGS) as MemoryPolicyFlag[];

/** @see config-linux.md, "Memory policy"; set_mempolicy(2) */
export function setMemoryPolicy(p: ProgramBuilder, { mode = "MPOL_DEFAULT", nodes, flags = [] }: MemoryPolicy): void {
  const bits = flags.reduce((sum, flag) => sum | MEMORY_FLAGS[flag], MEMORY_MODES[mode]);
  if (!nodes) p.call("set_mempolicy", [bits, 0, 0]);
  else {
    const { mask, bitCount } = bitMask(p, nodes, "/linux/memoryPolicy/nodes");
    // The kernel takes one bit less than it is told.
    p.call("set_mempolicy", [bits, mask, bitCount + 1]);
  }
}

/** Run on these processors only, a list such as `0-3,7`. @see config.md, execCPUAffinity; sched_setaffinity(2) */
export function setAffinity(p: ProgramBuilder, processors: string, pointer: string): void {
  const { mask, bitCount } = bitMask(p, processors, pointer);
  p.call("sched_setaffinity", [0, bitCount / 8, mask]);
}

const WORD_BITS = 64;
const MOST_BITS = 8192;

/** A list of numbers and ranges as a bit mask of whole words. @throws Failure if it is no such list */
function bitMask(p: ProgramBuilder, list: string, pointer: string): { mask: Data; bitCount: number } {
  const words: bigint[] = [];
  for (const part of list.split(",")) {
    const match = /^\s*(\d+)(?:-(\d+))?\s*$/.exec(part);
    const first = Number(match?.[1] ?? -1);
    const last = Number(match?.[2] ?? first);
    if (first < 0 || last < first || last >= MOST_BITS) {
      throw new Failure(`${pointer}: ${JSON.stringify(list)} is no list of numbers and ranges`, {
        code: "config.invalid",
        pointer,
      });
    }
    while (words.length <= last / WORD_BITS) words.push(0n);
    for (let bit = first; bit <= last; bit++) {
      const word = Math.floor(bit / WORD_BITS);
      words[word] = (words[word] ?? 0n) | (1n << BigInt(bit % WORD_BITS));
    }
  }
  return { mask: p.longs(words), bitCount: words.length * WORD_BITS };
}
