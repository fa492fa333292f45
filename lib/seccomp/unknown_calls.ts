import { resolveArchitecture, resolveSystemCall } from "../libc/libseccomp.ts";
import type { Seccomp } from "../spec/types.ts";

const ENOSYS = 38;
const SECCOMP_RET_ERRNO = 0x0005_0000;
/** Offsets in struct seccomp_data. */
const DATA_NUMBER = 0;
const DATA_ARCHITECTURE = 4;
/** System calls of x32 are those of x86_64 with this bit. */
const X32_SYSCALL_BIT = 0x4000_0000;
const AUDIT_ARCH_X86_64 = 0xc000_003e;

/** linux/bpf_common.h: operation, and how it is used here. */
const LOAD_WORD = 0x20;
const JUMP = 0x05;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_GREATER = 0x25;
const JUMP_IF_GREATER_OR_EQUAL = 0x35;
const RETURN = 0x06;
const INSTRUCTION_SIZE = 8;

type BpfInstruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number];

/** With these a call that a profile does not know of goes through anyway. */
const PERMISSIVE = new Set(["SCMP_ACT_ALLOW", "SCMP_ACT_LOG", "SCMP_ACT_TRACE", "SCMP_ACT_NOTIFY"]);

/**
 * Instructions that go before a filter: a system call that is newer than every call that the profile names fails with
 * ENOSYS and not as the default action says, so that programs fall back to an older one instead of giving up.
 *
 * @returns BPF instructions; none if the default action lets calls through, or says ENOSYS itself
 */
export function unknownCallsPrologue(seccomp: Seccomp): Buffer {
  if (PERMISSIVE.has(seccomp.defaultAction)) return Buffer.alloc(0);
  if (seccomp.defaultAction === "SCMP_ACT_ERRNO" && seccomp.defaultErrnoRet === ENOSYS) return Buffer.alloc(0);
  const names = (seccomp.syscalls ?? []).flatMap((rule) => rule.names);
  const native = process.arch === "arm64" ? "aarch64" : "x86_64";
  const architectures = new Set([native, ...(seccomp.architectures ?? []).map((name) => name.slice(10).toLowerCase())]);
  architectures.delete("x32");
  const blocks: BpfInstruction[][] = [];
  for (const name of architectures) {
    const architecture = resolveArchitecture(name);
    const newest = names.reduce((newest, call) => Math.max(newest, resolveSystemCall(architecture, call)), -1);
    if (newest >= 0) blocks.push(blockFor(architecture >>> 0, newest));
  }
  if (blocks.length === 0) return Buffer.alloc(0);
  return encode([[LOAD_WORD, 0, 0, DATA_ARCHITECTURE], ...linked(blocks)]);
}

/** For one architecture: past the block unless it is this one; else compare the number. The last jump is linked later. */
function blockFor(architecture: number, newest: number): BpfInstruction[] {
  const x32 = architecture === AUDIT_ARCH_X86_64;
  const body: BpfInstruction[] = [
    [LOAD_WORD, 0, 0, DATA_NUMBER],
    ...(x32 ? [[JUMP_IF_GREATER_OR_EQUAL, 2, 0, X32_SYSCALL_BIT] as const] : []),
    [JUMP_IF_GREATER, 0, 1, newest],
    [RETURN, 0, 0, SECCOMP_RET_ERRNO | ENOSYS],
    [JUMP, 0, 0, 0],
  ];
  return [[JUMP_IF_EQUAL, 0, body.length, architecture], ...body];
}

/** Let the last jump of each block go to the end of all blocks, where the filter begins. */
function linked(blocks: readonly BpfInstruction[][]): BpfInstruction[] {
  const all = blocks.flat();
  let end = 0;
  for (const block of blocks) {
    end += block.length;
    all[end - 1] = [JUMP, 0, 0, all.length - end];
  }
  return all;
}

function encode(instructions: readonly BpfInstruction[]): Buffer {
  const bytes = Buffer.alloc(instructions.length * INSTRUCTION_SIZE);
  for (const [i, [code, ifTrue, ifFalse, value]] of instructions.entries()) {
    bytes.writeUInt16LE(code, i * INSTRUCTION_SIZE);
    bytes.writeUInt8(ifTrue, i * INSTRUCTION_SIZE + 2);
    bytes.writeUInt8(ifFalse, i * INSTRUCTION_SIZE + 3);
    bytes.writeUInt32LE(value >>> 0, i * INSTRUCTION_SIZE + 4);
  }
  return bytes;
}
