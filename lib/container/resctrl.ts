import { Failure } from "../failure.ts";
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "../libc/files.ts";
import { describeErrno, EBUSY, ENOENT } from "../program/errno.ts";
import type { Config, IntelRdt } from "../spec/types.ts";

/** Where the processor's resources are controlled: the resctrl file system. @see Documentation/filesystems/resctrl.rst */

/** Where the resctrl file system is mounted, if it is. */
export function findResctrl(mountinfo = readFileSync("/proc/self/mountinfo", "utf8")): string | undefined {
  const line = mountinfo.split("\n").find((it) => it.includes(" - resctrl "));
  return line?.split(" ")[4];
}

/**
 * Put a container's process into its class of service, which is made if it is the container's own or has none yet, and
 * into a monitoring group if it asks for one.
 *
 * @param resctrl where the file system is mounted
 * @returns what is to be removed with the container, in this order
 * @throws Failure; what was made is gone again then
 * @see config-linux.md, "IntelRdt"
 */
export function joinResctrl(resctrl: string | undefined, config: Config, id: string, pid: number): string[] {
  const { intelRdt } = config.linux ?? {};
  if (intelRdt === undefined) return [];
  if (resctrl === undefined) throw refusal("", "this machine does not mount the resctrl file system");
  const made: string[] = [];
  try {
    const group = classOf(resctrl, intelRdt, id, made);
    write(`${group}/tasks`, String(pid), "");
    if (intelRdt.enableMonitoring) {
      const monitor = `${group}/mon_groups/${id}`;
      make(monitor, "/enableMonitoring", made);
      write(`${monitor}/tasks`, String(pid), "/enableMonitoring");
    }
    return made.toReversed();
  } catch (failure) {
    leaveResctrl(made.toReversed());
    throw failure;
  }
}

/** Put another process of the container into its class of service, and its monitoring group. @throws Failure */
export function enterResctrl(
  resctrl: string | undefined,
  { closID, enableMonitoring }: IntelRdt,
  id: string,
  pid: number,
): void {
  if (resctrl === undefined) throw refusal("", "this machine does not mount the resctrl file system");
  const group = closID === "/" ? resctrl : `${resctrl}/${closID || id}`;
  write(`${group}/tasks`, String(pid), "");
  if (enableMonitoring) write(`${group}/mon_groups/${id}/tasks`, String(pid), "/enableMonitoring");
}

/** Write other schemas to a container's class of service. @throws Failure */
export function changeSchemata(resctrl: string, { closID }: IntelRdt, id: string, schemas: IntelRdt): void {
  withSchemata(closID === "/" ? resctrl : `${resctrl}/${closID || id}`, schemataOf(schemas));
}

/** Remove the container's groups. Processes in them go back to where they came from. */
export function leaveResctrl(directories: readonly string[]): void {
  for (const directory of directories) {
    try {
      rmdirSync(directory);
    } catch (error) {
      const { errno } = error as NodeJS.ErrnoException;
      if (errno !== -ENOENT && errno !== -EBUSY) throw error;
    }
  }
}

/** The directory of the class of service, with its schemata as the config has them. */
function classOf(resctrl: string, intelRdt: IntelRdt, id: string, made: string[]): string {
  const { closID } = intelRdt;
  const lines = schemataOf(intelRdt);
  if (closID === "/") return withSchemata(resctrl, lines);
  const directory = `${resctrl}/${closID || id}`;
  if (closID && existsSync(directory)) {
    if (intelRdt.schemata !== undefined) return withSchemata(directory, lines);
    // Others may use the class too: it is not changed under them.
    const present = new Set(schemaEntries(readFileSync(`${directory}/schemata`, "utf8").split("\n")));
    const missing = schemaEntries(lines).find((entry) => !present.has(entry));
    if (missing === undefined) return directory;
    throw refusal("/closID", `the class of service ${closID} exists, and has another schema than ${missing}`);
  }
  if (closID && lines.length === 0) throw refusal("/closID", `there is no class of service ${closID}`);
  make(directory, closID ? "/closID" : "", made);
  return withSchemata(directory, lines);
}

function withSchemata(directory: string, lines: readonly string[]): string {
  if (lines.length > 0) write(`${directory}/schemata`, `${lines.join("\n")}\n`, "/schemata");
  return directory;
}

/**
 * In the order in which they are to be written. Of what is there twice the last counts: memory bandwidth is memBwSchema's
 * alone, and schemata stand above both.
 */
function schemataOf({ l3CacheSchema = "", memBwSchema = "", schemata = [] }: IntelRdt): string[] {
  const cache = l3CacheSchema.split("\n").filter((line) => !/^\s*MB:/.test(line));
  return lastOfEach([...cache, ...memBwSchema.split("\n"), ...schemata].filter((line) => line.trim() !== ""));
}

/** Lines without the domains that a later line has too, which the kernel would refuse. */
function lastOfEach(lines: readonly string[]): string[] {
  const seen = new Set<string>();
  const kept: string[] = [];
  for (const line of lines.toReversed()) {
    const { resource, domains } = partsOf(line);
    const own = domains.filter((domain) => !seen.has(`${resource}:${numberOf(domain)}`));
    for (const domain of own) seen.add(`${resource}:${numberOf(domain)}`);
    if (own.length === domains.length) kept.push(line);
    else if (own.length > 0) kept.push(`${resource}:${own.join(";")}`);
  }
  return kept.toReversed();
}

/** `L3:0=f;1=f`: the resource, and what each domain gets. */
function partsOf(line: string): { resource: string; domains: string[] } {
  const [resource = "", domains = ""] = line.split(":");
  return { resource: resource.trim(), domains: domains.split(";").filter(Boolean) };
}

const numberOf = (domain: string): string => domain.split("=")[0]!.trim();

/** `L3:0=f;1=f` and `L3:1=f;0=00f` say the same: each domain for itself, without blanks and leading zeros. */
function schemaEntries(lines: readonly string[]): string[] {
  return lines.flatMap((line) => {
    const { resource, domains } = partsOf(line);
    return domains.map((domain) => {
      const value = domain.split("=")[1] ?? "";
      return `${resource}:${numberOf(domain)}=${value.trim().replace(/^0+(?=.)/, "")}`;
    });
  });
}

function make(directory: string, part: string, made: string[]): void {
  attempt(`mkdir(${JSON.stringify(directory)})`, part, () => mkdirSync(directory, { mode: 0o755 }));
  made.push(directory);
}

function write(path: string, text: string, part: string): void {
  const call = `write(${JSON.stringify(path)}, ${JSON.stringify(text)})`;
  attempt(call, part, () => writeFileSync(path, text, { mode: 0o600 }));
}

function attempt(call: string, part: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    const errno = Math.abs((cause as NodeJS.ErrnoException).errno ?? 0);
    const pointer = `/linux/intelRdt${part}`;
    throw new Failure(`${pointer}: ${call}: ${describeErrno(errno)}`, {
      code: "system",
      pointer,
      call,
      errno,
      cause,
      hint: "the kernel's reason is in info/last_cmd_status of the resctrl file system",
    });
  }
}

function refusal(part: string, why: string): Failure {
  const pointer = `/linux/intelRdt${part}`;
  return new Failure(`${pointer}: ${why}`, { code: "config.unsupported", pointer });
}
