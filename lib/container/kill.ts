import { thawKilled } from "../cgroup/freezer.ts";
import { signalProcesses } from "../cgroup/processes.ts";
import { debugLog } from "../debug_log.ts";
import { Failure } from "../failure.ts";
import { processIdentity } from "./process_identity.ts";
import { hasCgroup, processesWithoutCgroup } from "./ps.ts";
import { signalProcess } from "./signal.ts";
import { type ContainerState, loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

const SIGKILL = 9;
const ESRCH = 3;

/**
 * Signal a container's first process. SIGKILL reaches every process of a container that has no pid namespace of its
 * own, and a paused one too, since nothing else ends them.
 *
 * @param signal its number
 * @param options all: every process of the container's cgroup; a stopped container is no error then
 * @throws Failure
 * @see runtime.md, "Kill"
 */
export function killContainer(root: string, id: string, signal: number, options: { all: boolean }): void {
  const state = loadState(root, id);
  const status = containerStatus(root, state);
  if (options.all || (signal === SIGKILL && state.sharesPidNamespace)) {
    if (status === "stopped" && !options.all) throw notRunning();
    debugLog("kill", () => `signal ${signal} to every process of ${id}`);
    if (hasCgroup(state)) signalProcesses(state.cgroup, signal);
    else signalWithoutCgroup(state, signal);
    return;
  }
  if (status === "stopped" || status === "creating") throw notRunning();
  debugLog("kill", () => `signal ${signal} to process ${state.pid} of ${id}, which is ${status}`);
  const result = signalProcess(state.pid, state.startTime, signal);
  if (result === -ESRCH) throw notRunning();
  if (result < 0)
    throw new Failure(`cannot signal process ${state.pid}`, { errno: -result, call: "pidfd_send_signal" });
  if (signal === SIGKILL && status === "paused") thawKilled(state.cgroup);
}

function signalWithoutCgroup(state: ContainerState, signal: number): void {
  for (const pid of processesWithoutCgroup(state)) {
    const identity = processIdentity(pid);
    if (identity !== undefined) signalProcess(pid, identity.startTime, signal);
  }
}

function notRunning(): Failure {
  return new Failure("container not running", { code: "container.wrong_status" });
}
