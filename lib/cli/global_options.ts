import type { Options } from "./command.ts";

/** Options that stand before the command. */
export const GLOBAL_OPTIONS = {
  root: {
    kind: "string",
    value: "DIR",
    summary:
      "where the state of containers is kept (default: /run/tsrun, or $XDG_RUNTIME_DIR/tsrun for other users than root)",
  },
  log: { kind: "string", value: "FILE", summary: "append errors to FILE, as well as printing them" },
  "log-format": {
    kind: "string",
    value: "FORMAT",
    choices: ["text", "json"],
    summary: "the log's format: text (default) or json",
  },
  debug: { kind: "flag", summary: "tell what is done, on standard error and in the log" },
  "systemd-cgroup": { kind: "flag", summary: "let systemd manage cgroups (not supported yet: refused)" },
  rootless: {
    kind: "string",
    value: "WHEN",
    choices: ["true", "false", "auto"],
    summary: "whether to do without what only root may do: true, false, or auto (default: what the caller is)",
  },
  help: { kind: "flag", short: "h", summary: "show help" },
  version: { kind: "flag", short: "v", summary: "show the version" },
} as const satisfies Options;
