import { Failure } from "../failure.ts";
import { chmodSync, closeSync, rmSync } from "../libc/files.ts";
import {
  AF_UNIX,
  connectDatagram,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  sendDatagram,
  sendDescriptor,
  serviceAddress,
} from "../libc/socket.ts";
import { posixSpawn } from "../libc/spawn.ts";
import { systemCall, trySystemCall } from "../libc/system_call.ts";
import { F_SETFD, O_CLOEXEC, POLLIN } from "../program/constants.ts";
import { describeErrno } from "../program/errno.ts";
import { engineCommand } from "./engine_command.ts";
import { NOTIFY_DIRECTORY, NOTIFY_SOCKET } from "./notify_mount.ts";
import { isAlive } from "./process_identity.ts";
import { type ContainerState, containerDirectory } from "./state.ts";

/** How often is looked whether the container's process is still there, in milliseconds. */
const PATIENCE = 100;
/** How long the service manager may take to hear all that was said, in milliseconds, as in runc. */
const BARRIER_TIMEOUT = 30_000;
const MESSAGE_SIZE = 4096;

/**
 * Make the socket at which the container tells that it is ready. Any user in there may write to it.
 *
 * @returns its descriptor
 */
export function bindNotifySocket(root: string, id: string): number {
  const socket = systemCall("socket", AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const directory = `${containerDirectory(root, id)}/${NOTIFY_DIRECTORY}`;
  const back = process.cwd();
  // Bound by its name in the directory, since an address has room for 107 bytes only.
  process.chdir(directory);
  try {
    rmSync(NOTIFY_SOCKET, { force: true });
    const address = serviceAddress(NOTIFY_SOCKET);
    systemCall("bind", socket, address, address.length);
    chmodSync(NOTIFY_SOCKET, 0o777);
  } finally {
    process.chdir(back);
  }
  return socket;
}

/**
 * Wait until the container tells that it is ready, and pass that on, and which process is its main one. Nothing else is
 * passed on. Returns when that is done, or the container's process has ended.
 *
 * @param socket of `bindNotifySocket`; closed afterwards
 * @param manager NOTIFY_SOCKET of the service that tsrun is called in
 * @throws Failure if the manager cannot be reached
 * @see sd_notify(3), READY, MAINPID, BARRIER
 */
export function relayReadiness(
  socket: number,
  manager: string,
  { pid, startTime }: Pick<ContainerState, "pid" | "startTime">,
): void {
  try {
    const client = connectDatagram(serviceAddress(manager));
    if (client < 0) {
      throw new Failure(`NOTIFY_SOCKET=${manager}: connect: ${describeErrno(-client)}`, {
        call: `connect(${JSON.stringify(manager)})`,
        errno: -client,
      });
    }
    try {
      const ready = waitForReady(socket, () => isAlive(pid, startTime));
      if (ready === undefined) return;
      sendDatagram(client, `${ready}\n`);
      sendDatagram(client, `MAINPID=${pid}\n`);
      waitUntilHeard(client);
    } finally {
      closeSync(client);
    }
  } finally {
    closeSync(socket);
  }
}

/** Let another process do that, while this one becomes the monitor, which takes it up when it has ended. */
export function relayInBackground(socket: number, manager: string, { pid, startTime }: ContainerState): void {
  const { path, args } = engineCommand([
    "relay-readiness",
    "--",
    String(socket),
    manager,
    String(pid),
    String(startTime),
  ]);
  systemCall("fcntl", socket, F_SETFD, 0);
  posixSpawn(path, args);
  closeSync(socket);
}

/** The line that says so; undefined if nobody is left to say it. */
function waitForReady(socket: number, isThere: () => boolean): string | undefined {
  const message = new Uint8Array(MESSAGE_SIZE);
  while (true) {
    if (!isReadable(socket, PATIENCE)) {
      if (!isThere()) return undefined;
      continue;
    }
    const length = trySystemCall("read", socket, message, message.length);
    const text = Buffer.from(message.subarray(0, Math.max(length, 0))).toString();
    const ready = text.split("\n").find((line) => line.startsWith("READY="));
    if (ready !== undefined) return ready;
  }
}

/** The manager closes the pipe that it is sent once it has read what was sent before. */
function waitUntilHeard(client: number): void {
  const pipe = new Int32Array(2);
  systemCall("pipe2", pipe, O_CLOEXEC);
  const [reading, writing] = [pipe[0]!, pipe[1]!];
  sendDescriptor(client, Buffer.from("BARRIER=1"), writing);
  closeSync(writing);
  isReadable(reading, BARRIER_TIMEOUT);
  closeSync(reading);
}

/** Wait until something can be read, or the other end is closed. @param patience in milliseconds */
function isReadable(fd: number, patience: number): boolean {
  const polled = new Int32Array([fd, POLLIN]);
  const NANOSECONDS = 1_000_000;
  const timeout = new BigInt64Array([BigInt(Math.trunc(patience / 1000)), BigInt((patience % 1000) * NANOSECONDS)]);
  return trySystemCall("ppoll", polled, 1, timeout, 0, 0) > 0;
}
