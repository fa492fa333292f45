import type { Argument, Command, Option, Options } from "../command.ts";
import { loadCommand } from "../command_line.ts";
import { COMMANDS } from "../commands.ts";
import { GLOBAL_OPTIONS, HELP_OPTION } from "../global_options.ts";
import { argument, head, paragraph, tagList } from "./mdoc.ts";

const ENVIRONMENT: readonly (readonly [string, string])[] = [
  ["XDG_RUNTIME_DIR", "Where the state of containers is for other users than root, in the directory tsrun."],
  [
    "NOTIFY_SOCKET",
    "The service manager's socket. A container that is created with it gets one of its own at " +
      "/run/notify/notify.sock; when it tells that it is ready, start and run pass that on, with the id of its process.",
  ],
  [
    "LISTEN_FDS",
    "How many sockets of a service follow the standard streams, if LISTEN_PID is the id of tsrun. create and run pass " +
      "them to the container's process, before those of --preserve-fds.",
  ],
  ["TSRUN_FAST", "0: every command is carried out by the engine."],
  ["TSRUN_IMAGE", "0: the engine is started for every command that it carries out, as without a start image."],
];

const FILES: readonly (readonly [string, string])[] = [
  ["/run/tsrun", "The state of root's containers, in a directory for each."],
];

const EXAMPLES: readonly (readonly [string, string])[] = [
  ["tsrun spec", "Write a config.json to start from."],
  ["tsrun run hello", "Run the bundle in the current directory, in the foreground."],
  ["tsrun exec -t hello sh", "Open a shell in a running container."],
  ["tsrun kill hello KILL; tsrun delete hello", "End a container, and remove what is left of it."],
];

/**
 * The manual: a page for tsrun, and one for each command, from the same tables as help and completion.
 *
 * @param date that of the pages
 * @returns texts in mdoc(7) by file name
 */
export async function manualPages(date: Date): Promise<Map<string, string>> {
  const commands = new Map<string, Command>();
  for (const name of Object.keys(COMMANDS)) {
    const command = await loadCommand(name);
    if (!command.hidden) commands.set(name, command);
  }
  const pages = new Map([["tsrun.8", lines(mainPage(commands, date))]]);
  for (const [name, command] of commands) pages.set(`tsrun-${name}.8`, lines(commandPage(name, command, date)));
  return pages;
}

function mainPage(commands: ReadonlyMap<string, Command>, date: Date): string[] {
  return [
    ...head("tsrun", "run containers from OCI bundles", date),
    ".Sh SYNOPSIS",
    ".Nm",
    ".Op Ar global options",
    ".Ar command",
    ".Op Ar options",
    ".Op Ar arguments",
    ".Sh DESCRIPTION",
    ...paragraph(
      "An OCI runtime with the command line of runc: it reads a bundle's config.json, and creates, starts, kills and " +
        "deletes the container. Options may be written with one dash or two, their values behind = or as the next word.",
    ),
    ".Pp",
    "The commands, each with a page of its own:",
    ...tagList([...commands].map(([name, { summary }]) => [`Xr tsrun-${name} 8`, sentence(summary)])),
    ".Pp",
    "The global options, which stand before the command:",
    ...optionList(GLOBAL_OPTIONS),
    ".Sh ENVIRONMENT",
    ...tagList(ENVIRONMENT.map(([name, text]) => [`Ev ${name}`, text])),
    ".Sh FILES",
    ...tagList(FILES.map(([path, text]) => [`Pa ${path}`, text])),
    ".Sh EXIT STATUS",
    ...paragraph("0, or 1 if the command fails. run and exec in the foreground end with the status of the process."),
    ".Sh EXAMPLES",
    ...tagList(EXAMPLES.map(([line, text]) => [`Li ${argument(line)}`, text])),
    ".Sh SEE ALSO",
    ...references(commands.keys()),
  ];
}

function commandPage(name: string, command: Command, date: Date): string[] {
  const { summary, description, arguments: args, options, failureStatus = 1 } = command;
  return [
    ...head(`tsrun-${name}`, summary, date),
    ".Sh SYNOPSIS",
    ".Nm tsrun",
    ".Op Ar global options",
    `.Cm ${name}`,
    ".Op Ar options",
    ...args.map(spelled),
    ".Sh DESCRIPTION",
    ...paragraph(sentence(summary)),
    ...(description === undefined ? [] : [".Pp", ...paragraph(description)]),
    ...(args.length === 0 ? [] : [".Pp", "The arguments:"]),
    ...tagList(args.map((one) => [`Ar ${argument(one.name)}`, sentence(one.summary)])),
    ".Pp",
    "The options:",
    ...optionList({ ...options, ...HELP_OPTION }),
    ".Sh EXIT STATUS",
    ...paragraph(
      failureStatus === 1
        ? "0, or 1 if it fails."
        : `That of the process, or ${failureStatus} if it could not be executed.`,
    ),
    ".Sh SEE ALSO",
    ".Xr tsrun 8",
  ];
}

function optionList(options: Options): string[] {
  return tagList(
    Object.entries(options)
      .filter(([, { hidden }]) => !hidden)
      .map(([name, option]) => [optionTerm(name, option), sentence(option.summary)]),
  );
}

function optionTerm(name: string, { short, value }: Option): string {
  const long = `Fl \\-${name.replaceAll("-", "\\-")}`;
  const shorter = short === undefined ? "" : `Fl ${short} , `;
  return `${shorter}${long}${value === undefined ? "" : ` Ar ${argument(value)}`}`;
}

function spelled({ name, optional, rest }: Argument): string {
  const word = `Ar ${argument(name)}${rest ? " ..." : ""}`;
  return optional ? `.Op ${word}` : `.${word}`;
}

function references(names: Iterable<string>): string[] {
  const all = [...names].map((name) => `tsrun-${name}`).sort();
  return all.map((name, i) => `.Xr ${name} 8${i < all.length - 1 ? " ," : ""}`);
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
