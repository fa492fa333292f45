import { describe, expect, test } from "bun:test";
import { ProgramBuilder } from "./builder.ts";
import { EINTR, ENOENT } from "./errno.ts";
import { DATA_ADDRESS, ENTRY_REGISTER, Op, REGISTER_COUNT, REPORT_REGISTER } from "./instruction.ts";

const builder = () => new ProgramBuilder("x86_64");

describe("data", () => {
  test("a text is NUL-terminated, and stored once", () => {
    const p = builder();
    const first = p.text("größer");
    expect(p.text("b").data).toBe(first.data + 9);
    expect(p.text("größer")).toBe(first);
    expect(Buffer.from(p.build().data).toString()).toBe("größer\0b\0");
  });

  test("structs are aligned, and may be written piece by piece", () => {
    const p = builder();
    p.text("x");
    const words = p.words([1, 0xffff_ffff]);
    p.text("y");
    const longs = p.longs([-1, 2 ** 40, 2n ** 63n, p.text("y")]);
    const bytes = p.bytes(new Uint8Array([7]), 1);
    expect([words.data % 8, longs.data % 8, bytes.data]).toEqual([0, 0, longs.data + 32]);
    expect(p.within(longs, 8)).toEqual({ data: longs.data + 8 });
    const view = new DataView(p.build().data.slice().buffer);
    expect([view.getUint32(words.data, true), view.getUint32(words.data + 4, true)]).toEqual([1, 0xffff_ffff]);
    const values = [0, 8, 16, 24].map((offset) => view.getBigUint64(longs.data + offset, true));
    expect(values).toEqual([2n ** 64n - 1n, 2n ** 40n, 2n ** 63n, BigInt(DATA_ADDRESS + p.text("y").data)]);
  });

  test("an array of texts ends with NULL", () => {
    const p = builder();
    const array = p.textArray(["a", "b"]);
    const view = new DataView(p.build().data.slice().buffer);
    const pointers = [0, 8, 16].map((offset) => Number(view.getBigUint64(array.data + offset, true)));
    expect(pointers).toEqual([DATA_ADDRESS + p.text("a").data, DATA_ADDRESS + p.text("b").data, 0]);
  });

  test("the area grows, and keeps what it holds", () => {
    const p = builder();
    p.text("first");
    p.space(100_000);
    const last = p.bytes(new Uint8Array([1, 2, 3]));
    const { data } = p.build();
    expect(Buffer.from(data.subarray(0, 6)).toString()).toBe("first\0");
    expect([...data.subarray(last.data)]).toEqual([1, 2, 3]);
  });
});

describe("registers", () => {
  test("are handed out until none is left, those of the report and of loops never", () => {
    const p = builder();
    const all = Array.from({ length: REGISTER_COUNT - 2 }, () => p.register().register);
    expect(new Set(all).size).toBe(REGISTER_COUNT - 2);
    for (const reserved of [REPORT_REGISTER, ENTRY_REGISTER]) expect(all).not.toContain(reserved);
    expect(() => p.at("/mounts/9", () => p.register())).toThrow("all are in use at /mounts/9");
    p.release({ register: 5 });
    expect(p.register()).toEqual({ register: 5 });
  });

  test("are free again after their use, and after close", () => {
    const p = builder();
    const inside = p.withRegister((register) => register);
    const opened = p.open("openat", []);
    expect(opened).toEqual(inside);
    p.close(opened);
    expect(p.register()).toEqual(inside);
  });
});

describe("instructions", () => {
  test("have the innermost origin", () => {
    const p = builder();
    const result = p.at("/mounts/0", () => {
      p.exit(0);
      p.at("default/inner", () => p.exit(1));
      p.exit(2);
      return 5;
    });
    p.exit(3);
    expect(result).toBe(5);
    expect(p.build().instructions.map(({ origin }) => origin)).toEqual(["/mounts/0", "default/inner", "/mounts/0", ""]);
  });

  test("a call has the number of its architecture", () => {
    const p = new ProgramBuilder("arm64");
    p.call("openat", []);
    expect(p.build().instructions[0]).toMatchObject({ op: Op.Syscall, name: "openat", number: 56 });
    expect(() => p.call("open", [])).toThrow('arm64 has no system call "open"');
  });

  test("an errno that is ignored leads to the next instruction", () => {
    const p = builder();
    const end = p.label();
    p.exit(0);
    p.call("getpid", [], { ignore: [ENOENT], on: [[0, end]], failure: "a sentence" });
    p.place(end);
    expect(p.build().instructions[1]).toMatchObject({
      errors: [
        [ENOENT, { index: 2 }],
        [0, { index: 2 }],
      ],
      failure: "a sentence",
    });
  });

  test("a call that is taken up again leads to itself, before its own policy", () => {
    const p = builder();
    const end = p.label();
    p.exit(0);
    p.uninterrupted(p.register(), "read", [], { on: [[ENOENT, end]] });
    p.place(end);
    expect(p.build().instructions[1]?.errors).toEqual([
      [EINTR, { index: 1 }],
      [ENOENT, { index: 2 }],
    ]);
  });

  test("only whole pages of instructions are given back, and never the first", () => {
    const lengthAfter = (count: number): number => {
      const p = builder();
      for (let i = 0; i < count; i++) p.exit(0);
      p.forget();
      return p.length - count;
    };
    expect([0, 64, 127, 128].map(lengthAfter)).toEqual([0, 0, 0, 1]);
  });
});
