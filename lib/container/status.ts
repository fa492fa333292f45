import { isFrozen } from "../cgroup/freezer.ts";
import { START_SOCKET } from "../compile/start_socket.ts";
import { existsSync } from "../libc/files.ts";
import type { Status } from "../spec/types.ts";
import { isLocked } from "./lock.ts";
import { isAlive } from "./process_identity.ts";
import { type ContainerState, containerDirectory } from "./state.ts";

/**
 * The container's status, from what the kernel says now: its first process is gone: stopped; its cgroup is frozen:
 * paused, started or not; it still waits on the start socket: created.
 *
 * @see runtime.md, "State"
 */
export function containerStatus(root: string, state: ContainerState): Status {
  if (state.pid === 0) return isLocked(root, state.id) ? "creating" : "stopped";
  if (!isAlive(state.pid, state.startTime)) return "stopped";
  if (isFrozen(state.cgroup)) return "paused";
  return waitsForStart(root, state) ? "created" : "running";
}

/** Whether a living container's process waits to be started, or will do so once it is resumed. */
export function waitsForStart(root: string, state: ContainerState): boolean {
  return existsSync(`${containerDirectory(root, state.id)}/${START_SOCKET}`);
}
