import { isFrozen } from "../cgroup/freezer.ts";
import { START_SOCKET } from "../compile/start_socket.ts";
import { existsSync } from "../libc/files.ts";
import type { Status } from "../spec/types.ts";
import { isLocked } from "./lock.ts";
import { isAlive } from "./process_identity.ts";
import { type ContainerState, containerDirectory } from "./state.ts";

/**
 * The container's status, from what the kernel says now: its first process is gone: stopped; it still waits on the start
 * socket: created; its cgroup is frozen: paused.
 *
 * @see runtime.md, "State"
 */
export function containerStatus(root: string, state: ContainerState): Status {
  if (state.pid === 0) return isLocked(root, state.id) ? "creating" : "stopped";
  if (!isAlive(state.pid, state.startTime)) return "stopped";
  if (existsSync(`${containerDirectory(root, state.id)}/${START_SOCKET}`)) return "created";
  return isFrozen(state.cgroup) ? "paused" : "running";
}
