import type { ProgramBuilder } from "../program/builder.ts";
import {
  AF_UNIX,
  AT_FDCWD,
  CLONE_NEWUSER,
  O_CLOEXEC,
  O_RDONLY,
  O_WRONLY,
  SIGCHLD,
  SOCK_CLOEXEC,
  SOCK_SEQPACKET,
} from "../program/constants.ts";
import { type Register, Report, Step } from "../program/instruction.ts";
import type { IdMapping } from "../spec/types.ts";
import { receiveDescriptor, sendDescriptor } from "./passed_descriptor.ts";
import type { ProcFd } from "./proc_fd.ts";

/**
 * Make a user namespace that is there for its mappings alone. Nobody stays in it: the descriptor keeps it.
 *
 * @returns the namespace's descriptor
 * @see user_namespaces(7)
 */
export function makeUserNamespace(
  p: ProgramBuilder,
  proc: ProcFd,
  uidMappings: readonly IdMapping[],
  gidMappings: readonly IdMapping[],
): Register {
  return withHelper(p, proc, CLONE_NEWUSER, undefined, (directory) => {
    for (const [file, mappings] of [
      ["gid_map", gidMappings],
      ["uid_map", uidMappings],
    ] as const) {
      const text = mappingLines(mappings);
      const map = p.open("openat", [directory, p.text(file), O_WRONLY | O_CLOEXEC, 0]);
      p.call("write", [map, p.text(text), text.length]);
      p.close(map);
    }
    return p.open("openat", [directory, p.text("ns/user"), O_RDONLY | O_CLOEXEC, 0]);
  });
}

/**
 * Let the host side look at the mappings of a user namespace that is about to be joined.
 *
 * @param path the namespace's file
 */
export function showMappings(p: ProgramBuilder, proc: ProcFd, path: string): void {
  const namespace = p.open("openat", [AT_FDCWD, p.text(path), O_RDONLY | O_CLOEXEC, 0]);
  withHelper(
    p,
    proc,
    0,
    () =>
      p.call("setns", [namespace, CLONE_NEWUSER], { failure: `${path} is not a user namespace that can be joined` }),
    (_directory, pid) => {
      p.tell(Report.Member, pid);
      p.waitForHost(Step.JoinedUserNamespace);
    },
  );
  p.close(namespace);
}

/** What /proc/PID/uid_map takes. */
export function mappingLines(mappings: readonly IdMapping[]): string {
  return mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}\n`).join("");
}

/**
 * Let a short-lived process be in another namespace, and look at it from here.
 *
 * @param flags of clone(2), beside SIGCHLD
 * @param enter what the process does first, in case it does not start where it is wanted
 * @param look is given the process's directory in proc and its id; the process ends when it is done
 */
export function withHelper<T>(
  p: ProgramBuilder,
  proc: ProcFd,
  flags: number,
  enter: (() => void) | undefined,
  look: (directory: Register, pid: Register) => T,
): T {
  const sockets = p.space(8);
  p.call("socketpair", [AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sockets]);
  const ours = p.register();
  const theirs = p.register();
  p.load(ours, sockets, 4);
  p.load(theirs, p.within(sockets, 4), 4);
  const parent = p.label();
  const pid = p.register();
  p.callTo(pid, "clone", [SIGCHLD + flags, 0, 0, 0, 0]);
  p.branch(pid, "NotEqual", 0, parent);
  p.call("close", [ours]);
  enter?.();
  const self = proc.openSelf();
  sendDescriptor(p, theirs, self, "self");
  // Until there is a byte, or the end, should the other process have ended.
  p.uninterrupted(pid, "read", [theirs, sockets, 1]);
  p.exit(0);
  p.place(parent);
  p.release(self);
  p.close(theirs);
  const directory = receiveDescriptor(p, ours);
  const result = look(directory, pid);
  p.close(directory);
  p.call("write", [ours, sockets, 1]);
  p.close(ours);
  p.uninterrupted(pid, "wait4", [pid, 0, 0, 0]);
  p.release(pid);
  return result;
}
