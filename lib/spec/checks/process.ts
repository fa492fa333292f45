/** Checks of `process`: of the container's own, and of one that exec adds. */

import { unexpected } from "../problem.ts";
import type { Config } from "../types.ts";
import type { Report } from "./check.ts";

/** There is a command to run. @see config.md, "Process" */
export function checkArgs(config: Config, report: Report): void {
  if (config.process === undefined || config.process.args?.length) return;
  report(unexpected("/process/args", "at least the command to run", config.process.args));
}

export function checkCwd(config: Config, report: Report): void {
  const cwd = config.process?.cwd;
  if (cwd !== undefined && !cwd.startsWith("/")) report(unexpected("/process/cwd", "an absolute path", cwd));
}

export function checkEnv(config: Config, report: Report): void {
  checkEnvironment(config.process?.env, "/process/env", report);
}

/** Each entry of an environment has a name and a value. */
export function checkEnvironment(env: readonly string[] | undefined, pointer: string, report: Report): void {
  if (env === undefined) return;
  for (let i = 0; i < env.length; i++) {
    if (env[i]!.indexOf("=") <= 0) report(unexpected(`${pointer}/${i}`, "NAME=value", env[i]));
  }
}

/** What setrlimit(2) knows. */
const rlimitTypes = [
  "RLIMIT_AS",
  "RLIMIT_CORE",
  "RLIMIT_CPU",
  "RLIMIT_DATA",
  "RLIMIT_FSIZE",
  "RLIMIT_LOCKS",
  "RLIMIT_MEMLOCK",
  "RLIMIT_MSGQUEUE",
  "RLIMIT_NICE",
  "RLIMIT_NOFILE",
  "RLIMIT_NPROC",
  "RLIMIT_RSS",
  "RLIMIT_RTPRIO",
  "RLIMIT_RTTIME",
  "RLIMIT_SIGPENDING",
  "RLIMIT_STACK",
];

export function checkRlimits(config: Config, report: Report): void {
  const seen: string[] = [];
  config.process?.rlimits?.forEach(({ type, soft, hard }, i) => {
    const pointer = `/process/rlimits/${i}`;
    if (!rlimitTypes.includes(type)) report(unexpected(`${pointer}/type`, `one of ${rlimitTypes.join(", ")}`, type));
    if (seen.includes(type)) report({ pointer: `${pointer}/type`, message: `${type} is limited twice` });
    if (soft > hard) {
      report({ pointer: `${pointer}/soft`, message: `the soft limit ${soft} is above the hard limit ${hard}` });
    }
    seen.push(type);
  });
}

/** The range that the kernel takes for oom_score_adj. */
export function checkOomScoreAdj(config: Config, report: Report): void {
  const value = config.process?.oomScoreAdj;
  if (value !== undefined && !(value >= -1000 && value <= 1000)) {
    report(unexpected("/process/oomScoreAdj", "a whole number from -1000 to 1000", value));
  }
}

/** A terminal's size is two 16-bit numbers (struct winsize). */
export function checkConsoleSize(config: Config, report: Report): void {
  const size = config.process?.consoleSize;
  if (size === undefined || config.process?.terminal !== true) return;
  if (size.height > 0xffff) report(unexpected("/process/consoleSize/height", "at most 65535", size.height));
  if (size.width > 0xffff) report(unexpected("/process/consoleSize/width", "at most 65535", size.width));
}

/** Each policy has its own parameters. @see sched(7) */
export function checkScheduler(config: Config, report: Report): void {
  const scheduler = config.process?.scheduler;
  if (scheduler === undefined) return;
  const { policy, nice, priority } = scheduler;
  if (nice !== undefined && (nice < -20 || nice > 19)) {
    report(unexpected("/process/scheduler/nice", "a whole number from -20 to 19", nice));
  }
  if (priority && policy !== "SCHED_FIFO" && policy !== "SCHED_RR") {
    const message = `a priority is for SCHED_FIFO and SCHED_RR only, the policy is ${policy}`;
    report({ pointer: "/process/scheduler/priority", message });
  }
  for (const key of ["runtime", "deadline", "period"] as const) {
    if (scheduler[key] && policy !== "SCHED_DEADLINE") {
      const message = `a ${key} is for SCHED_DEADLINE only, the policy is ${policy}`;
      report({ pointer: `/process/scheduler/${key}`, message });
    }
  }
}

export function checkIoPriority(config: Config, report: Report): void {
  const priority = config.process?.ioPriority?.priority;
  if (priority !== undefined && (priority < 0 || priority > 7)) {
    report(unexpected("/process/ioPriority/priority", "a whole number from 0 to 7", priority));
  }
}
