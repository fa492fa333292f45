import type { ProgramBuilder } from "../program/builder.ts";
import { PR_SET_NO_NEW_PRIVS } from "../program/constants.ts";
import type { Linux, Process } from "../spec/types.ts";
import { capabilitySets, dropBounding, setCapabilities, withSysAdmin } from "./capabilities.ts";
import { closeOnExec } from "./descriptors.ts";
import { processEnvironment } from "./environment.ts";
import { findExecutable } from "./executable.ts";
import type { ListenerRelay } from "./listener_relay.ts";
import {
  becomeUser,
  enterDirectory,
  giveStandardStreams,
  SELF,
  type Setgroups,
  setRlimits,
  userIds,
} from "./process.ts";
import { setIoPriority, setMemoryPolicy, setPersonality, setScheduler } from "./scheduling.ts";
import { applySeccomp, type SeccompFilter } from "./seccomp.ts";

/** What a process needs to be executed, once it is in the container. */
export interface ExecutionInput {
  readonly process: Process;
  /** Of the container's config: personality and memory policy hold for all of its processes. */
  readonly linux: Linux;
  readonly seccomp: SeccompFilter | undefined;
  /** Of a filter that asks a listener. */
  readonly relay: ListenerRelay | undefined;
  /** The home directory of the process's user. */
  readonly home: string;
  /** Whether supplementary groups may be set. */
  readonly setgroups: Setgroups;
  /** In a user namespace limits are set from outside. */
  readonly inUserNamespace: boolean;
  /** The bounding set of the process that starts it. */
  readonly grantable: bigint;
  readonly preservedDescriptors: number;
  /** Whether a missing working directory is made. */
  readonly makeDirectory: boolean;
}

/**
 * All that is about the process itself: limits, user, capabilities, working directory, executable.
 *
 * @returns what executes it; until then it may wait to be started
 */
export function prepareExecution(
  p: ProgramBuilder,
  input: ExecutionInput,
): (runStartHooks: (env: string[]) => void) => void {
  const { process, seccomp, relay } = input;
  const sets = capabilitySets(process.capabilities, input.grantable);
  const user = userIds(process);
  const env = processEnvironment(process.env ?? [], input.home);
  if (!input.inUserNamespace) setRlimits(p, process.rlimits ?? [], SELF);
  if (process.noNewPrivileges) {
    p.at("/process/noNewPrivileges", () => p.call("prctl", [PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0]));
  }
  const { scheduler, ioPriority } = process;
  const { personality, memoryPolicy } = input.linux;
  if (scheduler !== undefined) p.at("/process/scheduler", () => setScheduler(p, scheduler));
  if (ioPriority !== undefined) p.at("/process/ioPriority", () => setIoPriority(p, ioPriority));
  if (personality !== undefined) p.at("/linux/personality", () => setPersonality(p, personality));
  if (memoryPolicy !== undefined) p.at("/linux/memoryPolicy", () => setMemoryPolicy(p, memoryPolicy));
  if (user.uid !== 0) giveStandardStreams(p, user);
  p.at("/process/capabilities/bounding", () => dropBounding(p, sets));
  const enterAsUser = p.at("/process/cwd", () => enterDirectory(p, process.cwd, input.makeDirectory));
  becomeUser(p, user, input.setgroups);
  // Without no_new_privs only CAP_SYS_ADMIN may set a filter, and the filter comes last: until then it is kept.
  const keepsAdmin = seccomp !== undefined && !process.noNewPrivileges;
  p.at("/process/capabilities", () => setCapabilities(p, keepsAdmin ? withSysAdmin(sets) : sets));
  p.at("/process/cwd", enterAsUser);
  p.at("/process/user/umask", () => p.call("umask", [user.umask]));
  const args = process.args ?? [];
  const path = p.at("/process/args/0", () => findExecutable(p, args[0] ?? "", env));
  const filterCalls = (): void => {
    if (seccomp !== undefined) p.at("/linux/seccomp", () => applySeccomp(p, seccomp, relay));
    if (keepsAdmin) p.at("/process/capabilities", () => setCapabilities(p, sets));
  };
  // Whoever creates the container passes the listener on, so that comes before the process waits to be started.
  if (relay !== undefined) filterCalls();
  return (runStartHooks) => {
    runStartHooks(env);
    p.at("default/descriptors", () => closeOnExec(p, input.preservedDescriptors));
    if (relay === undefined) filterCalls();
    p.at("/process/args", () => {
      p.call("execve", [path, p.textArray(args), p.textArray(env)], {
        failure: `exec ${JSON.stringify(args[0] ?? "")}`,
      });
      p.exit(1);
    });
  };
}
