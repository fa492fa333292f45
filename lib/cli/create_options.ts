import type { CreateRequest } from "../container/create.ts";
import type { Globals, Options, Values } from "./command.ts";

/** What `create` and `run` have in common. */
export const CREATE_OPTIONS = {
  bundle: { kind: "string", short: "b", value: "DIR", summary: "the bundle's directory (default: the current one)" },
  "pid-file": {
    kind: "string",
    value: "FILE",
    summary: "write the process id of the container's first process to FILE, once it is set up",
  },
  "no-pivot": {
    kind: "flag",
    summary: "change into the root file system without pivot_root, which a ramdisk does not allow",
  },
  "no-new-keyring": { kind: "flag", summary: "let the container share the caller's session keyring" },
  "preserve-fds": {
    kind: "integer",
    value: "N",
    summary: "pass N descriptors, from 3 on, to the container's process",
  },
} as const satisfies Options;

export function createRequest(id: string, values: Values<typeof CREATE_OPTIONS>, globals: Globals): CreateRequest {
  const pidFile = values["pid-file"];
  return {
    id,
    bundle: values.bundle ?? ".",
    root: globals.root,
    ...(pidFile !== undefined && { pidFile }),
    noPivot: values["no-pivot"],
    noNewKeyring: values["no-new-keyring"],
    preserveFds: values["preserve-fds"] ?? 0,
  };
}

export const CONTAINER_ID = {
  name: "CONTAINER-ID",
  summary: "the container's name: letters, digits and any of _ + - .",
};
