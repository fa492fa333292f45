import { execInContainer } from "../../container/exec.ts";
import { Failure } from "../../failure.ts";
import { resolve } from "../../libc/paths.ts";
import type { Process } from "../../spec/types.ts";
import { defineCommand, type Values } from "../command.ts";
import { CONTAINER_ID } from "../create_options.ts";
import { parseUser } from "../user.ts";

const OPTIONS = {
  process: {
    kind: "string",
    short: "p",
    value: "FILE",
    summary: "take the process from FILE, as config.json would have it",
  },
  "console-socket": { kind: "string", value: "FILE", summary: "send the terminal's other end over this socket" },
  cwd: { kind: "string", value: "DIR", summary: "its working directory in the container" },
  env: { kind: "list", short: "e", value: "NAME=VALUE", summary: "add to its environment; may be given several times" },
  tty: { kind: "flag", short: "t", summary: "give it a terminal" },
  user: { kind: "string", short: "u", value: "UID[:GID]", summary: "its user and group, in numbers" },
  "additional-gids": { kind: "list", short: "g", value: "GID", summary: "a further group; may be given several times" },
  detach: { kind: "flag", short: "d", summary: "do not wait for its end" },
  "pid-file": { kind: "string", value: "FILE", summary: "write its process id to FILE, without a newline" },
  "pidfd-socket": { kind: "string", value: "FILE", summary: "send a process descriptor of it over this socket" },
  "process-label": { kind: "string", value: "LABEL", summary: "the SELinux label that it gets" },
  apparmor: { kind: "string", value: "PROFILE", summary: "the AppArmor profile that confines it" },
  "no-new-privs": { kind: "flag", summary: "it cannot gain privileges" },
  cap: { kind: "list", short: "c", value: "CAP", summary: "a further capability; may be given several times" },
  "preserve-fds": {
    kind: "integer",
    value: "N",
    smallest: 0,
    summary: "pass N open descriptors, from 3 on (default: 0)",
  },
  cgroup: {
    kind: "list",
    value: "[CONTROLLERS:]PATH",
    summary: "put it into a cgroup below the container's; may be given several times",
  },
  "ignore-paused": { kind: "flag", summary: "also in a paused container, where it waits until that is resumed" },
} as const;

export const command = defineCommand({
  summary: "execute a process in a container",
  description:
    "It joins the container's namespaces and cgroups, with its user, capabilities and limits. The exit status is that of " +
    "the process, or 128 and the number of the signal that ended it; 255 if it could not be executed.",
  arguments: [
    CONTAINER_ID,
    { name: "COMMAND", summary: "what to execute, and its arguments", optional: true, rest: true },
  ],
  options: OPTIONS,
  failureStatus: 255,
  run: async (values, [id, ...args], { root, words, log }) => {
    const pidFile = values["pid-file"];
    const consoleSocket = values["console-socket"];
    const pidfdSocket = values["pidfd-socket"];
    const given = values.process ? await readProcess(values.process) : undefined;
    if (given === undefined && args.length === 0) {
      throw new Failure("COMMAND is missing: give one, or a process by --process", { code: "usage" });
    }
    const warn = log.level === "error" ? undefined : (await import("../config_warnings.ts")).warnOfCapabilities;
    return execInContainer({
      root,
      id: id!,
      process: (configured) => {
        const process = given ?? processFrom(configured, args, values);
        warn?.(process, log);
        return process;
      },
      detach: values.detach,
      ...(pidFile && { pidFile: resolve(pidFile) }),
      ...(consoleSocket && { consoleSocket: resolve(consoleSocket) }),
      ...(pidfdSocket && { pidfdSocket: resolve(pidfdSocket) }),
      preserveFds: values["preserve-fds"] ?? 0,
      ignorePaused: values["ignore-paused"],
      cgroups: values.cgroup,
      globals: words,
    });
  },
});

/** The checks are loaded only for a process that was not checked with the container's config. */
async function readProcess(path: string): Promise<Process> {
  const { parseProcess, readDocument } = await import("../../spec/load.ts");
  return parseProcess(readDocument(path, path), path);
}

/** The container's process, with what the options say instead. */
function processFrom(configured: Process, args: readonly string[], values: Values<typeof OPTIONS>): Process {
  const { terminal: _, consoleSize: __, ...process } = configured;
  return {
    ...process,
    args: [...args],
    terminal: values.tty,
    env: [...(configured.env ?? []), ...values.env],
    ...(values.cwd && { cwd: values.cwd }),
    ...(values["no-new-privs"] && { noNewPrivileges: true }),
    ...(values["process-label"] && { selinuxLabel: values["process-label"] }),
    ...(values.apparmor && { apparmorProfile: values.apparmor }),
    user: userFrom(configured, values),
    capabilities: capabilitiesFrom(configured, values.cap),
  };
}

function userFrom(configured: Process, values: Values<typeof OPTIONS>): NonNullable<Process["user"]> {
  const groups = values["additional-gids"].map((gid) => parseUser(gid, "--additional-gids").uid);
  const { umask: _, ...user } = configured.user ?? {};
  return {
    ...user,
    ...(values.user !== undefined && parseUser(values.user, "--user")),
    ...(groups.length > 0 && { additionalGids: [...(configured.user?.additionalGids ?? []), ...groups] }),
  };
}

/** Added to what the process may have and has; ambient only where it is inheritable already. @see CVE-2022-29162 */
function capabilitiesFrom(configured: Process, added: readonly string[]): NonNullable<Process["capabilities"]> {
  const {
    bounding = [],
    effective = [],
    permitted = [],
    inheritable = [],
    ambient = [],
  } = configured.capabilities ?? {};
  return {
    bounding: [...bounding, ...added],
    effective: [...effective, ...added],
    permitted: [...permitted, ...added],
    inheritable,
    ambient: [...ambient, ...added.filter((name) => inheritable.includes(name))],
  };
}
