import { CString, type Pointer, ptr, read } from "bun:ffi";
import { systemCall, trySystemCall } from "../libc/system_call.ts";
import { SIGSET_SIZE } from "../program/constants.ts";

/** The call at which the image is taken: it waits for nothing, and no other thread or command makes it. */
export const POINT = "pause";
/** Words of memory that the point's call passes, for whoever takes the image and for the launcher. */
export const CALL_WORDS = 3;
export const SIGNALS = 64;
export const ACTION_WORDS = 4;
export const ALTERNATE_STACK_WORDS = 3;
/** Behind the launcher's words: the signal stack, all signals, and how many commands to warm up with failed. */
export const POINT_WORDS = CALL_WORDS + ALTERNATE_STACK_WORDS + SIGNALS * ACTION_WORDS + 1;

/** A command line that came by way of the launcher. */
export interface ArrivedCall {
  /** Without the program's name. */
  readonly words: readonly string[];
}

/**
 * Wait to be made an image of. This returns in each process that is made of the image, when the launcher has told it what
 * to do: this process has its environment then.
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
  point[POINT_WORDS - 1] = BigInt(failures);
  trySystemCall(POINT, point);
  const [engine, argv, envp] = [0, 8, 16].map((offset) => read.ptr(ptr(point), offset)) as [number, number, number];
  forgetWhereItWasTaken(text(engine), texts(envp));
  return { words: texts(argv).slice(1) };
}

function text(address: number): string {
  return new CString(address as Pointer).toString();
}

/** A NULL-terminated array of texts. */
function texts(address: number): string[] {
  const found: string[] = [];
  for (let offset = 0; ; offset += 8) {
    const element = read.ptr(address as Pointer, offset);
    if (element === 0) return found;
    found.push(text(element));
  }
}

/** What the engine knows of its process, and remembers once it has been asked, becomes this process's. */
function forgetWhereItWasTaken(engine: string, variables: readonly string[]): void {
  Object.defineProperty(process, "execPath", { value: engine });
  Object.defineProperty(process, "pid", { value: systemCall("getpid") });
  // The working directory is looked up when it changes. The launcher has seen that this works.
  process.chdir(".");
  for (const name of Object.keys(process.env)) delete process.env[name];
  for (const variable of variables) {
    const end = variable.indexOf("=");
    if (end > 0) process.env[variable.slice(0, end)] = variable.slice(end + 1);
  }
}
