import { Failure } from "../failure.ts";
import { closeSync, existsSync, openSync, readFileSync, statSync } from "../libc/files.ts";
import { waitForExit } from "../libc/process.ts";
import { reportChannel } from "../libc/socket.ts";
import { posixSpawnWith } from "../libc/spawn.ts";
import { cString, systemCall, trySystemCall } from "../libc/system_call.ts";
import { ask, type Heed } from "./conversation.ts";
import { type CriuFeatures, type Request, RequestType, type Response } from "./messages.ts";

const MFD_CLOEXEC = 1;
const SHUT_WR = 1;

/** Where criu is, by PATH. @throws Failure if it is not installed */
export function findCriu(): string {
  const directories = (process.env.PATH ?? "").split(":").filter((directory) => directory !== "");
  const path = directories.map((directory) => `${directory}/criu`).find(isExecutable);
  if (path !== undefined) return path;
  throw new Failure("criu is not installed: there is none in PATH", {
    code: "criu.not_found",
    hint: "checkpoint and restore need CRIU: https://criu.org/Installation",
  });
}

function isExecutable(path: string): boolean {
  const X_OK = 1;
  const AT_FDCWD = -100;
  return existsSync(path) && statSync(path).isFile() && trySystemCall("faccessat", AT_FDCWD, cString(path), X_OK) === 0;
}

/** The arguments of a criu that serves one request over this descriptor. */
export function serviceWords(socket: number): string[] {
  return ["criu", "swrk", String(socket)];
}

/** This process's environment, in which criu finds the tools that it calls. */
export function ownEnvironment(): string[] {
  return Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
}

/** What came of a request. */
export interface Served {
  /** Undefined if criu ended without an answer. */
  readonly response: Response | undefined;
  /** What it wrote to its standard streams, where it says what it cannot say to its log. */
  readonly output: string;
}

/**
 * Start a criu for one request, and wait until it has ended.
 *
 * @throws Failure if it is not installed; what `heed` throws
 */
export async function requestOf(request: Request, heed?: Heed): Promise<Served> {
  const path = findCriu();
  const { ours, theirs } = reportChannel();
  const output = systemCall("memfd_create", cString("criu-output"), MFD_CLOEXEC);
  const nothing = openSync("/dev/null", "r");
  let pid: number | undefined;
  try {
    pid = posixSpawnWith(path, serviceWords(theirs), ownEnvironment(), [nothing, output, output]);
    closeSync(theirs);
    const response = await ask(ours, request, heed);
    // After a pre-dump it would wait for more.
    trySystemCall("shutdown", ours, SHUT_WR);
    waitForExit(pid);
    pid = undefined;
    return { response, output: readFileSync(`/proc/self/fd/${output}`, "utf8") };
  } finally {
    closeSync(ours);
    if (pid !== undefined) waitForExit(pid);
    closeSync(output);
    closeSync(nothing);
  }
}

/**
 * The version of the installed criu: 31701 is 3.17.1. What was built between two releases counts as the next.
 *
 * @throws Failure if there is none, or it does not work on this machine
 */
export async function criuVersion(): Promise<number> {
  const { response, output } = await requestOf({ type: RequestType.Version });
  const { major, minor = 0, sublevel = 0, gitId } = response?.version ?? {};
  if (major === undefined) {
    throw new Failure(`criu does not work on this machine: ${lastError(output) ?? "it ended without an answer"}`, {
      code: "criu.unsuitable",
      hint: '"criu check" tells what is missing',
    });
  }
  return gitId ? major * 10_000 + (minor + 1) * 100 : major * 10_000 + minor * 100 + sublevel;
}

/** @param what needs it. @throws Failure if criu is older */
export function requireVersion(version: number, minimum: number, what: string): void {
  if (version >= minimum) return;
  throw new Failure(`${what} needs criu ${spelled(minimum)}, and ${spelled(version)} is installed`, {
    code: "criu.unsuitable",
  });
}

function spelled(version: number): string {
  const numbers = [Math.floor(version / 10_000), Math.floor(version / 100) % 100, version % 100];
  return (numbers[2] === 0 ? numbers.slice(0, 2) : numbers).join(".");
}

/** What each feature is for, in words. */
const FEATURE_NAME: Readonly<Record<keyof CriuFeatures, string>> = {
  memoryTracking: "--pre-dump: tracking of changed memory",
  lazyPages: "--lazy-pages: restoring of memory when it is used (userfaultfd)",
};

/** @throws Failure unless criu, on this kernel, has the feature */
export async function requireFeature(feature: keyof CriuFeatures): Promise<void> {
  const { response } = await requestOf({ type: RequestType.FeatureCheck, features: { [feature]: true } });
  if (response?.features?.[feature]) return;
  throw new Failure(`${FEATURE_NAME[feature]} is not possible with this kernel and criu`, { code: "criu.unsuitable" });
}

/** The last line that tells of an error, without time and place. */
export function lastError(text: string): string | undefined {
  return errorLines(text).at(-1);
}

const ERROR_LINE = /^(?:\([\d.]+\)\s*)?(?:\s*\d+:\s*)?Error \([^)]*\): (.*)$/;

export function errorLines(text: string): string[] {
  return text.split("\n").flatMap((line) => ERROR_LINE.exec(line.trim())?.[1] ?? []);
}
