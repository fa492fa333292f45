import { ptr } from "bun:ffi";
import { cString, systemCall } from "./system_call.ts";

// Commands and numbers of linux/bpf.h.
const BPF_PROG_LOAD = 5;
const BPF_PROG_ATTACH = 8;
const BPF_PROG_DETACH = 9;
const BPF_PROG_GET_FD_BY_ID = 13;
const BPF_PROG_QUERY = 16;
const BPF_PROG_TYPE_CGROUP_DEVICE = 15;
const BPF_CGROUP_DEVICE = 6;
const BPF_F_ALLOW_MULTI = 0x2;
const BPF_F_REPLACE = 0x4;

const INSTRUCTION_SIZE = 8;
/** As many programs as the kernel lets a cgroup have. */
const MOST_PROGRAMS = 64;
/** Up to `expected_attach_type` of `union bpf_attr`; the kernel takes what is missing for zero. */
const ATTRIBUTE_SIZE = 72;

/**
 * Give an eBPF program that decides about devices to the kernel, which checks it.
 *
 * @param code instructions for BPF_PROG_TYPE_CGROUP_DEVICE
 * @returns a descriptor of the program, close-on-exec
 * @throws SystemCallError (EPERM: not allowed here; EINVAL, EACCES: the kernel finds the program wrong)
 * @see bpf(2)
 */
export function loadDeviceProgram(code: Buffer): number {
  const license = cString("Apache-2.0");
  const attribute = Buffer.alloc(ATTRIBUTE_SIZE);
  attribute.writeUInt32LE(BPF_PROG_TYPE_CGROUP_DEVICE, 0);
  attribute.writeUInt32LE(code.length / INSTRUCTION_SIZE, 4);
  attribute.writeBigUInt64LE(BigInt(ptr(code)), 8);
  attribute.writeBigUInt64LE(BigInt(ptr(license)), 16);
  return bpf(BPF_PROG_LOAD, attribute, code, license);
}

/** The ids of the programs that decide about devices for this cgroup itself. @throws SystemCallError */
export function devicePrograms(cgroup: number): number[] {
  const ids = new Uint32Array(MOST_PROGRAMS);
  const attribute = Buffer.alloc(ATTRIBUTE_SIZE);
  attribute.writeUInt32LE(cgroup, 0);
  attribute.writeUInt32LE(BPF_CGROUP_DEVICE, 4);
  attribute.writeBigUInt64LE(BigInt(ptr(ids)), 16);
  attribute.writeUInt32LE(MOST_PROGRAMS, 24);
  bpf(BPF_PROG_QUERY, attribute, ids);
  return [...ids.subarray(0, attribute.readUInt32LE(24))];
}

/** A descriptor of a program, close-on-exec. @throws SystemCallError */
export function programById(id: number): number {
  const attribute = Buffer.alloc(ATTRIBUTE_SIZE);
  attribute.writeUInt32LE(id, 0);
  return bpf(BPF_PROG_GET_FD_BY_ID, attribute);
}

/**
 * Let a program decide about the devices of a cgroup, besides those of the cgroups above, which must allow too.
 *
 * @param cgroup a descriptor of its directory
 * @param replaced the program that it takes the place of
 * @throws SystemCallError
 */
export function attachDeviceProgram(cgroup: number, program: number, replaced: number | undefined): void {
  const attribute = targetAttribute(cgroup, program);
  attribute.writeUInt32LE(replaced === undefined ? BPF_F_ALLOW_MULTI : BPF_F_ALLOW_MULTI | BPF_F_REPLACE, 12);
  attribute.writeUInt32LE(replaced ?? 0, 16);
  bpf(BPF_PROG_ATTACH, attribute);
}

/** @throws SystemCallError */
export function detachDeviceProgram(cgroup: number, program: number): void {
  bpf(BPF_PROG_DETACH, targetAttribute(cgroup, program));
}

function targetAttribute(cgroup: number, program: number): Buffer {
  const attribute = Buffer.alloc(ATTRIBUTE_SIZE);
  attribute.writeUInt32LE(cgroup, 0);
  attribute.writeUInt32LE(program, 4);
  attribute.writeUInt32LE(BPF_CGROUP_DEVICE, 8);
  return attribute;
}

/** @param memory what the attribute has the addresses of: as further arguments, which bpf(2) has not, it stays referenced */
function bpf(command: number, attribute: Buffer, ...memory: readonly NodeJS.TypedArray[]): number {
  return systemCall("bpf", command, attribute, attribute.length, ...memory);
}
