/** config-linux.md: personality, memory policy, Intel RDT, mount labels. */

import { equal, includes, ok } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having } from "../trial.ts";

const PER_LINUX32 = 8;
const MPOL_BIND = 2;
const MPOL_INTERLEAVE = 3;

export const MACHINE = [
  ...section(
    "config-linux.md#personality",
    [
      must("LINUX is the usual one", async (t) => {
        equal("personality", (await t.see(having("linux.personality", { domain: "LINUX" }))).personality, 0);
      }),
      must("LINUX32 makes uname tell of a machine of 32 bits", async (t) => {
        const { personality, machine } = await t.see(having("linux.personality", { domain: "LINUX32" }));
        equal("personality", personality & 0xff, PER_LINUX32);
        includes("machine", ["i686", "armv8l", "armv7l"], machine);
      }),
      must("a domain that there is not is an error", (t) =>
        t.refuses("domain MINIX", having("linux.personality", { domain: "MINIX" })),
      ),
      must("a flag is an error: none is supported", (t) =>
        t.refuses("a flag", having("linux.personality", { domain: "LINUX", flags: ["ADDR_NO_RANDOMIZE"] })),
      ),
    ],
    { since: "1.1" },
  ),
  ...section(
    "config-linux.md#memory-policy",
    [
      must("MPOL_BIND is the process's", async (t) => {
        const { mode, nodes } = await t.try(
          ["memory-policy"],
          having("linux.memoryPolicy", { mode: "MPOL_BIND", nodes: "0" }),
        );
        equal("policy", { mode, nodes }, { mode: MPOL_BIND, nodes: 1 });
      }),
      must("MPOL_INTERLEAVE is the process's", async (t) => {
        const policy = { mode: "MPOL_INTERLEAVE", nodes: "0" };
        equal("mode", (await t.try(["memory-policy"], having("linux.memoryPolicy", policy))).mode, MPOL_INTERLEAVE);
      }),
      must("without it the process has none", async (t) => equal("mode", (await t.try(["memory-policy"])).mode, 0)),
      must("a mode that there is not is an error", (t) =>
        t.refuses("MPOL_NOSUCH", having("linux.memoryPolicy", { mode: "MPOL_NOSUCH", nodes: "0" })),
      ),
      must("a flag that there is not is an error", (t) =>
        t.refuses("a flag", having("linux.memoryPolicy", { mode: "MPOL_BIND", nodes: "0", flags: ["MPOL_F_NOSUCH"] })),
      ),
    ],
    { since: "1.3" },
  ),
  ...section("config-linux.md#intelrdt", [
    must(
      "is an error where no resctrl file system is mounted",
      (t) => t.refuses("intelRdt", having("linux.intelRdt", { closID: t.id, l3CacheSchema: "L3:0=f" })),
      { needs: ["no-file:/sys/fs/resctrl/schemata"] },
    ),
    must("closID without a schema is an error where there is no such class", (t) =>
      t.refuses("intelRdt", having("linux.intelRdt", { closID: t.id })),
    ),
  ]),
  ...section("config-linux.md#mount-label", [
    must(
      "a label is the context of the mounts",
      async (t) => {
        const label = "system_u:object_r:container_file_t:s0";
        const { mounts } = await t.see(having("linux.mountLabel", label));
        const shm = mounts.find(({ target }) => target === "/dev/shm");
        ok("options of /dev/shm", shm?.super_options.includes(label), shm?.super_options);
      },
      { needs: ["file:/sys/fs/selinux/enforce"] },
    ),
  ]),
];
