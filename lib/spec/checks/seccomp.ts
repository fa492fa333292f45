/** Checks of `linux.seccomp`. */

import { unexpected } from "../problem.ts";
import type { Config, SeccompAction } from "../types.ts";
import type { Report } from "./check.ts";

/** Whether an action returns an errno (or, for a tracer, a number in its place). */
function takesErrno(action: SeccompAction): boolean {
  return action === "SCMP_ACT_ERRNO" || action === "SCMP_ACT_TRACE";
}

/** The most that the low half of a filter's return value holds (SECCOMP_RET_DATA). */
const maxErrno = 0xffff;

/** An errno is for an action that returns one. @see config-linux.md, "Seccomp" */
export function checkSeccompErrno(config: Config, report: Report): void {
  const seccomp = config.linux?.seccomp;
  if (seccomp === undefined) return;
  const check = (pointer: string, action: SeccompAction, errno: number | undefined): void => {
    if (errno === undefined) return;
    if (!takesErrno(action)) report({ pointer, message: `${action} does not return an errno` });
    else if (errno > maxErrno) report(unexpected(pointer, `at most ${maxErrno}`, errno));
  };
  check("/linux/seccomp/defaultErrnoRet", seccomp.defaultAction, seccomp.defaultErrnoRet);
  const rules = seccomp.syscalls ?? [];
  for (let i = 0; i < rules.length; i++) {
    const { action, errnoRet } = rules[i]!;
    if (errnoRet !== undefined) check(`/linux/seccomp/syscalls/${i}/errnoRet`, action, errnoRet);
  }
}

/** System calls have six arguments, and each condition is on one of them. */
export function checkSeccompArgs(config: Config, report: Report): void {
  const rules = config.linux?.seccomp?.syscalls ?? [];
  for (let i = 0; i < rules.length; i++) {
    const args = rules[i]!.args ?? [];
    for (let j = 0; j < args.length; j++) {
      const { index } = args[j]!;
      if (index <= 5) continue;
      report(unexpected(`/linux/seccomp/syscalls/${i}/args/${j}/index`, "an argument from 0 to 5", index));
    }
  }
}

/** What asks a listener needs one, and must not ask it before it can hear. @see config-linux.md, "Seccomp"; runc */
export function checkSeccompNotify(config: Config, report: Report): void {
  const seccomp = config.linux?.seccomp;
  if (seccomp === undefined) return;
  if (seccomp.listenerMetadata && !seccomp.listenerPath) {
    report({ pointer: "/linux/seccomp/listenerMetadata", message: "listenerMetadata needs listenerPath" });
  }
  if (seccomp.defaultAction === "SCMP_ACT_NOTIFY") {
    const message = "SCMP_ACT_NOTIFY cannot be the default action: the process would wait before the listener listens";
    report({ pointer: "/linux/seccomp/defaultAction", message });
  }
  const rules = seccomp.syscalls ?? [];
  let asks = false;
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!;
    if (rule.action !== "SCMP_ACT_NOTIFY") continue;
    asks = true;
    const pointer = `/linux/seccomp/syscalls/${i}`;
    if (!seccomp.listenerPath) {
      report({ pointer: `${pointer}/action`, message: "SCMP_ACT_NOTIFY needs linux.seccomp.listenerPath" });
    }
    const write = rule.names.indexOf("write");
    if (write !== -1) {
      const message = "SCMP_ACT_NOTIFY cannot be for write: the process would wait before the listener listens";
      report({ pointer: `${pointer}/names/${write}`, message });
    }
  }
  const killable = seccomp.flags?.indexOf("SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV") ?? -1;
  if (killable !== -1 && !asks) {
    const message =
      "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is for those who wait for a listener, and no rule has SCMP_ACT_NOTIFY";
    report({ pointer: `/linux/seccomp/flags/${killable}`, message });
  }
}
