import { debugLog } from "../debug_log.ts";
import type { CpuResources, MemoryResources, Resources } from "../spec/types.ts";
import { directoryFor, limitSettings, updateResources } from "./cgroup.ts";
import type { CgroupState } from "./state.ts";
import { readCgroupFile, type Setting, writeCgroupFile } from "./write.ts";

/**
 * Change limits of a container. If one cannot be written, those written before it are put back.
 *
 * @param given the new ones; what is not there stays as it is, and so do device rules
 * @param before those that were in force until now
 * @returns those that are in force from now on
 * @throws Failure that names the entry
 */
export function changeResources(state: CgroupState, given: Resources, before: Resources): Resources {
  const resources = state.version === 2 ? completed(given, before) : given;
  const settings = limitSettings(state, resources).flat();
  for (const { file, value } of settings) debugLog("update", () => `${file}: ${value}`);
  const putBack = remember(state, settings);
  try {
    updateResources(state, resources);
  } catch (failure) {
    putBack();
    throw failure;
  }
  return merged(before, given);
}

/** On v2 some limits share a file, or are counted from each other: what one of them was is needed for the other. */
export function completed(given: Resources, before: Resources): Resources {
  const { cpu, memory } = given;
  return {
    ...given,
    ...(cpu !== undefined && { cpu: completedCpu(cpu, before.cpu) }),
    ...(memory !== undefined && { memory: completedMemory(memory, before.memory) }),
  };
}

function completedCpu(cpu: CpuResources, { quota, period, idle }: CpuResources = {}): CpuResources {
  return {
    ...(cpu.period !== undefined && quota !== undefined && { quota }),
    ...(cpu.quota !== undefined && period !== undefined && { period }),
    ...(cpu.shares !== undefined && idle !== undefined && { idle }),
    ...cpu,
  };
}

function completedMemory(memory: MemoryResources, { limit, swap }: MemoryResources = {}): MemoryResources {
  return {
    ...(memory.swap !== undefined && limit !== undefined && { limit }),
    // Without a limit of memory there is none of swap, unless one is given.
    ...(memory.limit !== undefined && memory.limit !== -1 && swap !== undefined && { swap }),
    ...memory,
  };
}

/** Limits, with later ones in the place of earlier ones. */
export function merged(before: Resources, given: Resources): Resources {
  const both = <Key extends Exclude<keyof Resources, "devices" | "hugepageLimits">>(key: Key): object =>
    given[key] === undefined ? {} : { [key]: { ...before[key], ...given[key] } };
  const { hugepageLimits } = given;
  const kept = (before.hugepageLimits ?? []).filter(
    ({ pageSize }) => !hugepageLimits?.some((limit) => limit.pageSize === pageSize),
  );
  return {
    ...before,
    ...both("memory"),
    ...both("cpu"),
    ...both("pids"),
    ...both("blockIO"),
    ...both("network"),
    ...both("rdma"),
    ...both("unified"),
    ...(hugepageLimits !== undefined && { hugepageLimits: [...kept, ...hugepageLimits] }),
  };
}

/** Note what the files hold. @returns what writes it again, as far as the kernel takes it */
function remember(state: CgroupState, settings: readonly Setting[]): () => void {
  const contents = new Map<string, string>();
  for (const setting of settings) {
    for (const { file } of setting.otherwise === undefined ? [setting] : [setting, setting.otherwise]) {
      if (file.includes("/")) continue;
      const path = `${directoryFor(state, setting)}/${file}`;
      const content = readCgroupFile(path);
      if (content !== undefined) contents.set(path, content);
    }
  }
  return () => {
    // Twice, since one value may be invalid only as long as another has not been put back.
    for (const files of [[...contents].toReversed(), [...contents]]) {
      for (const [path, content] of files) writeLines(path, content);
    }
  };
}

/** Files with a line for each device take one line at a time. */
function writeLines(path: string, content: string): void {
  for (const line of content.split("\n")) {
    try {
      writeCgroupFile(path, line);
    } catch {
      // What made it fail is told already.
    }
  }
}
