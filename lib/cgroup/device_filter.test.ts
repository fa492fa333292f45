import { describe, expect, test } from "bun:test";
import { Failure } from "../failure.ts";
import type { DeviceCgroupRule } from "../spec/types.ts";
import { deviceFilter, INSTRUCTION_SIZE } from "./device_filter.ts";
import { DEFAULT_DEVICE_RULES } from "./device_rules.ts";

const [MAKE, READ, WRITE] = [1, 2, 4];
const [BLOCK, CHARACTER] = [1, 2];

interface Request {
  readonly type: number;
  readonly major: number;
  readonly minor: number;
  readonly access: number;
}

/** Run a filter as the kernel would. Each instruction runs at most once, since the kernel allows no way back. */
function decide(code: Buffer, { type, major, minor, access }: Request): boolean {
  const context = [(access << 16) | type, major, minor];
  const registers = new Uint32Array(11);
  for (let i = 0; ; i++) {
    const at = i * INSTRUCTION_SIZE;
    const opcode = code.readUInt8(at);
    const [to, from] = [code.readUInt8(at + 1) & 0xf, code.readUInt8(at + 1) >> 4];
    const offset = code.readInt16LE(at + 2);
    const immediate = code.readInt32LE(at + 4) >>> 0;
    const value = registers[to] ?? 0;
    expect(offset).toBeGreaterThanOrEqual(0);
    if (opcode === 0x61) registers[to] = context[offset / 4] ?? 0;
    else if (opcode === 0xbc) registers[to] = registers[from] ?? 0;
    else if (opcode === 0xb7) registers[to] = immediate;
    else if (opcode === 0x54) registers[to] = value & immediate;
    else if (opcode === 0x74) registers[to] = value >>> immediate;
    else if (opcode === 0x05) i += offset;
    else if (opcode === 0x16) i += value === immediate ? offset : 0;
    else if (opcode === 0x56) i += value !== immediate ? offset : 0;
    else if (opcode === 0x46) i += (value & immediate) !== 0 ? offset : 0;
    else if (opcode === 0x95) return registers[0] === 1;
    else throw new Error(`instruction ${i}: unknown code ${opcode}`);
  }
}

/** What the specification says, one kind of access after the other. */
function expected(rules: readonly DeviceCgroupRule[], request: Request): boolean {
  const letters = [
    [MAKE, "m"],
    [READ, "r"],
    [WRITE, "w"],
  ] as const;
  return letters.every(([bit, letter]) => {
    if ((request.access & bit) === 0) return true;
    const last = rules.findLast(
      ({ type = "a", major = -1, minor = -1, access = "rwm" }) =>
        (type === "a" || (type === "b") === (request.type === BLOCK)) &&
        (major < 0 || major === request.major) &&
        (minor < 0 || minor === request.minor) &&
        access.includes(letter),
    );
    return last?.allow ?? false;
  });
}

function everyRequest(numbers: readonly number[]): Request[] {
  return [BLOCK, CHARACTER].flatMap((type) =>
    numbers.flatMap((major) =>
      numbers.flatMap((minor) => [1, 2, 3, 4, 5, 6, 7].map((access) => ({ type, major, minor, access }))),
    ),
  );
}

/** A repeatable sequence of numbers from 0 to below `limit`. */
function pseudoRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % limit;
  };
}

const nothing: DeviceCgroupRule = { allow: false, access: "rwm" };
const everything: DeviceCgroupRule = { allow: true, access: "rwm" };

describe("deviceFilter", () => {
  test("denies everything without a rule", () => {
    const code = deviceFilter([]);
    expect(everyRequest([1, 3]).some((request) => decide(code, request))).toBeFalse();
  });

  test("takes the last rule that matches", () => {
    const code = deviceFilter([nothing, { allow: true, type: "c", major: 1, minor: 3, access: "rw" }]);
    expect(decide(code, { type: CHARACTER, major: 1, minor: 3, access: READ | WRITE })).toBeTrue();
    expect(decide(code, { type: CHARACTER, major: 1, minor: 3, access: READ | MAKE })).toBeFalse();
    expect(decide(code, { type: BLOCK, major: 1, minor: 3, access: READ })).toBeFalse();
    expect(decide(code, { type: CHARACTER, major: 1, minor: 5, access: READ })).toBeFalse();
  });

  test("denies a part of what an earlier rule allows", () => {
    const code = deviceFilter([everything, { allow: false, type: "b", major: 8, access: "w" }]);
    expect(decide(code, { type: BLOCK, major: 8, minor: 1, access: READ })).toBeTrue();
    expect(decide(code, { type: BLOCK, major: 8, minor: 1, access: READ | WRITE })).toBeFalse();
  });

  test("leaves out what a rule for everything makes void", () => {
    const rules: DeviceCgroupRule[] = [{ allow: true, type: "c", major: 1, access: "r" }, nothing];
    expect(deviceFilter(rules).equals(deviceFilter([nothing]))).toBeTrue();
    expect(decide(deviceFilter([nothing, everything]), { type: BLOCK, major: 8, minor: 0, access: 7 })).toBeTrue();
  });

  test("knows device numbers of 32 bits", () => {
    const code = deviceFilter([{ allow: true, type: "c", major: 4095, minor: 0xffff_ffff, access: "r" }]);
    expect(decide(code, { type: CHARACTER, major: 4095, minor: 0xffff_ffff, access: READ })).toBeTrue();
    expect(decide(code, { type: CHARACTER, major: 4095, minor: 0x7fff_ffff, access: READ })).toBeFalse();
  });

  test("decides as the specification says for any rules", () => {
    const random = pseudoRandom(1);
    const accesses = ["r", "w", "m", "rw", "rm", "wm", "rwm", ""];
    for (let round = 0; round < 300; round++) {
      const rules = Array.from({ length: random(8) }, (): DeviceCgroupRule => {
        const [major, minor] = [random(4), random(4)];
        return {
          allow: random(2) === 1,
          type: ["a", "b", "c"][random(3)] ?? "a",
          ...(major > 0 && { major: major - 2 }),
          ...(minor > 0 && { minor: minor - 2 }),
          access: accesses[random(8)] || "rwm",
        };
      });
      const code = deviceFilter(rules);
      for (const request of everyRequest([0, 1, 2])) {
        const [found, wanted] = [decide(code, request), expected(rules, request)];
        if (found !== wanted) expect({ rules, request, allowed: found }).toEqual({ rules, request, allowed: wanted });
      }
    }
  });

  test("is a few hundred bytes for what every container gets", () => {
    expect(deviceFilter([nothing, ...DEFAULT_DEVICE_RULES]).length).toBeLessThan(700);
  });

  test("refuses more rules than jumps can cross", () => {
    const rules = Array.from({ length: 20_000 }, (_, i) => ({ allow: i % 2 === 0, type: "c", major: i, access: "r" }));
    expect(() => deviceFilter(rules)).toThrow(Failure);
  });
});
