import { checksum } from "./checksum.ts";
import {
  ArgumentKind,
  ERROR_ENTRY_SIZE,
  ErrorMode,
  HEADER,
  HEADER_SIZE,
  INSTRUCTION_SIZE,
  type Instruction,
  type Label,
  NO_REGISTER,
  PROGRAM_MAGIC,
  PROGRAM_VERSION,
  type Program,
} from "./instruction.ts";

export interface EncodeOptions {
  /** Index of a system call that is not played but fails. */
  readonly faultAt?: number;
  /** The errno with which it fails, positive. */
  readonly faultErrno?: number;
  /** The descriptor that gets a record of each instruction before it is played. */
  readonly traceDescriptor?: number;
  /** The program is to be kept in a file, for the launcher of this build: with the checksum. */
  readonly buildId?: number;
}

const WORD = 4;
const WORD_RANGE = 2 ** 32;
const WORDS_PER_INSTRUCTION = INSTRUCTION_SIZE / WORD;
const WORDS_PER_ENTRY = ERROR_ENTRY_SIZE / WORD;
const FIRST_ARGUMENT = 4;
const MOST_ENTRIES_OF_AN_INSTRUCTION = 0xff;

/**
 * The form of a program in which the executor reads it (see instruction.ts). It is written as 32-bit words: of all ways
 * to write numbers this one is quickest in code that runs once.
 *
 * @throws RangeError if a label was never placed, or an instruction has more than 255 error entries
 */
export function encodeProgram(program: Program, options: EncodeOptions = {}): Uint8Array {
  const { instructions, data } = program;
  let entryCount = 0;
  for (const { errors } of instructions) if (errors !== undefined) entryCount += errors.length;
  const tablesSize = HEADER_SIZE + instructions.length * INSTRUCTION_SIZE + entryCount * ERROR_ENTRY_SIZE;
  const bytes = new Uint8Array(tablesSize + data.length);
  bytes.set(data, tablesSize);
  const words = new Uint32Array(bytes.buffer, 0, tablesSize / WORD);
  writeLong(words, HEADER.magic / WORD, PROGRAM_MAGIC);
  words[HEADER.version / WORD] = PROGRAM_VERSION;
  words[HEADER.instructionCount / WORD] = instructions.length;
  words[HEADER.errorCount / WORD] = entryCount;
  words[HEADER.dataLength / WORD] = data.length;
  words[HEADER.faultAt / WORD] = options.faultAt === undefined ? 0 : options.faultAt + 1;
  words[HEADER.faultErrno / WORD] = options.faultErrno ?? 0;
  words[HEADER.traceDescriptor / WORD] = options.traceDescriptor ?? -1;
  let at = HEADER_SIZE / WORD;
  const entries = at + instructions.length * WORDS_PER_INSTRUCTION;
  let entry = 0;
  for (const instruction of instructions) {
    writeInstruction(words, at, instruction, entry);
    at += WORDS_PER_INSTRUCTION;
    if (instruction.errors === undefined) continue;
    for (const [errno, target] of instruction.errors) {
      const word = entries + entry++ * WORDS_PER_ENTRY;
      words[word] = errno;
      words[word + 1] = placeOf(target, instruction);
    }
  }
  if (options.buildId !== undefined) {
    words[HEADER.buildId / WORD] = options.buildId;
    words[HEADER.checksum / WORD] = checksum(bytes);
  }
  return bytes;
}

/** Its arguments are written in place: a call for each would take half the time of code that runs once. */
function writeInstruction(words: Uint32Array, at: number, instruction: Instruction, firstEntry: number): void {
  const { args, target, errors } = instruction;
  let kinds = 0;
  let word = at + FIRST_ARGUMENT;
  for (let i = 0; i < args.length; i++, word += 2) {
    const argument = args[i]!;
    if (typeof argument === "number") {
      words[word] = argument;
      if (argument < 0 || argument >= WORD_RANGE) words[word + 1] = (argument - (argument >>> 0)) / WORD_RANGE;
    } else if (typeof argument === "bigint") {
      writeLong(words, word, argument);
    } else if ("register" in argument) {
      kinds |= ArgumentKind.Register << (2 * i);
      words[word] = argument.register;
    } else {
      kinds |= ArgumentKind.Data << (2 * i);
      words[word] = argument.data;
    }
  }
  const register = instruction.destination === undefined ? NO_REGISTER : instruction.destination.register;
  const variant = instruction.variant === undefined ? 0 : instruction.variant;
  words[at] = instruction.op | (register << 8) | (errorMode(instruction) << 16) | (variant << 24);
  words[at + 1] = kinds;
  words[at + 2] = target === undefined ? (instruction.number ?? 0) : placeOf(target, instruction);
  if (errors === undefined) return;
  if (errors.length > MOST_ENTRIES_OF_AN_INSTRUCTION) {
    throw new RangeError(`an instruction of ${instruction.origin} has ${errors.length} error entries`);
  }
  words[at + 3] = (firstEntry << 8) | errors.length;
}

function errorMode({ errors, ignoresErrors }: Instruction): ErrorMode {
  if (ignoresErrors === true) return ErrorMode.Continue;
  return errors === undefined ? ErrorMode.Fail : ErrorMode.Table;
}

/** 64 bits, in two's complement. */
function writeLong(words: Uint32Array, at: number, value: bigint): void {
  words[at] = Number(BigInt.asUintN(32, value));
  words[at + 1] = Number(BigInt.asUintN(32, value >> 32n));
}

function placeOf(label: Label, { origin }: Instruction): number {
  if (label.index < 0) throw new RangeError(`an instruction of ${origin} goes to a label that was never placed`);
  return label.index;
}
