import { Failure } from "../failure.ts";
import { closeSync } from "../libc/files.ts";
import { pidfdOpen } from "../libc/process.ts";
import { connectUnix, SOCK_STREAM, sendDescriptor } from "../libc/socket.ts";
import { systemCall } from "../libc/system_call.ts";
import { describeErrno } from "../program/errno.ts";
import { STEP_BITS, Step } from "../program/instruction.ts";
import type { Config, State, Status } from "../spec/types.ts";
import type { ContainerState } from "./state.ts";

const pointer = "/linux/seccomp/listenerPath";

/** The number of the listener's descriptor in the process that waits, if it is for its listener that it waits. */
export function listenerOf(step: number): number | undefined {
  return (step & (2 ** STEP_BITS - 1)) === Step.SeccompListener ? step >> STEP_BITS : undefined;
}

/**
 * Take a seccomp listener out of the process that has it, and send it to whoever listens at `listenerPath`, with the
 * container process state.
 *
 * @param pid of that process
 * @param listener its number there
 * @param state of the container, with the id of its first process
 * @throws Failure
 * @see runtime-spec, config-linux.md, "The Container Process State"; pidfd_getfd(2), Linux 5.6
 */
export function passListener(
  config: Config,
  pid: number,
  listener: number,
  state: ContainerState,
  status: Status,
): void {
  const { listenerPath = "", listenerMetadata } = config.linux?.seccomp ?? {};
  const { ociVersion, id, bundle, annotations } = state;
  const container: State = {
    ociVersion,
    id,
    status,
    pid: state.pid,
    bundle,
    ...(Object.keys(annotations).length > 0 && { annotations }),
  };
  const message = {
    ociVersion,
    fds: ["seccompFd"],
    pid,
    ...(listenerMetadata && { metadata: listenerMetadata }),
    state: container,
  };
  const pidfd = pidfdOpen(pid);
  const descriptor = systemCall("pidfd_getfd", pidfd, listener, 0);
  const connection = connectUnix(listenerPath, SOCK_STREAM);
  try {
    if (connection < 0) {
      throw new Failure(
        `${pointer}: cannot reach the seccomp listener ${listenerPath}: ${describeErrno(-connection)}`,
        {
          code: "system",
          pointer,
          call: `connect(${JSON.stringify(listenerPath)})`,
          errno: -connection,
        },
      );
    }
    sendDescriptor(connection, Buffer.from(JSON.stringify(message)), descriptor);
  } finally {
    for (const fd of [pidfd, descriptor, connection]) if (fd >= 0) closeSync(fd);
  }
}
