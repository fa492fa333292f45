import { Failure } from "../failure.ts";
import { existsSync, readFileSync } from "../libc/files.ts";
import type { Process } from "../spec/types.ts";

/**
 * Check that the security modules that a process asks for are on, and that of a label for mounts.
 *
 * @throws Failure that names the entry
 */
export function checkLsm(process: Process | undefined, mountLabel?: string): void {
  const refuse = (pointer: string, what: string): never => {
    throw new Failure(`${pointer}: ${what} is not enabled on this machine`, { code: "config.unsupported", pointer });
  };
  if (process?.apparmorProfile && !appArmorEnabled()) refuse("/process/apparmorProfile", "AppArmor");
  if (process?.selinuxLabel && !selinuxEnabled()) refuse("/process/selinuxLabel", "SELinux");
  if (mountLabel && !selinuxEnabled()) refuse("/linux/mountLabel", "SELinux");
}

function appArmorEnabled(): boolean {
  try {
    return readFileSync("/sys/module/apparmor/parameters/enabled", "latin1").startsWith("Y");
  } catch {
    return false;
  }
}

function selinuxEnabled(): boolean {
  return existsSync("/sys/fs/selinux/enforce");
}
