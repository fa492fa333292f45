import { Failure } from "../failure.ts";
import { HOOK_OUTPUT_SIZE } from "../program/instruction.ts";

/** A failure that tells what the hook wrote last, which is where it says why. */
export function hookFailure(pointer: string, sentence: string, output: string): Failure {
  const end = output.trim().slice(-HOOK_OUTPUT_SIZE);
  const told = end === "" ? "" : `; it wrote: ${end}`;
  return new Failure(`${pointer}: ${sentence}${told}`, { code: "hook.failed", pointer });
}
