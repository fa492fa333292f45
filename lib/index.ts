/**
 * The library: what programs in TypeScript call. docs/library.md shows how.
 *
 * Judging a config, compiling it and encoding the program are pure: they call nothing of the machine. The rest calls libc.
 */

// From a config to a program, and from a program to bytes and texts.
export { type ContainerInput, type ContainerProgram, compileContainer } from "./compile/container.ts";
export { compileOnHost, type HostDescription } from "./compile/on_host.ts";
// Containers of this machine.
export { type CreateRequest, createContainer } from "./container/create.ts";
export { deleteContainer } from "./container/delete.ts";
export { type ContainerDescription, describeContainer } from "./container/describe.ts";
export { killContainer } from "./container/kill.ts";
export { planContainer } from "./container/plan.ts";
export { startContainer } from "./container/start.ts";
// A config.json and what is wrong with it.
export { Failure, type FailureCode, type FailureContext } from "./failure.ts";
export { ProgramBuilder } from "./program/builder.ts";
export { type EncodeOptions, encodeProgram } from "./program/encode.ts";
export type { Architecture, Instruction, Operand, Program, Register } from "./program/instruction.ts";
export { formatProgram, type PrintedInstruction, programToJson } from "./program/print.ts";
export { loadConfig, parseProcess, parseResources, type Validation, validateText } from "./spec/load.ts";
export { formatProblems, type Problem } from "./spec/problem.ts";
export type * from "./spec/types.ts";
