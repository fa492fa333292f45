import { isBindMount } from "../compile/devices.ts";
import { compileAddMounts, compileRemoveMounts, type RunningMountsInput } from "../compile/running_mounts.ts";
import { debugLog } from "../debug_log.ts";
import { goOn, nextMessage } from "../executor/report.ts";
import { openChannel, playProgram } from "../executor/spawn.ts";
import { Failure } from "../failure.ts";
import { closeSync } from "../libc/files.ts";
import { resolve } from "../libc/paths.ts";
import { pidfdOpen, waitForExit } from "../libc/process.ts";
import { ARCHITECTURE, systemCall } from "../libc/system_call.ts";
import { F_SETFD } from "../program/constants.ts";
import { type Program, Report } from "../program/instruction.ts";
import { hasNamespace } from "../spec/namespaces.ts";
import type { Config, Mount } from "../spec/types.ts";
import { readConfigCopy, saveConfigCopy } from "./config_copy.ts";
import { failureOfProgram } from "./failure_of_program.ts";
import { isPrivileged } from "./host_facts.ts";
import { followLinks } from "./image_view.ts";
import { withoutMounts } from "./listed_mounts.ts";
import { withLock } from "./lock.ts";
import { isAlive } from "./process_identity.ts";
import { type ContainerState, loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

/**
 * Add mounts to a container that has processes. If one cannot be made, those before it are taken away again. From then on
 * they stand in the container's copy of its config, by which a checkpoint knows them.
 *
 * @param mounts as config.json has them; relative sources of bind mounts start at the bundle
 * @throws Failure
 */
export async function addMounts(root: string, id: string, mounts: readonly Mount[]): Promise<void> {
  await inContainer(root, id, async (state, config) => {
    const absolute = mounts.map((mount) =>
      isBindMount(mount) ? { ...mount, source: resolve(state.bundle, mount.source ?? "") } : mount,
    );
    const failed = await play(state, config, absolute, compileAddMounts);
    if (failed === undefined) {
      saveConfigCopy(root, id, { ...config, mounts: [...(config.mounts ?? []), ...absolute] });
      return;
    }
    const made = mounts.slice(0, failed.attached);
    if (made.length > 0) await play(state, config, made, compileRemoveMounts);
    throw failed.failure;
  });
}

/**
 * Take mounts away from a container that has processes. Only their destinations count.
 *
 * @throws Failure
 */
export async function removeMounts(root: string, id: string, mounts: readonly Mount[]): Promise<void> {
  await inContainer(root, id, async (state, config) => {
    const failed = await play(state, config, mounts, compileRemoveMounts);
    if (failed !== undefined) throw failed.failure;
    saveConfigCopy(root, id, { ...config, mounts: withoutMounts(config.mounts ?? [], mounts) });
  });
}

async function inContainer(
  root: string,
  id: string,
  work: (state: ContainerState, config: Config) => Promise<void>,
): Promise<void> {
  loadState(root, id);
  await withLock(root, id, async () => {
    const state = loadState(root, id);
    const status = containerStatus(root, state);
    if (status === "stopped" || status === "creating") throw notRunning();
    const config = readConfigCopy(root, id);
    if (!hasNamespace(config, "mount")) {
      throw new Failure("the container has no mount namespace of its own: its mounts would be the host's", {
        code: "config.unsupported",
        pointer: "/linux/namespaces",
      });
    }
    await work(state, config);
  });
}

/** What a program could not do, and how many of the mounts it had attached by then. */
interface Failed {
  readonly failure: Failure;
  readonly attached: number;
}

/** @throws Failure if the mounts make no program; nothing has been done then */
async function play(
  state: ContainerState,
  config: Config,
  mounts: readonly Mount[],
  compile: (input: RunningMountsInput) => Program,
): Promise<Failed | undefined> {
  const pidfd = pidfdOpen(state.pid);
  if (!isAlive(state.pid, state.startTime)) throw notRunning();
  systemCall("fcntl", pidfd, F_SETFD, 0);
  const channel = openChannel();
  const program = compile({
    architecture: ARCHITECTURE,
    config,
    mounts,
    pidfd,
    report: channel.theirs,
    label: config.linux?.mountLabel || undefined,
    privileged: isPrivileged(),
    image: { followLinks: (path) => followLinks(`/proc/${state.pid}/root`, path) },
  });
  debugLog("mounts", () => `a program of ${program.instructions.length} instructions enters ${state.id}`);
  const executor = playProgram(program, channel, undefined);
  closeSync(pidfd);
  let pid = 0;
  let ready = false;
  try {
    for (let message = nextMessage(channel.ours); message !== undefined; message = nextMessage(channel.ours)) {
      if (message.kind === Report.Process) pid = message.value;
      if (message.kind === Report.Waiting) {
        ready = true;
        goOn(channel.ours);
      }
      if (message.kind === Report.Failed) {
        const failure = await failureOfProgram(program, { ...config, mounts: [...mounts] }, message);
        return { failure, attached: attachedBefore(program, message.instruction) };
      }
    }
    if (!ready) throw new Failure("the process in the container ended before it was done");
    return undefined;
  } finally {
    closeSync(channel.ours);
    waitForExit(executor);
    if (pid !== 0) waitForExit(pid);
  }
}

/** Until the program has entered the container nothing is attached; then entry after entry is. */
function attachedBefore({ instructions }: Program, index: number): number {
  if (index < instructions.findIndex(({ name }) => name === "setns")) return 0;
  return Number(/^\/mounts\/(\d+)/.exec(instructions[index]?.origin ?? "")?.[1] ?? 0);
}

function notRunning(): Failure {
  return new Failure("container not running", { code: "container.wrong_status" });
}
