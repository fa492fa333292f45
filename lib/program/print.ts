import { errnoName } from "./errno.ts";
import { Alu, Condition, type Instruction, Op, type Operand, type Program } from "./instruction.ts";
import { commandOf, formsOf } from "./print_calls.ts";
import { formatOperand, KnownData } from "./print_operands.ts";

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

/**
 * A program for reading: the instructions under their origins, each with its index, marked with an `L` where others lead
 * to it; calls as in C, with the structs that they are given, and after a semicolon what happens on an error.
 */
export function formatProgram(program: Program): string {
  const targets = jumpTargets(program);
  const data = new KnownData(program);
  const lines: string[] = [];
  let origin: string | undefined;
  for (const [i, instruction] of program.instructions.entries()) {
    if (instruction.origin !== origin) {
      origin = instruction.origin;
      lines.push(lines.length === 0 ? `# ${origin}` : `\n# ${origin}`);
    }
    lines.push(`${(targets.has(i) ? `L${i}` : `${i}`).padStart(6)}  ${formatInstruction(instruction, i, data)}`);
  }
  return lines.join("\n");
}

/** An instruction of a printed program. */
export interface PrintedInstruction {
  readonly index: number;
  /** JSON Pointer into config.json, or a name such as `default/dev`. */
  readonly origin: string;
  /** As `formatProgram` prints it. */
  readonly text: string;
  /** The name of the system call, if it is one. */
  readonly call?: string;
}

/** A program for other programs: the same texts as `formatProgram`, one object an instruction. */
export function programToJson(program: Program): {
  readonly architecture: string;
  readonly dataLength: number;
  readonly instructions: readonly PrintedInstruction[];
} {
  const data = new KnownData(program);
  return {
    architecture: program.architecture,
    dataLength: program.data.length,
    instructions: program.instructions.map((instruction, index) => ({
      index,
      origin: instruction.origin,
      text: formatInstruction(instruction, index, data),
      ...(instruction.name !== undefined && { call: instruction.name }),
    })),
  };
}

/**
 * A call for an error's sentence: its name, what it was to do, and the texts among its arguments, which say what it was
 * about. Empty for an instruction that is no call.
 *
 * @example `open_tree("/srv/data")`, `fsconfig(FSCONFIG_SET_STRING, "mode", "1777")`
 */
export function formatCall(program: Program, index: number): string {
  const { name, args = [] } = program.instructions[index] ?? {};
  if (name === undefined) return "";
  const command = commandOf(name, args);
  const texts = args.filter(isText).map(({ text }) => JSON.stringify(text));
  return `${name}(${[...(command === undefined ? [] : [command]), ...texts].join(", ")})`;
}

/** A text that says something; an empty path stands for the descriptor before it. */
function isText(operand: Operand): operand is { data: number; text: string } {
  return typeof operand === "object" && "text" in operand && operand.text !== undefined && operand.text !== "";
}

function jumpTargets({ instructions }: Program): Set<number> {
  const targets = new Set<number>();
  for (const [i, { target, errors = [] }] of instructions.entries()) {
    if (target !== undefined) targets.add(target.index);
    for (const [, { index }] of errors) if (index !== i + 1) targets.add(index);
  }
  return targets;
}

/** One instruction; what it stores at a known place is known to those that are printed after it. */
function formatInstruction(instruction: Instruction, index: number, data: KnownData): string {
  const { op, args, destination, target, variant = 0 } = instruction;
  const to = destination === undefined ? "" : `r${destination.register} = `;
  const value = (i: number): string => formatOperand(args[i] ?? 0);
  switch (op) {
    case Op.Syscall:
      return `${to}${instruction.name}(${formatArguments(instruction, data)})${formatErrors(instruction, index + 1)}`;
    case Op.Jump:
      return `go to L${target?.index}`;
    case Op.Branch:
      return `if ${value(0)} ${CONDITIONS[variant]} ${value(1)} go to L${target?.index}`;
    case Op.Move:
      return `${to}${value(0)}`;
    case Op.Alu:
      return `${to}${value(0)} ${OPERATORS[variant]} ${value(1)}`;
    case Op.Load:
      return `${to}u${variant * 8} at ${value(0)}`;
    case Op.Store:
      data.store(args[0] ?? 0, args[1] ?? 0);
      return `u${variant * 8} at ${value(0)} = ${value(1)}`;
    case Op.Fail:
      return formatFail(instruction);
  }
}

function formatFail({ args: [errno = 0], failure }: Instruction): string {
  const name = typeof errno === "number" ? errnoName(errno) : formatOperand(errno);
  return failure === undefined ? `fail ${name}` : `fail ${name}: ${failure}`;
}

function formatArguments({ name = "", args }: Instruction, data: KnownData): string {
  const forms = formsOf(name, args);
  return args.map((argument, i) => (forms[i] ?? formatOperand)(argument, data)).join(", ");
}

/** What the errors that do not end the program lead to. */
function formatErrors({ errors = [], ignoresErrors }: Instruction, next: number): string {
  if (ignoresErrors) return "  ; errors ignored";
  const told = errors.map(([errno, { index }]) => {
    const name = errno === 0 ? "other errors" : errnoName(errno);
    return index === next ? `${name} ignored` : `${name} -> L${index}`;
  });
  return told.length === 0 ? "" : `  ; ${told.join(", ")}`;
}
