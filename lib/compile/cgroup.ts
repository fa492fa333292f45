import type { ProgramBuilder } from "../program/builder.ts";
import { AT_FDCWD, CLONE_NEWCGROUP, O_CLOEXEC, O_WRONLY } from "../program/constants.ts";
import type { Register } from "../program/instruction.ts";

/**
 * Open the `cgroup.procs` files of the container's cgroups, while the process still has the rights to.
 *
 * @param files one in each hierarchy, absolute paths on the host
 */
export function openCgroups(p: ProgramBuilder, files: readonly string[]): Register[] {
  return files.map((file) =>
    p.at("/linux/cgroupsPath", () => p.open("openat", [AT_FDCWD, p.text(file), O_WRONLY | O_CLOEXEC, 0])),
  );
}

/**
 * Move this process into the cgroups. It is the container's first process that moves itself, so that nothing else is ever counted against its limits.
 *
 * @see cgroups(7): "0" stands for the writing process; cgroup_namespaces(7)
 */
export function enterCgroups(p: ProgramBuilder, procs: readonly Register[]): void {
  p.at("/linux/cgroupsPath", () => {
    for (const file of procs) {
      p.call("write", [file, p.text("0"), 1]);
      p.close(file);
    }
  });
}

/** Make the cgroup namespace, whose root the cgroups become that the process is in. */
export function makeCgroupNamespace(p: ProgramBuilder): void {
  p.at("/linux/namespaces", () => p.call("unshare", [CLONE_NEWCGROUP]));
}
