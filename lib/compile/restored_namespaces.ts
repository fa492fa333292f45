/** What CRIU leaves to be done in the namespaces that it made. */

import { ProgramBuilder } from "../program/builder.ts";
import { AT_EMPTY_PATH, CLONE_NEWIPC, CLONE_NEWNET } from "../program/constants.ts";
import type { Architecture, Program } from "../program/instruction.ts";
import { keepOnly } from "./descriptors.ts";
import { raiseLoopback } from "./identity.ts";
import { detachedFileSystem } from "./mount_calls.ts";

/** The ids that the root of a user namespace has outside. */
export interface RootIds {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Bring up the loopback device of another process's network namespace.
 *
 * @param report the descriptor of the report channel
 * @param pidfd of that process
 */
export function compileLoopback(architecture: Architecture, report: number, pidfd: number): Program {
  return inside(architecture, report, pidfd, CLONE_NEWNET, (p) => p.at("default/loopback", () => raiseLoopback(p)));
}

/**
 * Give the message queues of another process's IPC namespace to the root of its user namespace. The root directory of
 * /dev/mqueue belongs to whoever made the IPC namespace, which is CRIU, who is nobody in there.
 */
export function compileQueueOwner(
  architecture: Architecture,
  report: number,
  pidfd: number,
  { uid, gid }: RootIds,
): Program {
  return inside(architecture, report, pidfd, CLONE_NEWIPC, (p) =>
    p.at("default/message queues", () => {
      const queues = detachedFileSystem(p, "mqueue", undefined, [], 0);
      p.call("fchownat", [queues, p.text(""), uid, gid, AT_EMPTY_PATH]);
      p.close(queues);
    }),
  );
}

function inside(
  architecture: Architecture,
  report: number,
  pidfd: number,
  namespace: number,
  work: (p: ProgramBuilder) => void,
): Program {
  const p = new ProgramBuilder(architecture);
  p.at("default/descriptors", () => keepOnly(p, 0, [report, pidfd]));
  p.at("/linux/namespaces", () => p.call("setns", [pidfd, namespace]));
  work(p);
  p.exit(0);
  return p.build();
}
