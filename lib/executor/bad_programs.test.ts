/** A program that is not sound is refused before its first instruction is played. */

import { expect, test } from "bun:test";
import type { ProgramBuilder } from "../program/builder.ts";
import { ENOENT, ENOEXEC } from "../program/errno.ts";
import {
  ArgumentKind,
  ErrorMode,
  HEADER,
  HEADER_SIZE,
  INSTRUCTION_SIZE,
  NO_REGISTER,
  Op,
  Report,
} from "../program/instruction.ts";
import { describeExecutors, STDOUT } from "./tested_executor.ts";

const INSTRUCTION_COUNT = 9;
const ERROR_COUNT = 2;
const ENTRIES = HEADER_SIZE + INSTRUCTION_COUNT * INSTRUCTION_SIZE;
const DATA = ENTRIES + ERROR_COUNT * 8;

/** One instruction of each kind; the second is a call with an error table. */
const At = { first: 0, table: 1, move: 2, alu: 3, load: 4, store: 5, branch: 6, exit: 7, last: 8 } as const;

function goodProgram(p: ProgramBuilder): void {
  const place = p.longs([0]);
  const end = p.label();
  const register = p.register();
  p.call("write", [STDOUT, p.text("played"), 6]);
  p.call("chdir", [p.text("/no/such/directory")], { on: [[ENOENT, end]], ignore: [ENOENT] });
  p.move(register, 1);
  p.compute(register, register, "Add", 1);
  p.load(register, place, 8);
  p.store(place, register, 8);
  p.branch(register, "Equal", 0, end);
  p.place(end);
  p.exit(0);
  p.jump(end);
}

/** The offset of a field of an instruction. */
const field = (instruction: number, offset: number): number => HEADER_SIZE + instruction * INSTRUCTION_SIZE + offset;
const op = (instruction: number): number => field(instruction, 0);
const destination = (instruction: number): number => field(instruction, 1);
const errorMode = (instruction: number): number => field(instruction, 2);
const variant = (instruction: number): number => field(instruction, 3);
const kinds = (instruction: number): number => field(instruction, 4);
const reserved = (instruction: number): number => field(instruction, 6);
const target = (instruction: number): number => field(instruction, 8);
const errors = (instruction: number): number => field(instruction, 12);
const argument = (instruction: number, i: number): number => field(instruction, 16 + i * 8);

type Change = (view: DataView) => void;
const u8 =
  (offset: number, value: number): Change =>
  (view) =>
    view.setUint8(offset, value);
const u16 =
  (offset: number, value: number): Change =>
  (view) =>
    view.setUint16(offset, value, true);
const u32 =
  (offset: number, value: number): Change =>
  (view) =>
    view.setUint32(offset, value, true);
const both =
  (...changes: Change[]): Change =>
  (view) => {
    for (const change of changes) change(view);
  };

const changes: Readonly<Record<string, Change>> = {
  "another magic": u8(HEADER.magic, 0),
  "another magic in its upper half": u8(HEADER.magic + 7, 1),
  "an older version": u32(HEADER.version, 0),
  "a newer version": u32(HEADER.version, 2),
  "no instruction": u32(HEADER.instructionCount, 0),
  "one instruction less than there is": u32(HEADER.instructionCount, INSTRUCTION_COUNT - 1),
  "one instruction more than there is": u32(HEADER.instructionCount, INSTRUCTION_COUNT + 1),
  "more instructions than memory has room for": u32(HEADER.instructionCount, 0xffff_ffff),
  "more error entries than there are": u32(HEADER.errorCount, ERROR_COUNT + 1),
  "more error entries than memory has room for": u32(HEADER.errorCount, 0xffff_ffff),
  "more data than there is": u32(HEADER.dataLength, 0x1000),
  "as much data as can be said": u32(HEADER.dataLength, 0xffff_ffff),
  "no data where there is some": u32(HEADER.dataLength, 0),
  "a fault behind the last instruction": both(u32(HEADER.faultAt, INSTRUCTION_COUNT + 1), u32(HEADER.faultErrno, 1)),
  "a fault without errno": u32(HEADER.faultAt, 1),
  "a fault's errno without a fault": u32(HEADER.faultErrno, 1),
  "a fault with an errno that is none": both(u32(HEADER.faultAt, 1), u32(HEADER.faultErrno, 4096)),
  "something in the rest of the header": u8(HEADER_SIZE - 1, 1),
  "operation 0": u8(op(At.first), 0),
  "an operation behind the last": u8(op(At.first), Op.Fail + 1),
  "operation 255, in an instruction that is never reached": u8(op(At.last), 255),
  "destination 64": u8(destination(At.first), 64),
  "destination 254": u8(destination(At.first), 254),
  "a move to nowhere": u8(destination(At.move), NO_REGISTER),
  "a computation for nothing": u8(destination(At.alu), NO_REGISTER),
  "a load to nowhere": u8(destination(At.load), NO_REGISTER),
  "an error mode behind the last": u8(errorMode(At.first), ErrorMode.Table + 1),
  "an unknown condition": u8(variant(At.branch), 6),
  "an unknown computation": u8(variant(At.alu), 6),
  "a load of 0 bytes": u8(variant(At.load), 0),
  "a load of 3 bytes": u8(variant(At.load), 3),
  "a store of 16 bytes": u8(variant(At.store), 16),
  "an unknown kind of argument": u16(kinds(At.move), 3),
  "a kind for an argument that the operation has not": u16(kinds(At.move), ArgumentKind.Register << 2),
  "a kind for an argument of a jump": u16(kinds(At.last), ArgumentKind.Register),
  "a kind for a seventh argument": u16(kinds(At.first), 1 << 12),
  "register 64": both(u16(kinds(At.move), ArgumentKind.Register), u32(argument(At.move, 0), 64)),
  "a register number beyond 32 bits": both(
    u16(kinds(At.move), ArgumentKind.Register),
    u32(argument(At.move, 0) + 4, 1),
  ),
  "data behind the area": both(u16(kinds(At.move), ArgumentKind.Data), u32(argument(At.move, 0), 0x1000)),
  "data before the area": both(
    u16(kinds(At.move), ArgumentKind.Data),
    u32(argument(At.move, 0), 0xffff_ffff),
    u32(argument(At.move, 0) + 4, 0xffff_ffff),
  ),
  "a jump behind the last instruction": u32(target(At.last), INSTRUCTION_COUNT),
  "a branch behind the last instruction": u32(target(At.branch), 0xffff_ffff),
  "an error table that begins behind the last entry": u32(errors(At.table), ((ERROR_COUNT + 1) << 8) | 0),
  "an error table that ends behind the last entry": u32(errors(At.table), (1 << 8) | 2),
  "an error entry that leads behind the last instruction": u32(ENTRIES + 4, INSTRUCTION_COUNT),
  "an error entry for an errno that is none": u16(ENTRIES, 4096),
  "something in the rest of an error entry": u16(ENTRIES + 2, 1),
  "something in the rest of an instruction": u16(reserved(At.exit), 1),
};

describeExecutors("a bad program is refused", (executor) => {
  const good = executor.encode(goodProgram);

  function expectRefused(bytes: Uint8Array, args?: readonly string[]): void {
    const { status, output, reports } = executor.playBytes(bytes, args);
    expect([status, output.toString(), reports]).toEqual([
      2,
      "",
      [{ kind: Report.Failed, instruction: 0xffff_ffff, value: ENOEXEC }],
    ]);
  }

  test("the good one is played", () => {
    expect(good.length).toBeGreaterThan(DATA);
    const { status, output, reports } = executor.playBytes(good);
    expect([status, output.toString(), reports]).toEqual([0, "played", []]);
  });

  for (const [name, change] of Object.entries(changes)) {
    test(name, () => {
      const bytes = good.slice();
      change(new DataView(bytes.buffer));
      expectRefused(bytes);
    });
  }

  for (const length of [0, 1, HEADER_SIZE - 1, HEADER_SIZE, ENTRIES - 1, ENTRIES, DATA - 1, DATA]) {
    test(`cut off after ${length} bytes`, () => expectRefused(good.subarray(0, length)));
  }

  test("cut off by one byte", () => expectRefused(good.subarray(0, good.length - 1)));

  test("one byte longer than it says", () => expectRefused(new Uint8Array([...good, 0])));

  for (const descriptor of ["", "x", "3x", "-1", "03x", "99", "99999999999999999999"]) {
    test(`its descriptor is "${descriptor}"`, () => expectRefused(good, [descriptor, "4"]));
  }

  test("a device is no program", () => expectRefused(good, ["0", "4"]));
});
