/** config.md: the user of the process. */

import { lstatSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../../harness/command.ts";
import { equal } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having, probeWords } from "../trial.ts";

const all = (id: number): object => ({ real: id, effective: id, saved: id, filesystem: id });

export const USER = [
  ...section("config.md#posix-platform-user", [
    must("uid and gid are the process's, in all their kinds", async (t) => {
      const probe = await t.see(having("process.user", { uid: 1234, gid: 2345 }));
      equal("uid", probe.uid, all(1234));
      equal("gid", probe.gid, all(2345));
    }),
    must("a uid needs no entry in /etc/passwd", async (t) => {
      equal("uid", (await t.see(having("process.user", { uid: 4_000_000, gid: 0 }))).uid, all(4_000_000));
    }),
    must("additionalGids are the process's further groups", async (t) => {
      const probe = await t.see(having("process.user", { uid: 0, gid: 0, additionalGids: [5, 7000] }));
      equal(
        "groups",
        [...probe.groups].filter((id) => id !== 0).sort((a, b) => a - b),
        [5, 7000],
      );
    }),
    must("without additionalGids there are none, of the runtime's neither", async (t) => {
      const probe = await t.see(having("process.user", { uid: 1000, gid: 1000 }));
      equal(
        "groups",
        probe.groups.filter((id) => id !== 1000),
        [],
      );
    }),
    must("a user who is not root cannot write what is root's", async (t) => {
      equal("errno", (await t.try(["touch", "/new"], having("process.user", { uid: 1000, gid: 1000 }))).errno, 13);
    }),
    must("what a user makes is the user's", async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.user = { uid: 1000, gid: 1001 };
        config.process.args = probeWords(["touch", "/tmp/new"]);
      });
      succeeded(await t.runtime.run(t.id, bundle.path));
      const { uid, gid } = lstatSync(join(bundle.rootfs, "tmp/new"));
      equal("owner", { uid, gid }, { uid: 1000, gid: 1001 });
    }),
    must("a user without a uid is an error", (t) => t.refuses('uid "x"', having("process.user", { uid: "x", gid: 0 }))),
  ]),
  ...section(
    "config.md#posix-platform-user",
    [
      ...[0o077, 0o007, 0].map((umask) =>
        must(`umask ${umask.toString(8).padStart(3, "0")} is the process's`, async (t) => {
          equal("umask", (await t.see(having("process.user", { uid: 0, gid: 0, umask }))).umask, umask);
        }),
      ),
      must("umask holds for what the process makes", async (t) => {
        const outcome = await t.try(["touch", "/tmp/new"], having("process.user", { uid: 0, gid: 0, umask: 0o027 }));
        equal("mode", outcome.mode, 0o640);
      }),
    ],
    { since: "1.1" },
  ),
];
