import { expect, test } from "bun:test";
import type { Resources } from "../spec/types.ts";
import { completed, merged } from "./change.ts";

const cases: readonly (readonly [string, Resources, Resources, Resources])[] = [
  ["a quota keeps its period", { cpu: { quota: 20 } }, { cpu: { period: 50 } }, { cpu: { quota: 20, period: 50 } }],
  ["a period keeps its quota", { cpu: { period: 50 } }, { cpu: { quota: 20 } }, { cpu: { quota: 20, period: 50 } }],
  [
    "what is given counts",
    { cpu: { quota: 1, period: 2 } },
    { cpu: { quota: 3, period: 4 } },
    { cpu: { quota: 1, period: 2 } },
  ],
  ["idle has no weight", { cpu: { shares: 2 } }, { cpu: { idle: 1 } }, { cpu: { shares: 2, idle: 1 } }],
  ["swap counts from memory", { memory: { swap: 9 } }, { memory: { limit: 5 } }, { memory: { swap: 9, limit: 5 } }],
  ["memory below the same swap", { memory: { limit: 4 } }, { memory: { swap: 9 } }, { memory: { swap: 9, limit: 4 } }],
  ["no limit of memory, none of swap", { memory: { limit: -1 } }, { memory: { swap: 9 } }, { memory: { limit: -1 } }],
  ["nothing else", { pids: { limit: 3 } }, { cpu: { quota: 3 }, memory: { limit: 4 } }, { pids: { limit: 3 } }],
];

test.each(cases)("of limits that depend on each other: %s", (_, given, before, expected) => {
  expect(completed(given, before)).toEqual(expected);
});

test("later limits take the place of earlier ones, devices and what is not given stay", () => {
  const devices = [{ allow: false, access: "rwm" }];
  const before: Resources = {
    devices,
    memory: { limit: 1, swap: 2 },
    pids: { limit: 3 },
    hugepageLimits: [
      { pageSize: "2MB", limit: 1 },
      { pageSize: "1GB", limit: 2 },
    ],
  };
  const given: Resources = {
    devices: [],
    memory: { limit: 9 },
    cpu: { shares: 4 },
    hugepageLimits: [{ pageSize: "2MB", limit: 5 }],
    unified: { "memory.high": "7" },
  };
  expect(merged(before, given)).toEqual({
    devices,
    memory: { limit: 9, swap: 2 },
    pids: { limit: 3 },
    cpu: { shares: 4 },
    hugepageLimits: [
      { pageSize: "1GB", limit: 2 },
      { pageSize: "2MB", limit: 5 },
    ],
    unified: { "memory.high": "7" },
  });
});
