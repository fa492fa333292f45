import { describe, expect, test } from "bun:test";
import { ProgramBuilder } from "./builder.ts";
import { type EncodeOptions, encodeProgram } from "./encode.ts";
import { EACCES, ENOENT } from "./errno.ts";
import {
  Alu,
  ArgumentKind,
  Condition,
  ERROR_ENTRY_SIZE,
  ErrorMode,
  HEADER,
  HEADER_SIZE,
  INSTRUCTION_SIZE,
  NO_REGISTER,
  Op,
  PROGRAM_MAGIC,
  PROGRAM_VERSION,
} from "./instruction.ts";

/** An encoded program, and its parts. */
class Encoded {
  readonly bytes: Uint8Array;
  readonly view: DataView;

  constructor(build: (p: ProgramBuilder) => void, options?: EncodeOptions) {
    const p = new ProgramBuilder("x86_64");
    build(p);
    this.bytes = encodeProgram(p.build(), options);
    this.view = new DataView(this.bytes.buffer);
  }

  header(field: keyof typeof HEADER): number {
    return this.view.getUint32(HEADER[field], true);
  }

  instruction(index: number) {
    const at = HEADER_SIZE + index * INSTRUCTION_SIZE;
    return {
      op: this.view.getUint8(at),
      destination: this.view.getUint8(at + 1),
      errorMode: this.view.getUint8(at + 2),
      variant: this.view.getUint8(at + 3),
      kinds: this.view.getUint16(at + 4, true),
      reserved: this.view.getUint16(at + 6, true),
      number: this.view.getUint32(at + 8, true),
      errors: this.view.getUint32(at + 12, true),
      arguments: Array.from({ length: 6 }, (_, i) => this.view.getBigInt64(at + 16 + i * 8, true)),
    };
  }

  entries(): [errno: number, target: number][] {
    const start = HEADER_SIZE + this.header("instructionCount") * INSTRUCTION_SIZE;
    return Array.from({ length: this.header("errorCount") }, (_, i) => {
      const at = start + i * ERROR_ENTRY_SIZE;
      return [this.view.getUint16(at, true), this.view.getUint32(at + 4, true)];
    });
  }
}

const nothing = {
  op: 0,
  destination: NO_REGISTER,
  errorMode: 0,
  variant: 0,
  kinds: 0,
  reserved: 0,
  number: 0,
  errors: 0,
};
const six = (...values: number[]): bigint[] => [...values, 0, 0, 0, 0, 0, 0].slice(0, 6).map(BigInt);

describe("encodeProgram", () => {
  test("header, and the data at the end", () => {
    const data = new Uint8Array([1, 2, 3]);
    const encoded = new Encoded((p) => {
      p.bytes(data);
      p.call("chdir", [0], { ignore: [ENOENT, EACCES] });
      p.exit(0);
    });
    expect(encoded.view.getBigUint64(HEADER.magic, true)).toBe(PROGRAM_MAGIC);
    expect(encoded.header("version")).toBe(PROGRAM_VERSION);
    expect([encoded.header("instructionCount"), encoded.header("errorCount")]).toEqual([2, 2]);
    expect(encoded.header("dataLength")).toBe(3);
    expect([encoded.header("faultAt"), encoded.header("faultErrno")]).toEqual([0, 0]);
    expect(encoded.view.getInt32(HEADER.traceDescriptor, true)).toBe(-1);
    const tables = HEADER_SIZE + 2 * INSTRUCTION_SIZE + 2 * ERROR_ENTRY_SIZE;
    expect(encoded.bytes.subarray(tables)).toEqual(data);
    expect(encoded.bytes.subarray(36, HEADER_SIZE)).toEqual(new Uint8Array(28));
  });

  test("fault and trace", () => {
    const options = { faultAt: 0, faultErrno: 5, traceDescriptor: 7 };
    const encoded = new Encoded((p) => p.exit(0), options);
    expect([encoded.header("faultAt"), encoded.header("faultErrno"), encoded.header("traceDescriptor")]).toEqual([
      1, 5, 7,
    ]);
  });

  test("a call: its number on the architecture, and each kind of argument", () => {
    const encoded = new Encoded((p) => {
      const register = p.register();
      p.space(40);
      p.callTo(register, "openat", [-100, { data: 40 }, register, 5n]);
    });
    expect(encoded.instruction(0)).toEqual({
      ...nothing,
      op: Op.Syscall,
      destination: 1,
      kinds: (ArgumentKind.Data << 2) | (ArgumentKind.Register << 4),
      number: 257,
      arguments: six(-100, 40, 1, 5),
    });
  });

  test("integers in 64 bits", () => {
    const values = [
      0,
      -1,
      2 ** 31,
      2 ** 32 - 1,
      2 ** 32,
      -(2 ** 31),
      -(2 ** 32),
      -(2 ** 32) - 1,
      Number.MAX_SAFE_INTEGER,
      Number.MIN_SAFE_INTEGER,
      -(2n ** 63n),
      2n ** 63n - 1n,
      -1n,
    ];
    const encoded = new Encoded((p) => {
      for (const value of values) p.move({ register: 1 }, value);
    });
    expect(values.map((_, i) => encoded.instruction(i).arguments[0])).toEqual(values.map(BigInt));
    const unsigned = new Encoded((p) => p.move({ register: 1 }, 2n ** 64n - 1n));
    expect(unsigned.instruction(0).arguments[0]).toBe(-1n);
  });

  test("every other operation", () => {
    const encoded = new Encoded((p) => {
      const [a, b] = [p.register(), p.register()];
      const start = p.here();
      p.jump(start);
      p.branch(a, "GreaterEqual", -3, start);
      p.move(b, a);
      p.compute(a, b, "ShiftRight", 4);
      p.load(a, b, 2);
      p.store(b, 9, 8);
      p.fail(ENOENT, "a sentence");
    });
    const register = ArgumentKind.Register;
    const expected = [
      { op: Op.Jump, arguments: six() },
      { op: Op.Branch, variant: Condition.GreaterEqual, kinds: register, arguments: six(1, -3) },
      { op: Op.Move, destination: 2, kinds: register, arguments: six(1) },
      { op: Op.Alu, destination: 1, variant: Alu.ShiftRight, kinds: register, arguments: six(2, 4) },
      { op: Op.Load, destination: 1, variant: 2, kinds: register, arguments: six(2) },
      { op: Op.Store, variant: 8, kinds: register, arguments: six(2, 9) },
      { op: Op.Fail, arguments: six(ENOENT) },
    ];
    for (const [i, instruction] of expected.entries()) {
      expect(encoded.instruction(i)).toEqual({ ...nothing, ...instruction });
    }
  });

  test("error policies, each with its part of one table", () => {
    const encoded = new Encoded((p) => {
      const end = p.label();
      p.call("getpid", []);
      p.call("getpid", [], { ignoreAll: true });
      p.call("getpid", [], { ignore: [ENOENT] });
      p.call("getpid", [], {
        ignore: [EACCES],
        on: [
          [ENOENT, end],
          [0, end],
        ],
      });
      p.place(end);
      p.exit(0);
    });
    const policies = [0, 1, 2, 3].map((i) => [encoded.instruction(i).errorMode, encoded.instruction(i).errors]);
    expect(policies).toEqual([
      [ErrorMode.Fail, 0],
      [ErrorMode.Continue, 0],
      [ErrorMode.Table, (0 << 8) | 1],
      [ErrorMode.Table, (1 << 8) | 3],
    ]);
    expect(encoded.entries()).toEqual([
      [ENOENT, 3],
      [EACCES, 4],
      [ENOENT, 4],
      [0, 4],
    ]);
  });

  test("a label that was never placed is told, with the origin", () => {
    const build = (p: ProgramBuilder): void => p.at("/mounts/3", () => p.jump(p.label()));
    expect(() => new Encoded(build)).toThrow("an instruction of /mounts/3 goes to a label that was never placed");
    const inTable = (p: ProgramBuilder): void => p.call("getpid", [], { on: [[0, p.label()]] });
    expect(() => new Encoded(inTable)).toThrow(RangeError);
  });

  test("too many error entries are told", () => {
    const errnos = Array.from({ length: 256 }, (_, i) => i + 1);
    const build = (p: ProgramBuilder): void => p.at("/root", () => p.call("getpid", [], { ignore: errnos }));
    expect(() => new Encoded(build)).toThrow("an instruction of /root has 256 error entries");
  });
});

describe("a program to be kept", () => {
  const encoded = (text: string, buildId: number) => new Encoded((p) => p.call("chdir", [p.text(text)]), { buildId });

  test("has the build's id", () => {
    expect(encoded("/", 0xfedcba98).header("buildId")).toBe(0xfedcba98);
  });

  test("has a checksum over all of it", () => {
    const sums = [encoded("/a", 1), encoded("/b", 1), encoded("/a", 2)].map((kept) => kept.header("checksum"));
    expect(new Set(sums).size).toBe(3);
    expect(encoded("/a", 1).header("checksum")).toBe(sums[0]!);
  });

  test("is the only one with either", () => {
    const played = new Encoded((p) => p.exit(0));
    expect([played.header("buildId"), played.header("checksum")]).toEqual([0, 0]);
  });
});
