import { Failure } from "../failure.ts";
import { closeSync } from "../libc/files.ts";
import { connectUnix, SOCK_STREAM, sendDescriptor } from "../libc/socket.ts";
import { describeErrno } from "../program/errno.ts";
import type { Config, State, Status } from "../spec/types.ts";
import type { ContainerState } from "./state.ts";

const pointer = "/linux/seccomp/listenerPath";

/**
 * Send a seccomp listener to whoever listens at `listenerPath`, with the container process state; it is closed here.
 *
 * @param pid of the process that is filtered
 * @param listener the descriptor; undefined if it was lost on the way
 * @param state of the container, with the id of its first process
 * @throws Failure
 * @see runtime-spec, config-linux.md, "The Container Process State"
 */
export function passListener(
  config: Config,
  pid: number,
  listener: number | undefined,
  state: ContainerState,
  status: Status,
): void {
  if (listener === undefined) {
    throw new Failure(`${pointer}: the seccomp listener could not be received (is RLIMIT_NOFILE reached?)`, {
      code: "system",
      pointer,
    });
  }
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
    sendDescriptor(connection, Buffer.from(JSON.stringify(message)), listener);
  } finally {
    for (const fd of [listener, connection]) if (fd >= 0) closeSync(fd);
  }
}
