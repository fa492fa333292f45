import type { CgroupJoin } from "../cgroup/join.ts";
import type { ProgramBuilder } from "../program/builder.ts";
import { AT_FDCWD, CLONE_NEWCGROUP, O_CLOEXEC, O_DIRECTORY, O_PATH, O_WRONLY } from "../program/constants.ts";
import type { Register } from "../program/instruction.ts";

/** The container's cgroups, open. */
export interface OpenCgroups {
  /** The v1 `tasks` files. */
  readonly tasks: readonly Register[];
  /** The v2 directory, into which the process is born. */
  readonly unified: Register | undefined;
  /** Another one, if that takes no processes. */
  readonly instead: Register | undefined;
}

/** Open the container's cgroups, while the process still has the rights to. */
export function openCgroups(p: ProgramBuilder, { tasks, unified, instead }: CgroupJoin): OpenCgroups {
  const openDirectory = (path: string | undefined): Register | undefined => {
    if (path === undefined) return undefined;
    return p.open("openat", [AT_FDCWD, p.text(path), O_PATH | O_CLOEXEC | O_DIRECTORY[p.architecture], 0]);
  };
  return p.at("/linux/cgroupsPath", () => ({
    tasks: tasks.map((file) => p.open("openat", [AT_FDCWD, p.text(file), O_WRONLY | O_CLOEXEC, 0])),
    unified: openDirectory(unified),
    instead: openDirectory(instead),
  }));
}

/**
 * Move this process, whose only thread it is, into the v1 cgroups. It is the container's process that moves itself, so
 * that nothing else is ever counted against its limits.
 *
 * @see Documentation/admin-guide/cgroup-v1/cgroups.rst: "0" stands for the writing thread
 */
export function enterCgroups(p: ProgramBuilder, { tasks, unified, instead }: OpenCgroups): void {
  p.at("/linux/cgroupsPath", () => {
    for (const file of tasks) {
      p.call("write", [file, p.text("0"), 1]);
      p.close(file);
    }
    for (const directory of [unified, instead]) if (directory !== undefined) p.close(directory);
  });
}

/** Make the cgroup namespace, whose root the cgroups become that the process is in. @see cgroup_namespaces(7) */
export function makeCgroupNamespace(p: ProgramBuilder): void {
  p.at("/linux/namespaces", () => p.call("unshare", [CLONE_NEWCGROUP]));
}
