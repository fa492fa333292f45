/** config.md: scheduling of the process. */

import { existsSync } from "node:fs";
import { getPriority } from "node:os";
import { equal } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having } from "../trial.ts";

const CAP_SYS_NICE = 23;
/** Where this is, a cgroup without real time has no processes of such policies. */
const REAL_TIME = "/sys/fs/cgroup/cpu/cpu.rt_runtime_us";
const IOPRIO_CLASS_SHIFT = 13;
const [RT, BE, IDLE] = [1, 2, 3];

/** What sched_setattr(2) leaves alone for policies that it does not count for. */
const niceOfCaller = getPriority();

const POLICIES = [
  { scheduler: { policy: "SCHED_OTHER", nice: 5 }, found: { policy: 0, priority: 0, nice: 5 } },
  { scheduler: { policy: "SCHED_BATCH", nice: 7 }, found: { policy: 3, priority: 0, nice: 7 } },
  { scheduler: { policy: "SCHED_IDLE" }, found: { policy: 5, priority: 0, nice: niceOfCaller } },
  { scheduler: { policy: "SCHED_FIFO", priority: 10 }, found: { policy: 1, priority: 10, nice: niceOfCaller } },
  { scheduler: { policy: "SCHED_RR", priority: 20 }, found: { policy: 2, priority: 20, nice: niceOfCaller } },
] as const;

const IO_PRIORITIES = [
  { ioPriority: { class: "IOPRIO_CLASS_BE", priority: 2 }, found: BE },
  { ioPriority: { class: "IOPRIO_CLASS_IDLE", priority: 4 }, found: IDLE },
  { ioPriority: { class: "IOPRIO_CLASS_RT", priority: 3 }, found: RT },
] as const;

export const SCHEDULING = [
  ...section(
    "config.md#linux-process",
    [
      ...POLICIES.map(({ scheduler, found }) =>
        must(
          `scheduler: ${scheduler.policy} is the process's`,
          async (t) => {
            const { policy, priority, nice } = (
              await t.see((config) => {
                having("process.scheduler", scheduler)(config);
                if (found.priority > 0 && existsSync(REAL_TIME))
                  config.linux.resources.cpu = { realtimeRuntime: 10_000 };
              })
            ).scheduler;
            equal("scheduler", { policy, priority, nice }, found);
          },
          { needs: [`capability:${CAP_SYS_NICE}`] },
        ),
      ),
      must("scheduler: a policy that there is not is an error", (t) =>
        t.refuses("SCHED_NOSUCH", having("process.scheduler", { policy: "SCHED_NOSUCH" })),
      ),
      must("scheduler: a flag that there is not is an error", (t) =>
        t.refuses("a flag", having("process.scheduler", { policy: "SCHED_OTHER", flags: ["SCHED_FLAG_NOSUCH"] })),
      ),
      must("scheduler: a priority that the policy does not have is an error", (t) =>
        t.refuses("SCHED_FIFO with 1000", having("process.scheduler", { policy: "SCHED_FIFO", priority: 1000 })),
      ),
      ...IO_PRIORITIES.map(({ ioPriority, found }) =>
        must(`ioPriority: ${ioPriority.class} is the process's`, async (t) => {
          const { ioprio } = (await t.see(having("process.ioPriority", ioPriority))).scheduler;
          equal("class", ioprio >> IOPRIO_CLASS_SHIFT, found);
          equal("priority", ioprio & 0xff, ioPriority.priority);
        }),
      ),
      must("ioPriority: a class that there is not is an error", (t) =>
        t.refuses("a class", having("process.ioPriority", { class: "IOPRIO_CLASS_NOSUCH", priority: 1 })),
      ),
      must("ioPriority: a priority beyond 7 is an error", (t) =>
        t.refuses("priority 9", having("process.ioPriority", { class: "IOPRIO_CLASS_BE", priority: 9 })),
      ),
    ],
    { since: "1.1" },
  ),
  ...section(
    "config.md#linux-process",
    [
      must("execCPUAffinity: the container's first process is left alone", async (t) => {
        const before = (await t.see()).scheduler.cpus;
        const second = await t.see(having("process.execCPUAffinity", { initial: "0", final: "0" }));
        equal("processors", second.scheduler.cpus, before);
      }),
    ],
    { since: "1.2" },
  ),
];
