import * as constants from "./constants.ts";
import { errnoName } from "./errno.ts";
import { Alu, Condition, type Instruction, Op, type Operand, type Program } from "./instruction.ts";

/** Which arguments of a call are flags, by position, and the constants that they are made of. */
const FLAGS: Readonly<Record<string, readonly (readonly [argument: number, prefix: string])[]>> = {
  openat: [[2, "O_"]],
  open_tree: [[2, "OPEN_TREE_|AT_"]],
  move_mount: [[4, "MOVE_MOUNT_"]],
  fsmount: [[2, "MOUNT_ATTR_"]],
  mount: [[3, "MS_"]],
  mount_setattr: [[2, "AT_"]],
  umount2: [[1, "MNT_"]],
  unshare: [[0, "CLONE_NEW"]],
  setns: [[1, "CLONE_NEW"]],
  statx: [[2, "AT_"]],
  faccessat2: [[3, "AT_"]],
  fchownat: [[4, "AT_"]],
  close_range: [[2, "CLOSE_RANGE_"]],
  accept4: [[3, "SOCK_"]],
};

/** Arguments that name one constant. */
const NAMES: Readonly<Record<string, readonly (readonly [argument: number, prefix: string])[]>> = {
  prctl: [[0, "PR_"]],
  fsconfig: [[1, "FSCONFIG_"]],
  keyctl: [[0, "KEYCTL_"]],
};

/** Arguments that are directories to start from. */
const DIRECTORIES = new Set(["openat", "openat2", "open_tree", "move_mount", "mkdirat", "statx", "faccessat2"]);

const CONDITIONS: Readonly<Record<number, string>> = {
  [Condition.Equal]: "==",
  [Condition.NotEqual]: "!=",
  [Condition.Less]: "<",
  [Condition.LessEqual]: "<=",
  [Condition.Greater]: ">",
  [Condition.GreaterEqual]: ">=",
};

const OPERATORS: Readonly<Record<number, string>> = {
  [Alu.Add]: "+",
  [Alu.Subtract]: "-",
  [Alu.And]: "&",
  [Alu.Or]: "|",
  [Alu.ShiftLeft]: "<<",
  [Alu.ShiftRight]: ">>",
};

/** Numbers from here on are easier to read in hexadecimal. */
const HEXADECIMAL_FROM = 4096;

/**
 * A program for reading: the instructions under their origins, calls as in C, places to go to as `L` and the number of
 * the instruction, and after a semicolon what happens on an error.
 */
export function formatProgram(program: Program): string {
  const targets = jumpTargets(program);
  const lines: string[] = [];
  let origin: string | undefined;
  for (const [i, instruction] of program.instructions.entries()) {
    if (instruction.origin !== origin) {
      origin = instruction.origin;
      lines.push(lines.length === 0 ? `# ${origin}` : `\n# ${origin}`);
    }
    lines.push(`${(targets.has(i) ? `L${i}:` : "").padStart(6)}  ${formatInstruction(instruction)}`);
  }
  return lines.join("\n");
}

/** An instruction of a printed program. */
export interface PrintedInstruction {
  readonly index: number;
  readonly origin: string;
  readonly text: string;
  readonly call?: string;
}

/** A program for other programs: the same texts as `formatProgram`, one object an instruction. */
export function programToJson(program: Program): {
  readonly architecture: string;
  readonly dataLength: number;
  readonly instructions: readonly PrintedInstruction[];
} {
  return {
    architecture: program.architecture,
    dataLength: program.data.length,
    instructions: program.instructions.map((instruction, index) => ({
      index,
      origin: instruction.origin,
      text: formatInstruction(instruction),
      ...(instruction.name !== undefined && { call: instruction.name }),
    })),
  };
}

/** A call for an error's sentence: its name and the texts among its arguments, which say what it was about. */
export function formatCall(program: Program, index: number): string {
  const { name = "", args } = program.instructions[index]!;
  const told = args.filter(isText).map(({ text }) => JSON.stringify(text));
  const named = NAMES[name]?.map(([argument, prefix]) => nameOf(args[argument], prefix)) ?? [];
  return `${name}(${[...named, ...told.filter((text) => text !== '""')].join(", ")})`;
}

function jumpTargets({ instructions }: Program): Set<number> {
  const targets = new Set<number>();
  for (const [i, { target, errors = [] }] of instructions.entries()) {
    if (target !== undefined) targets.add(target.index);
    for (const [, { index }] of errors) if (index !== i + 1) targets.add(index);
  }
  return targets;
}

function formatInstruction(instruction: Instruction): string {
  const { op, args, destination, target, variant = 0 } = instruction;
  const [first, second] = args.map(formatOperand);
  const to = destination === undefined ? "" : `r${destination.register} = `;
  switch (op) {
    case Op.Syscall:
      return `${to}${instruction.name}(${formatArguments(instruction)})${formatErrors(instruction)}`;
    case Op.Jump:
      return `go to L${target?.index}`;
    case Op.Branch:
      return `if ${first} ${CONDITIONS[variant]} ${second} go to L${target?.index}`;
    case Op.Move:
      return `${to}${first}`;
    case Op.Alu:
      return `${to}${first} ${OPERATORS[variant]} ${second}`;
    case Op.Load:
      return `${to}u${variant * 8} at ${first}`;
    case Op.Store:
      return `u${variant * 8} at ${first} = ${second}`;
    case Op.Fail:
      return `fail ${typeof args[0] === "number" ? errnoName(args[0]) : first}${instruction.failure === undefined ? "" : `: ${instruction.failure}`}`;
  }
}

function formatArguments({ name = "", args }: Instruction): string {
  const flags = FLAGS[name] ?? [];
  const names = NAMES[name] ?? [];
  return args
    .map((argument, i) => {
      const flag = flags.find(([position]) => position === i);
      if (flag !== undefined) return flagsOf(argument, flag[1]);
      const named = names.find(([position]) => position === i);
      if (named !== undefined) return nameOf(argument, named[1]);
      if (argument === constants.AT_FDCWD && DIRECTORIES.has(name)) return "AT_FDCWD";
      return formatOperand(argument);
    })
    .join(", ");
}

/** What the errors that do not end the program lead to. */
function formatErrors({ errors = [], ignoresErrors }: Instruction): string {
  if (ignoresErrors) return "  ; errors ignored";
  const told = errors.map(([errno, { index }]) => `${errno === 0 ? "other errors" : errnoName(errno)} -> L${index}`);
  return told.length === 0 ? "" : `  ; ${told.join(", ")}`;
}

function formatOperand(operand: Operand): string {
  if (typeof operand === "number" || typeof operand === "bigint") {
    return operand >= HEXADECIMAL_FROM ? `0x${operand.toString(16)}` : String(operand);
  }
  if ("register" in operand) return `r${operand.register}`;
  return operand.text === undefined ? `[${operand.data}]` : JSON.stringify(operand.text);
}

function isText(operand: Operand): operand is { data: number; text: string } {
  return typeof operand === "object" && "text" in operand && operand.text !== undefined;
}

function nameOf(operand: Operand | undefined, prefix: string): string {
  const found = Object.entries(constants).find(([name, value]) => name.startsWith(prefix) && value === operand);
  return found?.[0] ?? formatOperand(operand ?? 0);
}

function flagsOf(operand: Operand, prefixes: string): string {
  if (typeof operand !== "number" || operand <= 0) return formatOperand(operand);
  let left = operand;
  const names: string[] = [];
  for (const [name, value] of Object.entries(constants)) {
    const matches = prefixes.split("|").some((prefix) => name.startsWith(prefix));
    if (!matches || typeof value !== "number" || value <= 0 || (left & value) !== value) continue;
    names.push(name);
    left &= ~value;
  }
  return [...names, ...(left === 0 ? [] : [`0x${left.toString(16)}`])].join(" | ");
}
