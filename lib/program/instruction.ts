/**
 * The instructions of a program, and the form in which the executor reads them.
 *
 * A program is played from its first instruction on by one process, which it may make into several (clone). There are
 * 64 registers of 64 bits, all zero at first, and a data area mapped at a fixed address, so that structs that hold
 * pointers (argv, msghdr, iovec) are laid out here. Nothing in the executor knows what a container is.
 *
 * The encoded form (little-endian) is a header, the instructions, the error table, the data:
 *
 *     header       64 bytes   magic, version, counts, data length, injected fault, trace descriptor, build id, checksum
 *     instruction  64 bytes   u8 op, u8 destination, u8 error mode, u8 variant,
 *                             u16 argument kinds (2 bits each, first argument lowest), u16 0,
 *                             u32 number (system call) or target (instruction index),
 *                             u32 error table: first entry << 8 | count,
 *                             u64 arguments[6]
 *     error entry   8 bytes   u16 errno (0: any), u16 0, u32 target
 *     data                    the rest of the file
 *
 * The executor copies the instructions and the error table to CODE_ADDRESS, read-only, and the data to DATA_ADDRESS,
 * readable and writable. It plays a program only if all of it is sound: every index, width, register and offset refers
 * to what is there, what is reserved is zero, and the file ends with the data. lib/executor/program.h says the same in C.
 */

export const PROGRAM_MAGIC = 0x6e75727374n; // "tsrun" in ASCII, lowest byte first
export const PROGRAM_VERSION = 1;
export const HEADER_SIZE = 64;
export const INSTRUCTION_SIZE = 64;
export const ERROR_ENTRY_SIZE = 8;
/** Where the instructions lie in memory. */
export const CODE_ADDRESS = 0x1_0000_0000;
/** Where the data area is mapped: above every 32-bit address, below every mapping that the kernel chooses. */
export const DATA_ADDRESS = 0x2_0000_0000;
export const REGISTER_COUNT = 64;
/** In place of a destination: the result is dropped. */
export const NO_REGISTER = 0xff;
/** The register that holds the descriptor to which a failure is reported. The executor fills it at the start. */
export const REPORT_REGISTER = 0;

/** The register that counts the passes of a loop over entries, of which a failure tells at which it was. */
export const ENTRY_REGISTER = 63;
/** In the origin of a loop's instructions: where the entry's number stands. */
export const ANY_ENTRY = "*";

/**
 * The registers in which a life cycle program finds the container's directory, the state root (descriptors both) and the
 * signal to send, and leaves its connection to a started process that the engine is to hear.
 */
export const DIRECTORY_REGISTER = 1;
export const ROOT_REGISTER = 2;
export const SIGNAL_REGISTER = 3;
export const CONNECTION_REGISTER = 4;

/** Offsets of the header's fields. */
export const HEADER = {
  magic: 0, // u64
  version: 8, // u32
  instructionCount: 12, // u32
  errorCount: 16, // u32
  dataLength: 20, // u32, bytes
  faultAt: 24, // u32, instruction index + 1; 0: none
  faultErrno: 28, // u32, the errno with which that instruction fails instead of being played
  traceDescriptor: 32, // i32, where a 16-byte record per instruction goes (u32 pid, u32 index, u64 CLOCK_MONOTONIC ns); -1: none
  buildId: 36, // u32, of the tsrun that keeps this program in a file; 0: not kept
  checksum: 40, // u32, CRC-32 of a kept program, with this field zero; 0: not kept
} as const;

export const Op = {
  /** destination = system call `number` with six arguments; a result of -4095..-1 is an error. */
  Syscall: 1,
  /** Go to `target`. */
  Jump: 2,
  /** Go to `target` if argument 0 compares with argument 1 as the variant (Condition) says. Signed. */
  Branch: 3,
  /** destination = argument 0. */
  Move: 4,
  /** destination = argument 0 combined with argument 1 as the variant (Alu) says. */
  Alu: 5,
  /** destination = the little-endian unsigned integer of `variant` bytes at address argument 0. */
  Load: 6,
  /** Store the low `variant` bytes of argument 1 at address argument 0. */
  Store: 7,
  /** Report this instruction as failed with errno argument 0, and exit with status 1. */
  Fail: 8,
} as const;
export type Op = (typeof Op)[keyof typeof Op];

export const Condition = { Equal: 0, NotEqual: 1, Less: 2, LessEqual: 3, Greater: 4, GreaterEqual: 5 } as const;
export type Condition = (typeof Condition)[keyof typeof Condition];

/** In 64 bits, wrapping around; a shift fills with zeros, and by 64 or more gives zero. */
export const Alu = { Add: 0, Subtract: 1, And: 2, Or: 3, ShiftLeft: 4, ShiftRight: 5 } as const;
export type Alu = (typeof Alu)[keyof typeof Alu];

export const ArgumentKind = { Immediate: 0, Data: 1, Register: 2 } as const;

/** What happens when a system call returns an error. */
export const ErrorMode = {
  /** Report (instruction, errno) and exit with status 1. */
  Fail: 0,
  /** Go on with the next instruction; the destination holds the negative errno. */
  Continue: 1,
  /** Go to the target of the first matching entry of the error table; without one, as Fail. */
  Table: 2,
} as const;
export type ErrorMode = (typeof ErrorMode)[keyof typeof ErrorMode];

/** A register that the builder handed out. */
export interface Register {
  readonly register: number;
}

/** A place in the data area. */
export interface Data {
  /** Offset in bytes from the start of the data area. */
  readonly data: number;
  /** The text that lies there, for the printer. */
  readonly text?: string;
  /** The same of a table. */
  readonly table?: readonly (string | number)[];
}

/** A place in the program; `index` is known once it is placed. */
export interface Label {
  index: number;
}

export type Operand = number | bigint | Register | Data;

/** Errno to label; errno 0 stands for any. */
export type ErrorTable = readonly (readonly [errno: number, target: Label])[];

export interface Instruction {
  readonly op: Op;
  /** JSON Pointer into config.json, or a name such as `default/dev`. */
  readonly origin: string;
  /** The register that takes the result. */
  readonly destination: Register | undefined;
  /** Condition, Alu, or width in bytes. */
  readonly variant: number | undefined;
  /** The call's name (Op.Syscall). */
  readonly name: string | undefined;
  /** The call's number on the program's architecture (Op.Syscall). */
  readonly number: number | undefined;
  readonly target: Label | undefined;
  readonly args: readonly Operand[];
  readonly errors: ErrorTable | undefined;
  /** Any error is passed over; the destination holds it. */
  readonly ignoresErrors: boolean | undefined;
  /** The sentence that tells of this instruction's failure, in place of the call and the errno's own. */
  readonly failure: string | undefined;
}

export type Architecture = "x86_64" | "arm64";

export interface Program {
  readonly architecture: Architecture;
  readonly instructions: readonly Instruction[];
  /** The initial content of the data area. */
  readonly data: Uint8Array;
}

/** What the executor and a program say to the host side, one message of 16 bytes each: u32 kind, u32 instruction, i64 value. */
export const REPORT_SIZE = 16;
export const Report = {
  /** `instruction` failed with the errno in the low half of `value`, at the entry in the high half; the process has ended. */
  Failed: 1,
  /** The container's first process has id `value` in the host's pid namespace. */
  Process: 2,
  /** The process waits for the host side's answer before step `value`. */
  Waiting: 3,
  /** Over the start socket: `start` was heard, and the process is about to be executed. */
  Started: 4,
  /** The end of what a failing hook wrote follows in the same message. */
  Output: 5,
  /** A process with id `value` in the host's pid namespace is in the user namespace that the container joins. */
  Member: 6,
} as const;

/** How much of a failing hook's output is told, in bytes. */
export const HOOK_OUTPUT_SIZE = 2048;

/** What a program waits for the host side before (Report.Waiting). */
export const Step = {
  /** The container is set up; its state is about to be written. */
  Ready: 1,
  /** The id mappings of the new user namespace. */
  UserNamespace: 2,
  /** The hooks that run outside; the answer is the state for those that run inside. */
  Hooks: 3,
  /** A user namespace is joined whose mappings must be those of the config. */
  JoinedUserNamespace: 4,
  /** A seccomp listener, whose descriptor comes with the message, is passed on. */
  SeccompListener: 5,
  /** The process that makes the container, or one that is executed in it, is put into its cgroups by someone else. */
  Cgroup: 6,
} as const;
