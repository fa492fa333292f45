import { Failure } from "../failure.ts";
import type { Globals } from "./command.ts";
import { COMMANDS } from "./commands.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";
import { checkArguments, parseOptions } from "./parse.ts";
import { print } from "./print.ts";
import { type Log, reportFailure } from "./report_failure.ts";
import { chooseRoot } from "./root.ts";

/**
 * Carry out a command line.
 *
 * @param words without the program's name
 * @returns the exit status
 */
export async function main(words: readonly string[]): Promise<number> {
  let log: Log = { format: "text" };
  let name = "";
  try {
    const { values, rest } = parseOptions(words, GLOBAL_OPTIONS, "");
    log = { file: values.log, format: values["log-format"] === "json" ? "json" : "text" };
    name = rest[0] ?? "";
    if (values.version) return await printVersion();
    if (values.help || name === "" || name === "help") return await printHelp(name === "help" ? rest.slice(1) : []);
    const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
    if (load === undefined) throw await unknownCommand(name);
    if (asksForHelp(rest)) return await printHelp([name]);
    const command = await load();
    const parsed = parseOptions(rest.slice(1), command.options, name);
    checkArguments(parsed.rest, command.arguments, name);
    if (values.debug) await (await import("./debug.ts")).showDebugLog(log);
    if (values["systemd-cgroup"]) {
      throw new Failure("--systemd-cgroup: cgroups managed by systemd are not supported yet", {
        code: "config.unsupported",
      });
    }
    const globals: Globals = {
      root: chooseRoot(values.root, values.rootless),
      rootGiven: values.root !== undefined,
      systemdCgroup: values["systemd-cgroup"],
    };
    return (await command.run(parsed.values, parsed.rest, globals)) ?? 0;
  } catch (failure) {
    return reportFailure(failure, name, log);
  }
}

/** `--help` among the options of a command, before the first word that is no option. */
function asksForHelp(words: readonly string[]): boolean {
  for (const word of words.slice(1)) {
    if (word === "--help" || word === "-help" || word === "-h") return true;
    if (word === "--") return false;
  }
  return false;
}

async function printVersion(): Promise<number> {
  const { versionText } = await import("./version.ts");
  print(versionText());
  return 0;
}

async function printHelp(words: readonly string[]): Promise<number> {
  const { showHelp } = await import("./help.ts");
  await showHelp(words);
  return 0;
}

async function unknownCommand(name: string): Promise<Failure> {
  const { nearestCommand } = await import("./help.ts");
  const nearest = nearestCommand(name);
  return new Failure(`there is no command ${JSON.stringify(name)}`, {
    code: "usage",
    hint: nearest === undefined ? `"tsrun --help" lists the commands` : `did you mean ${JSON.stringify(nearest)}?`,
  });
}
