/** A sound config and what test data makes of it. */

import { stringifyWithWideIntegers } from "../exact_integers.ts";
import type { Config, IdMapping, Linux, Process, Resources } from "../types.ts";

/** A config without problems that has what most configs have. */
export function soundConfig(): Config & { process: Process; linux: Linux & { resources: Resources } } {
  return {
    ociVersion: "1.3.0",
    root: { path: "rootfs" },
    process: { cwd: "/", args: ["sh"], env: ["PATH=/bin"] },
    hostname: "host",
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
    linux: {
      namespaces: [{ type: "pid" }, { type: "mount" }, { type: "ipc" }, { type: "uts" }, { type: "network" }],
      resources: {},
    },
  };
}

export interface WrongConfig {
  readonly name: string;
  /** What makes the sound config wrong. */
  readonly change: (config: ReturnType<typeof soundConfig>) => void;
  readonly pointer: string;
  readonly message: string;
}

/** Let the container share the host's namespace of this kind. */
export const withoutNamespace = (config: Config, type: string): void => {
  const { linux } = config;
  if (linux?.namespaces !== undefined) linux.namespaces = linux.namespaces.filter((one) => one.type !== type);
};

export const mapping = (containerID: number, hostID: number, size: number): IdMapping => ({
  containerID,
  hostID,
  size,
});

/** The wrong config as the text of a file. */
export function textOf({ change }: WrongConfig): string {
  const config = soundConfig();
  change(config);
  return stringifyWithWideIntegers(config, 2);
}
