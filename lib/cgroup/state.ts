import type { Location } from "./location.ts";

/** A container's unit of systemd. */
export interface SystemdUnit {
  /** The slice that it lies in. */
  readonly slice: string;
  /** `tsrun-ID.scope`, or a slice if the config names one. */
  readonly name: string;
  /** Whether it is of the systemd of an ordinary user's session, not of the system's. */
  readonly user: boolean;
}

/** Where a container's cgroups are, as its state remembers it: nothing is guessed again later. */
export interface CgroupState {
  /** 1 also where a v2 hierarchy without controllers stands beside v1. */
  readonly version: 1 | 2;
  readonly v1: readonly Location[];
  readonly v2?: Location | undefined;
  /** False until they are made: what is there then may be someone else's, and no process in it is the container's. */
  readonly made: boolean;
  /** What was made above the container's own cgroups, the uppermost first, to be removed with them if empty. */
  readonly madeAbove: readonly string[];
  /** The unit whose cgroups they are, where systemd makes them. */
  readonly systemd?: SystemdUnit;
}

/** The container's directory in the hierarchy of a controller. On v2 there is one for all. */
export function controllerDirectory({ version, v1, v2 }: CgroupState, controller: string): string | undefined {
  if (version === 2) return v2?.directory;
  return v1.find(({ controllers }) => controllers.includes(controller))?.directory;
}

/** A directory whose cgroup.procs tells of the container's processes; undefined before there are any. */
export function processDirectory(state: CgroupState): string | undefined {
  if (!state.made) return undefined;
  if (state.version === 2) return state.v2?.directory;
  // devices: the one that nobody ever switches off or shares.
  return controllerDirectory(state, "devices") ?? state.v1[0]?.directory;
}

/** The container's own cgroups in all hierarchies. */
export function ownDirectories({ v1, v2 }: CgroupState): string[] {
  return [...v1, ...(v2 === undefined ? [] : [v2])].map(({ directory }) => directory);
}
