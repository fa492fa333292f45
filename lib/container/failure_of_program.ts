import type { Message } from "../executor/report.ts";
import { Failure, type FailureCode } from "../failure.ts";
import { describeWaitStatus } from "../libc/process.ts";
import { describeErrno, errnoName, errnoSentence } from "../program/errno.ts";
import { ANY_ENTRY, type Program } from "../program/instruction.ts";
import type { Config } from "../spec/types.ts";
import { hookFailure } from "./hook_failure.ts";

/** Of an instruction that is not there: the program itself was refused. */
const REFUSED = 0xffff_ffff;

/**
 * Make the failure of an instruction into a sentence: the entry of config.json, the call, the errno.
 *
 * @param failed of which the errno is positive
 * @param output what a failing hook wrote
 */
export async function failureOfProgram(
  program: Program,
  config: Config,
  { instruction, value: errno, entry }: Pick<Message, "instruction" | "value" | "entry">,
  output = "",
): Promise<Failure> {
  const failed = program.instructions[instruction];
  if (instruction === REFUSED || failed === undefined) {
    return new Failure(`the executor refused the program: ${errnoName(errno)}`, { errno });
  }
  if (failed.origin.startsWith("/hooks/")) return failureOfHook(failed.origin, failed.failure, output, errno);
  const { formatCall } = await import("../program/print.ts");
  const call = failed.name === undefined ? undefined : formatCall(program, instruction);
  const sentence = failed.failure ?? meaningOf(errno, failed.name, call);
  const origin = failed.origin.replace(ANY_ENTRY, String(entry));
  return failureAt(origin, describeEntry(config, origin), sentence, call, errno);
}

/** What an errno means where the kernel has one reason for it only, or two. */
function meaningOf(errno: number, name: string | undefined, call: string | undefined): string | undefined {
  switch (`${name} ${errnoName(errno)}`) {
    // mount(2) says ENOTDIR here, and engines look for its words; see do_move_mount in fs/namespace.c
    case "move_mount EINVAL":
      return `${call}: one side is not a directory: a directory goes on a directory only, and a file on a file`;
    case "seccomp EINVAL":
      return `${call}: the kernel takes filters of at most 4096 instructions, and the flags that \`tsrun features\` lists`;
    case "sched_setattr EPERM":
      return `${call}: a real-time policy takes CAP_SYS_NICE, and linux.resources.cpu.realtimeRuntime where cgroups share out real time`;
    default:
      return undefined;
  }
}

/** A hook that ran inside failed; `value` is the errno of what was done for it, or its wait status. */
export function failureOfHook(pointer: string, sentence: string | undefined, output: string, value: number): Failure {
  if (sentence === undefined)
    return new Failure(`${pointer}: the hook could not be run: ${describeErrno(value)}`, {
      code: "hook.failed",
      pointer,
      errno: value,
    });
  const words = sentence.replace("{wait status}", describeWaitStatus(value)).replace("{errno}", describeErrno(value));
  return hookFailure(pointer, words, output);
}

/** The same from what was written down when the container was created. */
export function failureAt(
  origin: string,
  entry: string,
  sentence: string | undefined,
  call: string | undefined,
  errno: number,
): Failure {
  const reason = sentence === undefined ? `${call}: ${describeErrno(errno)}` : withReason(sentence, call, errno);
  return new Failure(`${origin}${entry}: ${reason}`, {
    code: codeOf(origin, errno),
    pointer: origin,
    errno,
    ...(call !== undefined && { call }),
  });
}

/** A sentence of its own tells everything; one that belongs to a call lacks the kernel's reason. */
function withReason(sentence: string, call: string | undefined, errno: number): string {
  return call === undefined ? sentence : `${sentence}: ${errnoSentence(errno)}`;
}

function codeOf(origin: string, errno: number): FailureCode {
  const ENOENT = 2;
  if (!origin.startsWith("/process/args")) return "system";
  return errno === ENOENT ? "exec.not_found" : "exec.not_executable";
}

/** What stands at a place of config.json, in a few words, where the pointer alone says too little. */
function describeEntry(config: Config, origin: string): string {
  const mount = /^\/mounts\/(\d+)$/.exec(origin);
  if (mount !== null) {
    const entry = config.mounts?.[Number(mount[1])];
    if (entry !== undefined) return ` (${entry.type ?? "bind"} ${entry.source ?? ""} on ${entry.destination})`;
  }
  const listed = /^\/linux\/(maskedPaths|readonlyPaths)\/(\d+)$/.exec(origin);
  if (listed !== null) return ` (${config.linux?.[listed[1] as "maskedPaths" | "readonlyPaths"]?.[Number(listed[2])]})`;
  const device = /^\/linux\/devices\/(\d+)$/.exec(origin);
  if (device !== null) return ` (${config.linux?.devices?.[Number(device[1])]?.path})`;
  return "";
}
