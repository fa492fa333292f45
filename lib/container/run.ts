import { ownDirectories } from "../cgroup/state.ts";
import { compileMonitor, type HandedOver, type Removal } from "../compile/monitor.ts";
import type { ServedTerminal } from "../compile/terminal_relay.ts";
import { goOn } from "../executor/report.ts";
import { becomeExecutor } from "../executor/spawn.ts";
import { pidfdOpen } from "../libc/process.ts";
import { ARCHITECTURE, systemCall } from "../libc/system_call.ts";
import { PR_SET_CHILD_SUBREAPER } from "../program/constants.ts";
import { bringUp, type CreateRequest } from "./create.ts";
import { engineCommand } from "./engine_command.ts";
import { isDeletedByProgram } from "./life_cycle_programs.ts";
import { type Monitor, startAndMonitor } from "./monitor.ts";
import { runPoststartHooks, waitUntilExecuted } from "./start.ts";
import { type ContainerState, configPath, containerDirectory, UNPLANNED_FILE } from "./state.ts";

export interface RunRequest extends CreateRequest {
  readonly detach: boolean;
  readonly keep: boolean;
  readonly noSubreaper: boolean;
  /** Words before the command when tsrun is called again for this container. */
  readonly globals: readonly string[];
}

/**
 * Create and start a container. Detached, it returns once the process is executed. In the foreground it does not
 * return: the process becomes a monitor of the container and ends with its exit status.
 *
 * @throws Failure
 */
export async function runContainer(request: RunRequest): Promise<number> {
  if (request.detach) {
    const { state, notify } = await bringUp(request, "go on");
    await runPoststartHooks(request.root, state);
    if (notify !== undefined) (await import("./notify.ts")).relayReadiness(notify, manager(), state);
    return 0;
  }
  if (!request.noSubreaper) systemCall("prctl", PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  let monitor: Monitor | undefined;
  const { state, channel, answer, terminal, notify } = await bringUp(request, "hand over", (expected) => {
    const handedOver = { channel: expected.channel!, answer: undefined };
    monitor = prepareMonitor(request, expected.state, handedOver, expected.terminal);
  });
  if (notify !== undefined) (await import("./notify.ts")).relayInBackground(notify, manager(), state);
  // Hooks after the start need the engine, which the monitor is not.
  const hooked = answer !== undefined || state.hooks.poststart !== undefined;
  if (!hooked && monitor !== undefined) {
    return startAndMonitor(channel!, monitor, (handedOver) => prepareMonitor(request, state, handedOver, terminal));
  }
  goOn(channel!, answer);
  await waitUntilExecuted(request.root, state, channel!);
  await runPoststartHooks(request.root, state);
  const { program, descriptors } = prepareMonitor(request, state, undefined, terminal);
  return becomeExecutor(program, descriptors);
}

/** Who is to hear that the container is ready. */
function manager(): string {
  return process.env.NOTIFY_SOCKET ?? "";
}

/** Make ready for watching a container whose process is our child, as soon as the process's id is known. */
export function prepareMonitor(
  request: Pick<RunRequest, "root" | "id" | "keep" | "globals">,
  state: ContainerState,
  handedOver: HandedOver | undefined,
  terminal: ServedTerminal | undefined,
): Monitor {
  const pidfd = pidfdOpen(state.pid);
  const again = (...words: string[]) => engineCommand([...request.globals, ...words]);
  const program = compileMonitor({
    architecture: ARCHITECTURE,
    pid: state.pid,
    pidfd,
    handedOver,
    terminal,
    removal: request.keep ? [] : removal(request, state),
    fallback: again("delete", "--force", "--", request.id),
    startFailed: again("start-failed", "--", request.id),
  });
  const channel = handedOver === undefined ? [] : [handedOver.channel];
  return { program, descriptors: [pidfd, ...channel, ...Object.values(terminal ?? {})] };
}

/** All that a container without leftovers consists of once its process has ended. */
function removal(
  { root, id }: Pick<RunRequest, "root" | "id">,
  state: ContainerState,
): { path: string; kind: Removal["kind"] }[] {
  // More needs the engine: what is not listed keeps the directory from being removed, which calls it.
  if (!isDeletedByProgram(state)) return [{ path: containerDirectory(root, id), kind: "directory" }];
  const directory = containerDirectory(root, id);
  return [
    // No directory ever: if it is there it cannot be removed so, and the engine removes everything.
    { path: `${directory}/${UNPLANNED_FILE}`, kind: "directory" },
    ...ownDirectories(state.cgroup).map((path) => ({ path, kind: "directory" as const })),
    ...state.cgroup.madeAbove.toReversed().map((path) => ({ path, kind: "directory if empty" as const })),
    { path: `${directory}/state.json`, kind: "file" },
    { path: configPath(root, id), kind: "file" },
    { path: directory, kind: "directory" },
  ];
}
