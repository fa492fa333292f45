import { Failure } from "../failure.ts";
import type { DeviceCgroupRule } from "../spec/types.ts";
import { ANY, accessBits, EVERY_ACCESS, ruleNumber } from "./device_rules.ts";

/** Bytes of one eBPF instruction. */
export const INSTRUCTION_SIZE = 8;

// Instruction codes: class | operation | source, from linux/bpf_common.h and linux/bpf.h.
const LOAD_WORD = 0x61;
const MOVE = 0xb7;
const MOVE_WORD_REGISTER = 0xbc;
const AND_WORD = 0x54;
const SHIFT_RIGHT_WORD = 0x74;
const JUMP = 0x05;
const JUMP_IF_EQUAL = 0x16;
const JUMP_IF_NOT_EQUAL = 0x56;
const JUMP_IF_ANY_BIT = 0x46;
const EXIT = 0x95;

// Registers. The kernel passes a struct bpf_cgroup_dev_ctx in r1 and takes the verdict from r0.
const VERDICT = 0;
const CONTEXT = 1;
const TYPE = 2;
/** The kinds of access that are asked for and that no rule has decided yet. */
const ACCESS = 3;
const MAJOR = 4;
const MINOR = 5;

// Offsets in struct bpf_cgroup_dev_ctx; the first word is kinds of access << 16 | type.
const ACCESS_AND_TYPE_AT = 0;
const MAJOR_AT = 4;
const MINOR_AT = 8;

const BLOCK = 1;
const CHARACTER = 2;
const LONGEST_JUMP = 0x7fff;

type Target = "next rule" | "allow" | "deny";

interface Instruction {
  readonly code: number;
  readonly register: number;
  readonly source?: number;
  readonly offset?: number;
  readonly immediate?: number;
  readonly target?: Target;
}

/**
 * The eBPF program that decides for a cgroup which devices its processes may use. For each kind of access (read, write,
 * make a node) the last rule that matches decides; what no rule matches is denied.
 *
 * @param rules in the order of config.json
 * @returns instructions of eight bytes for BPF_PROG_TYPE_CGROUP_DEVICE
 * @throws Failure if there are more rules than a program can hold
 * @see config-linux.md, "Allowed Device list"; cgroup-v2.rst, "Device controller"; bpf(2)
 */
export function deviceFilter(rules: readonly DeviceCgroupRule[]): Buffer {
  const program: Instruction[] = [
    { code: LOAD_WORD, register: TYPE, source: CONTEXT, offset: ACCESS_AND_TYPE_AT },
    { code: MOVE_WORD_REGISTER, register: ACCESS, source: TYPE },
    { code: AND_WORD, register: TYPE, immediate: 0xffff },
    { code: SHIFT_RIGHT_WORD, register: ACCESS, immediate: 16 },
    { code: LOAD_WORD, register: MAJOR, source: CONTEXT, offset: MAJOR_AT },
    { code: LOAD_WORD, register: MINOR, source: CONTEXT, offset: MINOR_AT },
  ];
  let everythingDecided = false;
  for (const rule of rules.toReversed()) {
    const block = ruleBlock(rule);
    resolve(block, "next rule", block.length);
    program.push(...block);
    // A jump alone is a rule for everything: the verifier refuses instructions that are never reached.
    everythingDecided = block.length === 1 && block[0]?.code === JUMP;
    if (everythingDecided) break;
  }
  if (!everythingDecided || isTarget(program, "deny")) addVerdict(program, "deny");
  if (isTarget(program, "allow")) addVerdict(program, "allow");
  return encode(program);
}

/** The instructions of one rule. Where they end without a jump, the rule before it is asked. */
function ruleBlock(rule: DeviceCgroupRule): Instruction[] {
  const block: Instruction[] = [];
  const mustBe = (register: number, immediate: number): void => {
    if (immediate === ANY) return;
    block.push({ code: JUMP_IF_NOT_EQUAL, register, immediate, target: "next rule" });
  };
  mustBe(TYPE, rule.type === "b" ? BLOCK : rule.type === "c" ? CHARACTER : ANY);
  mustBe(MAJOR, ruleNumber(rule.major));
  mustBe(MINOR, ruleNumber(rule.minor));
  const { allow } = rule;
  const kinds = accessBits(rule);
  if (kinds === EVERY_ACCESS) {
    block.push({ code: JUMP, register: 0, target: allow ? "allow" : "deny" });
  } else if (allow) {
    block.push({ code: AND_WORD, register: ACCESS, immediate: EVERY_ACCESS & ~kinds });
    block.push({ code: JUMP_IF_EQUAL, register: ACCESS, immediate: 0, target: "allow" });
  } else {
    block.push({ code: JUMP_IF_ANY_BIT, register: ACCESS, immediate: kinds, target: "deny" });
  }
  return block;
}

function isTarget(program: readonly Instruction[], target: Target): boolean {
  return program.some((instruction) => instruction.target === target);
}

function addVerdict(program: Instruction[], verdict: "allow" | "deny"): void {
  resolve(program, verdict, program.length);
  program.push({ code: MOVE, register: VERDICT, immediate: verdict === "allow" ? 1 : 0 });
  program.push({ code: EXIT, register: 0 });
}

/** Let the jumps to `target` lead to the instruction of this index. A jump counts from the instruction after it. */
function resolve(program: Instruction[], target: Target, index: number): void {
  for (const [i, instruction] of program.entries()) {
    if (instruction.target !== target) continue;
    const { code, register, immediate = 0 } = instruction;
    const offset = index - i - 1;
    if (offset > LONGEST_JUMP) {
      throw new Failure("/linux/resources/devices: there are more rules than a device filter can hold", {
        code: "config.invalid",
        pointer: "/linux/resources/devices",
      });
    }
    program[i] = { code, register, immediate, offset };
  }
}

function encode(program: readonly Instruction[]): Buffer {
  const bytes = Buffer.alloc(program.length * INSTRUCTION_SIZE);
  for (const [i, { code, register, source = 0, offset = 0, immediate = 0 }] of program.entries()) {
    const at = i * INSTRUCTION_SIZE;
    bytes.writeUInt8(code, at);
    bytes.writeUInt8((source << 4) | register, at + 1);
    bytes.writeInt16LE(offset, at + 2);
    bytes.writeInt32LE(immediate | 0, at + 4);
  }
  return bytes;
}
