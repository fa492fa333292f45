import { join } from "../libc/paths.ts";
import type { CgroupState } from "./state.ts";

/**
 * How a process gets into the container's cgroups without the kernel's lock on all of them, which may cost 20 ms: its
 * only thread moves itself on v1, and on v2 it is born there.
 *
 * @see cgroup_attach_lock() in the kernel: what concerns one thread does without; CLONE_INTO_CGROUP in clone(2)
 */
export interface CgroupJoin {
  /** The `tasks` files of the v1 hierarchies. */
  readonly tasks: readonly string[];
  /** The directory in the v2 hierarchy. */
  readonly unified: string | undefined;
  /** Where it goes instead if no process may be in that any more, since it hands controllers to cgroups below it. */
  readonly instead?: string;
}

/** What is left to do for a process that systemd has put into a scope: the hierarchies that it does not know. */
export function joinFromScope({ version, v1 }: CgroupState): CgroupJoin {
  return { tasks: version === 1 ? v1.map(({ directory }) => `${directory}/tasks`) : [], unified: undefined };
}

/** The container's own cgroups, or, in some hierarchies, one below. @param below paths below, by the cgroup's directory */
export function joinOf({ v1, v2 }: CgroupState, below: ReadonlyMap<string, string> = new Map()): CgroupJoin {
  const directoryOf = (directory: string): string => join(directory, below.get(directory) ?? "");
  return {
    tasks: v1.map(({ directory }) => `${directoryOf(directory)}/tasks`),
    unified: v2 && directoryOf(v2.directory),
  };
}
