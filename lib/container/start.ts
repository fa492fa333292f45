import { START_SOCKET } from "../compile/start_socket.ts";
import { debugLog } from "../debug_log.ts";
import { nextMessage } from "../executor/report.ts";
import { Failure } from "../failure.ts";
import { closeSync, rmSync } from "../libc/files.ts";
import { connectUnix, SOCK_SEQPACKET } from "../libc/socket.ts";
import { describeErrno, ECONNREFUSED, ENOENT } from "../program/errno.ts";
import { Report } from "../program/instruction.ts";
import { deleteContainer, destroy } from "./delete.ts";
import { failureAt, failureOfHook } from "./failure_of_program.ts";
import { withLock } from "./lock.ts";
import { isAlive, processIdentity } from "./process_identity.ts";
import { waitUntilGone } from "./signal.ts";
import { type ContainerState, containerDirectory, loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

/** Milliseconds for the end of a process that could not be executed. */
const END_TIMEOUT = 10_000;

/**
 * Start a created container: its process goes on, and is executed. A failing execve is reported here.
 *
 * @throws Failure
 * @see runtime.md, "Start"
 */
export async function startContainer(root: string, id: string): Promise<void> {
  const { notifies } = loadState(root, id);
  const { NOTIFY_SOCKET: manager } = process.env;
  const connection = connectionOfLauncher();
  const notifying = notifies && manager ? await import("./notify.ts") : undefined;
  let notify: number | undefined;
  const started = await withLock(root, id, async () => {
    const state = loadState(root, id);
    if (connection !== undefined) {
      hearToTheEnd(state, connection);
      return state;
    }
    const status = containerStatus(root, state);
    if (status === "stopped") throw wrongStatus("cannot start a container that has stopped");
    if (status === "paused") throw wrongStatus("cannot start a container in the paused state");
    if (status !== "created") throw wrongStatus("cannot start an already running container");
    notify = notifying?.bindNotifySocket(root, id);
    debugLog("start", () => `process ${state.pid} goes on`);
    releaseProcess(root, state);
    await runPoststartHooks(root, state);
    return state;
  });
  // Not under the lock: it may take long, and the container may be deleted meanwhile.
  if (notify !== undefined && manager) notifying?.relayReadiness(notify, manager, started);
}

/** The launcher has let the process go on, and heard that it could not be executed. */
function connectionOfLauncher(): number | undefined {
  const { TSRUN_START_CONNECTION: connection } = process.env;
  delete process.env.TSRUN_START_CONNECTION;
  return connection === undefined ? undefined : Number(connection);
}

/** @throws Failure with what the process said */
function hearToTheEnd(state: ContainerState, connection: number): void {
  try {
    hearExecution(state, connection);
  } finally {
    closeSync(connection);
  }
}

function releaseProcess(root: string, state: ContainerState): void {
  const directory = containerDirectory(root, state.id);
  // Reached by a short name, since an address has room for 107 bytes only.
  process.chdir(directory);
  const connection = connectUnix(START_SOCKET, SOCK_SEQPACKET);
  if (connection < 0 && connection !== -ECONNREFUSED && connection !== -ENOENT) {
    throw new Failure(`cannot reach the container's process: connect: ${describeErrno(-connection)}`, {
      call: `connect("${START_SOCKET}")`,
      errno: -connection,
    });
  }
  if (connection < 0) {
    // Nobody listens: an earlier start got as far as this, or the process has just ended.
    rmSync(START_SOCKET, { force: true });
    throw wrongStatus(
      isAlive(state.pid, state.startTime) && !processIdentity(state.pid)?.exiting
        ? "cannot start an already running container"
        : "cannot start a container that has stopped",
    );
  }
  if (nextMessage(connection)?.kind !== Report.Started) {
    closeSync(connection);
    throw wrongStatus("cannot start a container that has stopped");
  }
  rmSync(START_SOCKET, { force: true });
  hearToTheEnd(state, connection);
}

/**
 * Wait until the process of `run` is executed; a container whose process cannot be is deleted.
 *
 * @throws Failure
 */
export async function waitUntilExecuted(root: string, state: ContainerState, channel: number): Promise<void> {
  try {
    hearExecution(state, channel);
  } catch (failure) {
    await deleteContainer(root, state.id, { force: true });
    throw failure;
  }
}

/** The process's end of the channel closes with its execution. @throws Failure */
function hearExecution(state: ContainerState, connection: number): void {
  let output = "";
  for (let message = nextMessage(connection); message !== undefined; message = nextMessage(connection)) {
    if (message.kind === Report.Output) output = message.text;
    if (message.kind !== Report.Failed) continue;
    // It ends by itself now: whoever hears of the failure finds the container stopped.
    waitUntilGone(state.pid, state.startTime, END_TIMEOUT);
    throw startFailure(state, message.instruction, message.value, output);
  }
}

/**
 * Run the poststart hooks. If one fails the container is killed and deleted.
 *
 * @throws Failure of the hook
 * @see runtime.md, "Lifecycle", step 9
 */
export async function runPoststartHooks(root: string, state: ContainerState): Promise<void> {
  const { poststart = [] } = state.hooks;
  if (poststart.length === 0) return;
  const { hookFiles, hookState, runHostHooks } = await import("./hooks.ts");
  const stdin = hookState(state, "running", state.pid);
  try {
    runHostHooks("poststart", poststart, state, stdin, hookFiles(root, state.id));
  } catch (failure) {
    await destroy(root, state, true);
    throw failure;
  }
}

/**
 * Tell why the process of `run` could not be executed, and remove the container.
 *
 * @throws Failure always
 */
export async function failStart(root: string, id: string, instruction: number, errno: number): Promise<never> {
  const failure = startFailure(loadState(root, id), instruction, errno);
  await deleteContainer(root, id, { force: true });
  throw failure;
}

function startFailure(state: ContainerState, instruction: number, errno: number, output = ""): Failure {
  const call = state.startCalls[instruction - state.startsAt];
  if (call?.origin.startsWith("/hooks/")) return failureOfHook(call.origin, call.sentence, output, errno);
  return failureAt(call?.origin ?? "default/start", "", call?.sentence, call?.call, errno);
}

function wrongStatus(message: string): Failure {
  return new Failure(message, { code: "container.wrong_status" });
}
