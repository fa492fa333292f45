import type { Options } from "./command.ts";
import { LOG_FORMATS, LOG_LEVELS } from "./log.ts";

/** Options of every command. */
export const HELP_OPTION = {
  help: { kind: "flag", short: "h", summary: "show help, and do nothing else" },
} as const satisfies Options;

/** Options that stand before the command. */
export const GLOBAL_OPTIONS = {
  root: {
    kind: "string",
    value: "DIR",
    summary:
      "where the state of containers is kept (default: /run/tsrun; for other users than root, and in a user namespace " +
      "for those who do not call themselves root, $XDG_RUNTIME_DIR/tsrun if that variable is set)",
  },
  log: {
    kind: "string",
    value: "FILE",
    summary:
      "append an entry to FILE when a command fails; the error is printed as well. Other destinations than a file are " +
      "journald:NAME, where NAME becomes the field ID, and syslog:NAME; file:FILE is a file in any case",
  },
  "log-format": {
    kind: "string",
    value: "FORMAT",
    choices: LOG_FORMATS,
    summary:
      "the log's format: text (default), or json, one object per line; without --log, json makes standard error the log",
  },
  "log-level": {
    kind: "string",
    value: "LEVEL",
    choices: LOG_LEVELS,
    summary: "what is logged: errors only (default), warnings too, or with debug all that is done",
  },
  debug: { kind: "flag", summary: "the same as --log-level debug" },
  "systemd-cgroup": {
    kind: "flag",
    summary:
      "let systemd make the cgroups of new containers; linux.cgroupsPath is slice:prefix:name then (default: " +
      "system.slice:tsrun:ID, of other users than root user.slice:tsrun:ID)",
  },
  "cgroup-manager": {
    kind: "string",
    value: "NAME",
    choices: ["cgroupfs", "systemd", "disabled"],
    summary:
      "who makes the cgroups of new containers: cgroupfs (default): tsrun itself; systemd; disabled: nobody, and limits have no effect",
  },
  rootless: {
    kind: "string",
    value: "WHEN",
    choices: ["true", "false", "auto"],
    summary:
      "whether the caller is taken for another user than root, with another default of --root, a systemd of its own, and " +
      "cgroups only if it may make them: true, false, or auto (default), which looks at who the caller is",
  },
  version: { kind: "flag", short: "v", summary: "show the version, and do nothing else" },
  ...HELP_OPTION,
} as const satisfies Options;
