/** Small programs, played by the real executor. */

import { expect, test } from "bun:test";
import { EBADF, ENOMEM } from "../program/errno.ts";
import { Alu, CODE_ADDRESS, Condition, DATA_ADDRESS } from "../program/instruction.ts";
import { describeExecutors, PROGRAM_FD, REPORT_FD, STDOUT, show, shown } from "./tested_executor.ts";

const LOWEST = -(2n ** 63n);
const HIGHEST = 2n ** 63n - 1n;
const SIGCHLD = 17;
const PAGE = 4096;

describeExecutors("system calls", (executor) => {
  test("the program's exit status is the executor's", () => {
    expect(executor.play((p) => p.exit(7))).toEqual({
      status: 7,
      signal: null,
      output: Buffer.alloc(0),
      reports: [],
      trace: [],
    });
  });

  test("a call takes six arguments, and its result goes to the destination", () => {
    const { status, output } = executor.play((p) => {
      const PROT_READ_WRITE = 3;
      const MAP_PRIVATE_ANONYMOUS = 0x22;
      const memory = p.callTo(p.register(), "mmap", [0, PAGE, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0]);
      const last = p.register();
      p.compute(last, memory, "Add", PAGE - 8);
      p.store(last, 42, 8);
      const value = p.register();
      p.load(value, last, 8);
      show(p, value, p.callTo(p.register(), "munmap", [memory, PAGE]));
      p.exit(0);
    });
    expect([status, shown(output)]).toEqual([0, [42n, 0n]]);
  });

  test("registers are zero at first, but for the report's descriptor", () => {
    const { output } = executor.play((p) => {
      for (let register = 0; register < 64; register++) show(p, { register });
      p.exit(0);
    });
    expect(shown(output)).toEqual([BigInt(REPORT_FD), ...new Array<bigint>(63).fill(0n)]);
  });

  test("only what the program was given is open: its own file is closed", () => {
    const F_GETFD = 1;
    const { output } = executor.play((p) => {
      for (const fd of [PROGRAM_FD, REPORT_FD]) {
        show(p, p.callTo(p.register(), "fcntl", [fd, F_GETFD], { ignoreAll: true }));
      }
      p.exit(0);
    });
    expect(shown(output)).toEqual([BigInt(-EBADF), 0n]);
  });

  test("another program can be executed", () => {
    const { status, output } = executor.play((p) => {
      p.call("execve", [
        p.text("/bin/sh"),
        p.textArray(["sh", "-c", 'echo "$1 $V"', "sh", "one"]),
        p.textArray(["V=two"]),
      ]);
    });
    expect([status, output.toString()]).toEqual([0, "one two\n"]);
  });

  test("a clone goes on in the same program, with memory and registers of its own", () => {
    const { status, output } = executor.play((p) => {
      const place = p.longs([1]);
      const value = p.register();
      p.move(value, 10);
      const pid = p.callTo(p.register(), "clone", [SIGCHLD, 0, 0, 0, 0]);
      const parent = p.label();
      p.branch(pid, "NotEqual", 0, parent);
      p.move(value, 20);
      p.store(place, 2, 8);
      p.exit(5);
      p.place(parent);
      const statusPlace = p.longs([0]);
      p.uninterrupted(p.register(), "wait4", [pid, statusPlace, 0, 0]);
      const waited = p.register();
      p.load(waited, statusPlace, 4);
      const kept = p.register();
      p.load(kept, place, 8);
      show(p, waited, value, kept);
      p.exit(0);
    });
    expect([status, shown(output)]).toEqual([0, [5n << 8n, 10n, 1n]]);
  });
});

describeExecutors("loops", (executor) => {
  test("go over the entries in their order, one loop after the other", () => {
    const { status, output } = executor.play((p) => {
      p.forEach([3, 1, 2], (entry) => show(p, entry));
      p.forEach([], () => p.exit(1));
      p.forEach([7], (entry) => show(p, entry));
      p.exit(0);
    });
    expect([status, shown(output)]).toEqual([0, [3n, 1n, 2n, 7n]]);
  });
});

describeExecutors("numbers", (executor) => {
  const holds: Record<keyof typeof Condition, (left: bigint, right: bigint) => boolean> = {
    Equal: (left, right) => left === right,
    NotEqual: (left, right) => left !== right,
    Less: (left, right) => left < right,
    LessEqual: (left, right) => left <= right,
    Greater: (left, right) => left > right,
    GreaterEqual: (left, right) => left >= right,
  };
  for (const name of Object.keys(Condition) as (keyof typeof Condition)[]) {
    test(`branch if ${name}, signed`, () => {
      const values = [LOWEST, -(2n ** 32n), -1n, 0n, 1n, 2n ** 31n, 2n ** 32n, HIGHEST];
      const pairs = values.flatMap((left) => values.map((right) => [left, right] as const));
      const { output } = executor.play((p) => {
        const result = p.register();
        for (const [left, right] of pairs) {
          const taken = p.label();
          p.move(result, 1);
          p.branch(left, name, right, taken);
          p.move(result, 0);
          p.place(taken);
          show(p, result);
        }
        p.exit(0);
      });
      expect(shown(output)).toEqual(pairs.map(([left, right]) => (holds[name](left, right) ? 1n : 0n)));
    });
  }

  const unsigned = (value: bigint): bigint => BigInt.asUintN(64, value);
  const computes: Record<keyof typeof Alu, (left: bigint, right: bigint) => bigint> = {
    Add: (left, right) => left + right,
    Subtract: (left, right) => left - right,
    And: (left, right) => left & right,
    Or: (left, right) => left | right,
    ShiftLeft: (left, right) => (unsigned(right) < 64n ? left << right : 0n),
    ShiftRight: (left, right) => (unsigned(right) < 64n ? unsigned(left) >> right : 0n),
  };
  for (const name of Object.keys(Alu) as (keyof typeof Alu)[]) {
    test(`compute ${name}, in 64 bits`, () => {
      const values = [LOWEST, -5n, -1n, 0n, 1n, 3n, 31n, 32n, 63n, 64n, 0x1_2345_6789n, HIGHEST];
      const pairs = values.flatMap((left) => values.map((right) => [left, right] as const));
      const { output } = executor.play((p) => {
        const result = p.register();
        for (const [left, right] of pairs) {
          p.compute(result, left, name, right);
          show(p, result);
        }
        p.exit(0);
      });
      expect(shown(output)).toEqual(pairs.map(([left, right]) => BigInt.asIntN(64, computes[name](left, right))));
    });
  }

  test("immediates: negative numbers and what only a bigint holds", () => {
    const values = [0, -1, -100, 2 ** 32, -(2 ** 40) - 3, Number.MAX_SAFE_INTEGER, HIGHEST, LOWEST, -2n];
    const { output } = executor.play((p) => {
      show(p, ...values);
      p.exit(0);
    });
    expect(shown(output)).toEqual(values.map(BigInt));
  });

  test("a loop", () => {
    const { output } = executor.play((p) => {
      const [sum, i] = [p.register(), p.register()];
      p.move(i, 1);
      const again = p.here();
      p.compute(sum, sum, "Add", i);
      p.compute(i, i, "Add", 1);
      p.branch(i, "LessEqual", 1000, again);
      show(p, sum);
      p.exit(0);
    });
    expect(shown(output)).toEqual([500500n]);
  });

  test("jumps go forwards and backwards", () => {
    const { status, output } = executor.play((p) => {
      const [first, second] = [p.label(), p.label()];
      p.jump(second);
      p.place(first);
      show(p, 1);
      p.exit(0);
      p.place(second);
      show(p, 2);
      p.jump(first);
    });
    expect([status, shown(output)]).toEqual([0, [2n, 1n]]);
  });
});

describeExecutors("memory", (executor) => {
  for (const width of [1, 2, 4, 8] as const) {
    test(`${width} bytes are loaded without sign, and stored without touching what is beside them`, () => {
      const bits = width * 8;
      const { output } = executor.play((p) => {
        const place = p.longs([-1, -1]);
        const value = p.register();
        p.load(value, place, width);
        show(p, value);
        p.store(p.within(place, width), 0x1122_3344_5566_7788n, width);
        p.load(value, p.within(place, width), width);
        show(p, value);
        p.call("write", [STDOUT, place, 16]);
        p.exit(0);
      });
      const stored = BigInt.asUintN(bits, 0x1122_3344_5566_7788n);
      const all = 2n ** 128n - 1n;
      const memory = (all ^ ((2n ** BigInt(bits) - 1n) << BigInt(bits))) | (stored << BigInt(bits));
      const expected = [2n ** BigInt(bits) - 1n, stored, memory & (2n ** 64n - 1n), memory >> 64n];
      expect(shown(output)).toEqual(expected.map((value) => BigInt.asIntN(64, value)));
    });
  }

  test("unaligned addresses, and addresses in registers", () => {
    const { output } = executor.play((p) => {
      const place = p.bytes(new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]));
      const [address, value] = [p.register(), p.register()];
      p.move(address, p.within(place, 3));
      p.load(value, address, 8);
      show(p, address, value);
      p.exit(0);
    });
    expect(shown(output)).toEqual([BigInt(DATA_ADDRESS) + 3n, 0x0a09_0807_0605_0403n]);
  });

  test("data of many pages is there, whole, at its address", () => {
    const content = new Uint8Array(5 * PAGE + 100).map((_, i) => i * 7 + (i >> 8));
    const { output } = executor.play((p) => {
      const place = p.bytes(content);
      p.call("write", [STDOUT, DATA_ADDRESS + place.data, content.length]);
      p.exit(0);
    });
    expect(Buffer.compare(output, content)).toBe(0);
  });

  test("a pointer just behind the data is a pointer", () => {
    expect(executor.play((p) => p.call("exit_group", [0, p.space(0)])).status).toBe(0);
  });

  test("instructions cannot be changed", () => {
    const { status, signal } = executor.play((p) => {
      p.store(CODE_ADDRESS, 0, 8);
      p.exit(0);
    });
    expect([status, signal]).not.toEqual([0, null]);
  });

  test("a program gives back what it has played", () => {
    const { status, output } = executor.play((p) => {
      const MS_ASYNC = 1;
      const value = p.register();
      for (let i = 0; i < 300; i++) p.compute(value, value, "Add", 1);
      p.forget();
      for (const page of [0, 1, 2, 3, 4]) {
        show(p, p.callTo(p.register(), "msync", [CODE_ADDRESS + page * PAGE, PAGE, MS_ASYNC], { ignoreAll: true }));
      }
      show(p, value);
      p.exit(0);
    });
    const gone = BigInt(-ENOMEM);
    expect([status, shown(output)]).toEqual([0, [0n, gone, gone, gone, 0n, 300n]]);
  });
});
