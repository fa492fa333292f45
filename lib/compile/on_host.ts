import type { Architecture } from "../program/instruction.ts";
import type { Config } from "../spec/types.ts";
import { type ContainerInput, type ContainerProgram, compileContainer } from "./container.ts";
import { UNSEEN } from "./image_places.ts";

/** All capabilities of Linux 6.18. */
const EVERY_CAPABILITY = (1n << 41n) - 1n;
const REPORT = 3;
const CONSOLE_SOCKET = 4;
const STATE_ROOM = 4096;

/** What the compiler is told of a host. Whatever is left out is as for root on a usual one. */
export type HostDescription = Partial<Omit<ContainerInput, "config">>;

/**
 * Compile a config for a host that is described, and need not be this one. Nothing is looked at but the two arguments.
 *
 * @param host `rootfs` and `bundle` say where the file system lies; `seccomp` is the built filter, without which a
 *   container has none
 * @throws Failure if the config asks for what the host cannot do
 * @example compileOnHost(config, { architecture: "arm64", bundle: "/srv/bundle", rootfs: "/srv/bundle/rootfs" }).program
 */
export function compileOnHost(config: Config, host: HostDescription = {}): ContainerProgram {
  const id = host.id ?? "container";
  const bundle = host.bundle ?? "/bundle";
  return compileContainer({
    architecture: "x86_64" satisfies Architecture,
    id,
    bundle,
    rootfs: `${bundle}/rootfs`,
    directory: `/run/tsrun/${id}`,
    waitsForStart: true,
    image: UNSEEN,
    hasKcore: true,
    waitsForCgroup: false,
    cgroupJoin: { tasks: [], unified: undefined },
    cgroups: { version: 1, hierarchies: [] },
    report: REPORT,
    preservedDescriptors: 0,
    grantable: EVERY_CAPABILITY,
    console: config.process?.terminal ? { socket: CONSOLE_SOCKET, size: config.process.consoleSize } : undefined,
    stateSize: STATE_ROOM,
    mountLabel: undefined,
    seccomp: undefined,
    home: "/",
    privileged: true,
    nullStreams: [],
    setgroups: "allowed",
    pivot: true,
    newKeyring: true,
    umask: 0o022,
    kernelMounts: [],
    ...host,
    config,
  });
}
