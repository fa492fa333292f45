/** config.md: limits of the process. */

import { equal } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having, put } from "../trial.ts";

const LIMITS: readonly (readonly [name: string, soft: number, hard: number])[] = [
  ["AS", 1 << 30, 1 << 31],
  ["CORE", 0, 4096],
  ["CPU", 600, 900],
  ["DATA", 1 << 28, 1 << 29],
  ["FSIZE", 1 << 26, 1 << 27],
  ["LOCKS", 100, 200],
  ["MEMLOCK", 4096, 8192],
  ["MSGQUEUE", 4096, 8192],
  ["NICE", 0, 0],
  ["NOFILE", 100, 200],
  ["NPROC", 500, 600],
  ["RSS", 1 << 28, 1 << 29],
  ["RTPRIO", 0, 0],
  ["RTTIME", 100_000, 200_000],
  ["SIGPENDING", 50, 100],
  ["STACK", 1 << 22, 1 << 23],
];

/** RLIMIT_AS of 2 GiB is no 32-bit number in JavaScript's operators. */
const positive = (value: number): number => value >>> 0;

export const RLIMITS = section("config.md#posix-process", [
  ...LIMITS.map(([name, soft, hard]) =>
    must(`RLIMIT_${name}: soft and hard limit are the config's`, async (t) => {
      const limit = { soft: positive(soft), hard: positive(hard) };
      const probe = await t.see((config) => {
        config.process.rlimits = [{ type: `RLIMIT_${name}`, ...limit }];
      });
      equal(`RLIMIT_${name}`, probe.rlimits[name], limit);
    }),
  ),
  must("several limits hold together", async (t) => {
    const { rlimits } = await t.see((config) => {
      config.process.rlimits = [
        { type: "RLIMIT_NOFILE", soft: 64, hard: 128 },
        { type: "RLIMIT_CORE", soft: 0, hard: 0 },
      ];
    });
    equal("NOFILE", rlimits.NOFILE, { soft: 64, hard: 128 });
    equal("CORE", rlimits.CORE, { soft: 0, hard: 0 });
  }),
  must("the same type twice is an error", (t) =>
    t.refuses("RLIMIT_NOFILE twice", (config) => {
      config.process.rlimits = [
        { type: "RLIMIT_NOFILE", soft: 64, hard: 128 },
        { type: "RLIMIT_NOFILE", soft: 65, hard: 128 },
      ];
    }),
  ),
  must("a type that the kernel does not have is an error", (t) =>
    t.refuses("RLIMIT_NOSUCH", having("process.rlimits", [{ type: "RLIMIT_NOSUCH", soft: 1, hard: 1 }])),
  ),
  must("a soft limit above the hard one is an error", (t) =>
    t.refuses("soft 2, hard 1", having("process.rlimits", [{ type: "RLIMIT_CORE", soft: 2, hard: 1 }])),
  ),
  must("a limit without hard is an error", (t) =>
    t.refuses("hard is missing", (config) => put(config, "process.rlimits", [{ type: "RLIMIT_CORE", soft: "1" }])),
  ),
]);
