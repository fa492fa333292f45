import type { ProgramBuilder } from "../program/builder.ts";
import { O_CLOEXEC, O_DIRECTORY, O_RDONLY } from "../program/constants.ts";
import { ENOENT, EOPNOTSUPP } from "../program/errno.ts";
import type { Register } from "../program/instruction.ts";
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

/** Give keys that are made from here on the process's SELinux label, so that it may use them; it ends with execve(2). */
export function labelKeys(p: ProgramBuilder, proc: ProcFd, process: Process | undefined): void {
  const label = process?.selinuxLabel;
  if (label) p.at("/process/selinuxLabel", () => proc.write("thread-self/attr/keycreate", label));
}

/** What a new file system is given for this SELinux label. @see mount(8), "context" */
export const labelParameters = (label: string | undefined): string[] =>
  label === undefined ? [] : [`context=${label}`];

/** Label the root of a mount whose file system does not take a label when it is made, as that of message queues. */
export function labelMount(p: ProgramBuilder, mount: Register, label: string): void {
  const flags = O_RDONLY | O_CLOEXEC | O_DIRECTORY[p.architecture];
  const root = p.open("openat", [mount, p.text("."), flags, 0]);
  const value = p.text(label);
  p.call("fsetxattr", [root, p.text("security.selinux"), value, Buffer.byteLength(label), 0], {
    ignore: [EOPNOTSUPP],
  });
  p.close(root);
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
