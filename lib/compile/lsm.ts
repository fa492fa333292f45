import type { ProgramBuilder } from "../program/builder.ts";
import { ENOENT } from "../program/errno.ts";
import type { Process } from "../spec/types.ts";
import type { ProcFd } from "./proc_fd.ts";

/**
 * Let the security modules confine the process from its execution on: an AppArmor profile, an SELinux label.
 *
 * @see config.md, apparmorProfile and selinuxLabel; CVE-2019-16884 for why this goes through the private proc handle
 */
export function confineOnExec(p: ProgramBuilder, proc: ProcFd, process: Process): void {
  const { apparmorProfile, selinuxLabel } = process;
  if (apparmorProfile) p.at("/process/apparmorProfile", () => changeProfile(p, proc, apparmorProfile));
  if (selinuxLabel) p.at("/process/selinuxLabel", () => proc.write("thread-self/attr/exec", selinuxLabel));
}

function changeProfile(p: ProgramBuilder, proc: ProcFd, profile: string): void {
  const unknown = p.label();
  const done = p.label();
  proc.write("thread-self/attr/apparmor/exec", `exec ${profile}`, { on: [[ENOENT, unknown]] });
  p.jump(done);
  p.place(unknown);
  p.fail(ENOENT, `the profile ${profile} is not loaded, says /proc/thread-self/attr/apparmor/exec`);
  p.place(done);
}
