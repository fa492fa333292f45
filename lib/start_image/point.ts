import { programBreakAddress, textAt } from "../libc/memory.ts";
import { addressOf, cString, systemCall, trySystemCall } from "../libc/system_call.ts";
import { SIGSET_SIZE } from "../program/constants.ts";

/** The call at which the image is taken: it waits for nothing, and no other thread or command makes it. */
export const POINT = "pause";
/** Words of memory that the point's call passes, for whoever takes the image and for the launcher. */
export const CALL_WORDS = 3;
export const SIGNALS = 64;
export const ACTION_WORDS = 4;
export const ALTERNATE_STACK_WORDS = 3;
/**
 * Behind the launcher's words: the signal stack, all signals, where libc remembers the end of its heap, and how many
 * commands to warm up with failed.
 */
export const POINT_WORDS = CALL_WORDS + ALTERNATE_STACK_WORDS + SIGNALS * ACTION_WORDS + 2;

/** A command line that came by way of the launcher. */
export interface ArrivedCall {
  /** Without the program's name. */
  readonly words: readonly string[];
}

/**
 * Wait to be made an image of. This returns in each process that is made of the image, when the launcher has told it what
 * to do: the engine knows that process's environment, working directory and so on then, and not those of where the image
 * was taken.
 *
 * @param failures how many commands failed that were carried out before
 */
export function waitForCall(failures: number): ArrivedCall {
  const point = new BigUint64Array(POINT_WORDS);
  const stackAt = CALL_WORDS;
  const signalsAt = stackAt + ALTERNATE_STACK_WORDS;
  systemCall("sigaltstack", 0, point.subarray(stackAt, signalsAt));
  for (let i = 0; i < SIGNALS; i++) {
    const at = signalsAt + i * ACTION_WORDS;
    systemCall("rt_sigaction", i + 1, 0, point.subarray(at, at + ACTION_WORDS), SIGSET_SIZE);
  }
  point[POINT_WORDS - 2] = programBreakAddress();
  point[POINT_WORDS - 1] = BigInt(failures);
  const own = process.env;
  const told = replaceable();
  // What has run once is quick.
  const example = cString("engine\0tsrun\0NAME=VALUE");
  point.set([addressOf(example), BigInt(example.length), 1n]);
  takeOver(point, told, own);
  trySystemCall(POINT, point);
  return takeOver(point, told, own);
}

/** What the engine knows of its process once it has been asked. */
interface Told {
  env: NodeJS.ProcessEnv;
  execPath: string;
  pid: number;
}

/** Make what will be told anew ordinary properties: the first that is written makes all of this object's others. */
function replaceable(): Told {
  for (const name of ["env", "execPath", "pid"] as const) {
    Object.defineProperty(process, name, { value: process[name], writable: true });
  }
  return process;
}

/**
 * @param point begins with `struct call_of_engine` of lib/executor/start_image.h
 * @param own the engine's own environment, which its time zone follows
 */
function takeOver(point: BigUint64Array, told: Told, own: NodeJS.ProcessEnv): ArrivedCall {
  const withoutLastNul = Number(point[1]) - 1;
  const [engine = "", ...words] = textAt(point[0]!, withoutLastNul).split("\0");
  told.env = environment(words.splice(Number(point[2])));
  if (told.env.TZ !== undefined) own.TZ = told.env.TZ;
  told.execPath = engine;
  told.pid = systemCall("getpid");
  // The working directory is looked up when it changes. The launcher has seen that this works.
  process.chdir(".");
  return { words: words.slice(1) };
}

/** @param variables `NAME=VALUE` */
function environment(variables: readonly string[]): NodeJS.ProcessEnv {
  const values: NodeJS.ProcessEnv = {};
  for (const variable of variables) {
    const end = variable.indexOf("=");
    if (end > 0) values[variable.slice(0, end)] = variable.slice(end + 1);
  }
  return values;
}
