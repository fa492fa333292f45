import { statSync } from "../libc/files.ts";
import type { Annotations, Status } from "../spec/types.ts";
import { type ContainerState, containerDirectory, loadState } from "./state.ts";
import { containerStatus } from "./status.ts";

/** What `state` and `list` print of a container, in the order in which runc prints it. */
export interface ContainerDescription {
  readonly ociVersion: string;
  readonly id: string;
  readonly pid: number;
  readonly status: Status;
  readonly bundle: string;
  readonly rootfs: string;
  readonly created: string;
  readonly annotations?: Annotations;
  /** The name of the user who owns the container's directory. */
  readonly owner: string;
}

/** What `state` prints. @throws Failure if there is no such container */
export function describeContainer(root: string, id: string): string {
  const state = loadState(root, id);
  return descriptionText(state, containerStatus(root, state));
}

export function describeState(root: string, state: ContainerState): ContainerDescription {
  return describe(state, containerStatus(root, state));
}

/** What `state` prints for a status. */
export function descriptionText(state: ContainerState, status: Status): string {
  return `${JSON.stringify(describe(state, status), null, 2)}\n`;
}

function describe(state: ContainerState, status: Status): ContainerDescription {
  return {
    ociVersion: state.ociVersion,
    id: state.id,
    pid: status === "stopped" ? 0 : state.pid,
    status,
    bundle: state.bundle,
    rootfs: state.rootfs,
    created: state.created,
    ...(Object.keys(state.annotations).length > 0 && { annotations: state.annotations }),
    owner: "",
  };
}

/** The numeric owner of a container's directory. */
export function ownerOf(root: string, id: string): number {
  return statSync(containerDirectory(root, id)).uid;
}
