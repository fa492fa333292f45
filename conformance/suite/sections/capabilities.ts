/** config.md: capabilities of the process. */

import { equal, excludes, includes } from "../assertions.ts";
import { must, section, should } from "../test.ts";
import { having, type Patch } from "../trial.ts";

const NUMBER = { CAP_CHOWN: 0, CAP_KILL: 5, CAP_SETUID: 7, CAP_NET_BIND_SERVICE: 10, CAP_NET_RAW: 13 } as const;
type Name = keyof typeof NUMBER;
type Sets = Partial<Record<"bounding" | "effective" | "permitted" | "inheritable" | "ambient", readonly string[]>>;

const numbers = (names: readonly string[]): number[] => names.map((name) => NUMBER[name as Name]).sort((a, b) => a - b);
const sets = (given: Sets): Patch => having("process.capabilities", given);
const three: readonly Name[] = ["CAP_CHOWN", "CAP_KILL", "CAP_NET_RAW"];

export const CAPABILITIES = section("config.md#linux-process", [
  must("capabilities: bounding is the bounding set", async (t) => {
    const { capabilities } = await t.see(sets({ bounding: three, effective: three, permitted: three }));
    equal("bounding", capabilities.bounding, numbers(three));
  }),
  must("capabilities: effective is the effective set", async (t) => {
    const { capabilities } = await t.see(sets({ bounding: three, effective: three, permitted: three }));
    equal("effective", capabilities.effective, numbers(three));
  }),
  must("capabilities: permitted is the permitted set", async (t) => {
    const { capabilities } = await t.see(sets({ bounding: three, effective: three, permitted: three }));
    equal("permitted", capabilities.permitted, numbers(three));
  }),
  must("capabilities: inheritable is the inheritable set", async (t) => {
    const { capabilities } = await t.see(sets({ bounding: three, permitted: three, inheritable: ["CAP_KILL"] }));
    equal("inheritable", capabilities.inheritable, numbers(["CAP_KILL"]));
  }),
  must("capabilities: inheritable is empty where the config has none", async (t) => {
    const { capabilities } = await t.see(sets({ bounding: three, effective: three, permitted: three }));
    equal("inheritable", capabilities.inheritable, []);
  }),
  must("capabilities: ambient is the ambient set", async (t) => {
    const ambient = ["CAP_NET_BIND_SERVICE"];
    const all = [...three, ...ambient];
    const { capabilities } = await t.see(
      sets({ bounding: all, effective: all, permitted: all, inheritable: ambient, ambient }),
    );
    equal("ambient", capabilities.ambient, numbers(ambient));
  }),
  must("capabilities: ambient is empty where the config has none", async (t) => {
    const { capabilities } = await t.see(sets({ bounding: three, permitted: three, inheritable: three }));
    equal("ambient", capabilities.ambient, []);
  }),
  must("capabilities: none are left where all sets are empty", async (t) => {
    const empty: string[] = [];
    const { capabilities } = await t.see(
      sets({ bounding: empty, effective: empty, permitted: empty, inheritable: empty, ambient: empty }),
    );
    for (const [name, found] of Object.entries(capabilities)) equal(name, found, []);
  }),
  must("capabilities: a user who is not root has those of the ambient set", async (t) => {
    const all = ["CAP_NET_BIND_SERVICE", "CAP_NET_RAW"];
    const { capabilities } = await t.see((config) => {
      config.process.user = { uid: 1000, gid: 1000 };
      sets({ bounding: all, effective: all, permitted: all, inheritable: all, ambient: all })(config);
    });
    equal("effective", capabilities.effective, numbers(all));
  }),
  must("capabilities: a user who is not root has none without an ambient set", async (t) => {
    const { capabilities } = await t.see((config) => {
      config.process.user = { uid: 1000, gid: 1000 };
      sets({ bounding: three, effective: three, permitted: three })(config);
    });
    equal("effective", capabilities.effective, []);
    equal("bounding", capabilities.bounding, numbers(three));
  }),
  must("capabilities: what is not in the bounding set cannot be done", async (t) => {
    const outcome = await t.try(["chown", "/probe", 5, 5], sets({ bounding: [], effective: [], permitted: [] }));
    equal("errno of chown", outcome.errno, 1);
  }),
  must("capabilities: what is in the effective set can be done", async (t) => {
    const outcome = await t.try(
      ["chown", "/probe", 5, 5],
      sets({ bounding: three, effective: three, permitted: three }),
    );
    equal("errno of chown", outcome.errno, 0);
  }),
  should(
    "capabilities: one that the kernel does not have does not keep the container from running",
    async (t) => {
      const more = [...three, "CAP_NO_SUCH"];
      const { capabilities } = await t.see(sets({ bounding: more, effective: more, permitted: more }));
      equal("bounding", capabilities.bounding, numbers(three));
    },
    { since: "1.1" },
  ),
  should("capabilities: a usual container has no power over the host", async (t) => {
    const { capabilities } = await t.see();
    excludes("effective", capabilities.effective, 21, 16, 22); // SYS_ADMIN, SYS_MODULE, SYS_BOOT
    includes("effective", capabilities.effective, 0);
  }),
]);
