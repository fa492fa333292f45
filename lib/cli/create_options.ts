import type { CreateRequest } from "../container/create.ts";
import { resolve } from "../libc/paths.ts";
import type { Globals, Options, Values } from "./command.ts";
import { makeUserRoot } from "./root.ts";

export const BUNDLE_OPTION = {
  bundle: { kind: "string", short: "b", value: "DIR", summary: "the bundle's directory (default: the current one)" },
} as const satisfies Options;

/** What `create` and `run` have in common. */
export const CREATE_OPTIONS = {
  ...BUNDLE_OPTION,
  config: {
    kind: "string",
    short: "f",
    value: "FILE",
    summary: "read FILE instead of the bundle's config.json",
  },
  "pid-file": {
    kind: "string",
    value: "FILE",
    summary:
      "write the process id of the container's first process to FILE, without a newline, once the container is set up",
  },
  "console-socket": {
    kind: "string",
    value: "FILE",
    summary: "for a process with a terminal: send the terminal's other end over this socket",
  },
  "no-pivot": {
    kind: "flag",
    summary:
      "move the root file system to / and chroot instead of pivot_root, which a root file system on a ramdisk does not " +
      "allow; weaker, since the host's mounts stay beneath",
  },
  "no-new-keyring": {
    kind: "flag",
    summary: "let the container share the caller's session keyring instead of giving it a new one",
  },
  "pidfd-socket": {
    kind: "string",
    value: "FILE",
    summary: "send a process descriptor of the container's first process over this socket",
  },
  "preserve-fds": {
    kind: "integer",
    value: "N",
    smallest: 0,
    summary: "pass N open descriptors, from 3 on, to the container's process (default: 0)",
  },
} as const satisfies Options;

/** What is asked of `create` and `run`; a config's warnings are logged on the way. */
export async function createRequest(
  id: string,
  values: Values<typeof CREATE_OPTIONS>,
  globals: Globals,
): Promise<CreateRequest> {
  const bundle = values.bundle || ".";
  const configFile = values.config && resolve(values.config);
  const pidFile = values["pid-file"];
  const consoleSocket = values["console-socket"];
  const pidfdSocket = values["pidfd-socket"];
  if (globals.log.level !== "error") {
    const { warnOfConfig } = await import("./config_warnings.ts");
    warnOfConfig(bundle, configFile || "config.json", globals.log);
  }
  if (!globals.rootGiven) makeUserRoot(globals.root);
  return {
    id,
    bundle,
    root: globals.root,
    cgroupDriver: globals.cgroupDriver,
    ...(globals.rootless !== undefined && { rootless: globals.rootless }),
    ...(configFile && { configFile }),
    ...(pidFile && { pidFile }),
    ...(consoleSocket && { consoleSocket: resolve(consoleSocket) }),
    ...(pidfdSocket && { pidfdSocket: resolve(pidfdSocket) }),
    noPivot: values["no-pivot"],
    noNewKeyring: values["no-new-keyring"],
    preserveFds: values["preserve-fds"] ?? 0,
  };
}

export const CONTAINER_ID = {
  name: "CONTAINER-ID",
  summary: "the container's name: letters, digits and any of _ + - .",
};
