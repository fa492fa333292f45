import type { CgroupDriver } from "../cgroup/driver.ts";
import type { Values } from "./command.ts";
import { loadCommand, parseCall, parseGlobals } from "./command_line.ts";
import type { GLOBAL_OPTIONS } from "./global_options.ts";
import { absoluteLogTarget, type Log, type LogLevel, openLog } from "./log.ts";
import { print } from "./print.ts";
import { reportFailure } from "./report_failure.ts";
import { chooseRoot } from "./root.ts";

const FAILED = 1;

/**
 * Carry out a command line.
 *
 * @param words without the program's name
 * @returns the exit status
 */
export async function main(words: readonly string[]): Promise<number> {
  let log: Log = { format: "text", level: "error", destination: undefined };
  let name = "";
  let failureStatus = FAILED;
  try {
    const { values, args } = parseGlobals(words);
    if (values.version) return await printVersion();
    const [word = "help", ...rest] = args;
    if (values.help || word === "help") return await printHelp(word === "help" ? rest[0] : word);
    log = {
      format: values["log-format"] === "json" ? "json" : "text",
      level: logLevel(values),
      destination: undefined,
    };
    if (values.log) log = { ...log, destination: await openLog(values.log) };
    const command = await loadCommand(word);
    name = command.onBehalfOf ?? word;
    const call = parseCall(word, command, rest);
    if (call === "help") return await printHelp(word);
    failureStatus = command.failureStatus ?? FAILED;
    if (log.level === "debug") (await import("./debug.ts")).showDebugLog(log);
    const root = chooseRoot(values.root, values.rootless);
    const globals = {
      root,
      rootGiven: values.root !== undefined,
      log,
      cgroupDriver: driver(values),
      rootless: saysRootless(values),
      words: globalWords(root, values),
    };
    return (await command.run(call.values, call.args, globals)) ?? 0;
  } catch (failure) {
    reportFailure(failure, name, log);
    return failureStatus;
  }
}

/** As in crun the manager that is named by name counts. */
function driver(values: Values<typeof GLOBAL_OPTIONS>): CgroupDriver {
  return (values["cgroup-manager"] as CgroupDriver | undefined) ?? (values["systemd-cgroup"] ? "systemd" : "cgroupfs");
}

function saysRootless({ rootless }: Values<typeof GLOBAL_OPTIONS>): boolean | undefined {
  return rootless === undefined || rootless === "auto" ? undefined : rootless === "true";
}

/** What says the same again, wherever it is said. */
function globalWords(root: string, { log, "log-format": format }: Values<typeof GLOBAL_OPTIONS>): string[] {
  return [
    "--root",
    root,
    ...(log ? ["--log", absoluteLogTarget(log)] : []),
    ...(format ? ["--log-format", format] : []),
  ];
}

function logLevel({ debug, "log-level": level }: Values<typeof GLOBAL_OPTIONS>): LogLevel {
  if (debug || level === "debug") return "debug";
  return level === "warning" ? "warning" : "error";
}

async function printVersion(): Promise<number> {
  const { versionText } = await import("./version.ts");
  print(versionText());
  return 0;
}

async function printHelp(command: string | undefined): Promise<number> {
  const { helpText } = await import("./help.ts");
  print(await helpText(command));
  return 0;
}
