/** config.md: the options of mounts. */

import { mkdirSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import type { Mount } from "../../../lib/spec/types.ts";
import type { ProbeMount } from "../../harness/probe_report.ts";
import { equal, excludes, includes, ok } from "../assertions.ts";
import { must, section, should } from "../test.ts";
import type { Action, Outcome, Patch, Trial } from "../trial.ts";

const { EACCES, EROFS } = constants.errno;
const AT = "/tmp/mounted";

const tmpfs = (...options: string[]): Patch => mounting({ destination: AT, type: "tmpfs", source: "tmpfs", options });

function mounting(...mounts: Mount[]): Patch {
  return (config) => void config.mounts.push(...mounts);
}

async function mounted(t: Trial, ...options: string[]): Promise<ProbeMount> {
  const { mounts } = await t.see(tmpfs(...options));
  const mount = mounts.find(({ target }) => target === AT);
  ok(`a mount on ${AT}`, mount !== undefined);
  return mount;
}

/** Options, what the mount then shows, and what not. */
interface Shown {
  readonly options: readonly string[];
  readonly has?: string;
  readonly hasNot?: string;
  readonly since?: string;
}

const SHOWN: readonly Shown[] = [
  { options: ["ro"], has: "ro" },
  { options: ["ro", "rw"], has: "rw" },
  { options: ["nosuid"], has: "nosuid" },
  { options: ["nosuid", "suid"], hasNot: "nosuid" },
  { options: ["nodev"], has: "nodev" },
  { options: ["nodev", "dev"], hasNot: "nodev" },
  { options: ["noexec"], has: "noexec" },
  { options: ["noexec", "exec"], hasNot: "noexec" },
  { options: ["noatime"], has: "noatime" },
  { options: ["noatime", "atime"], hasNot: "noatime" },
  { options: ["nodiratime"], has: "nodiratime" },
  { options: ["nodiratime", "diratime"], hasNot: "nodiratime" },
  { options: ["relatime"], has: "relatime" },
  { options: ["strictatime"], hasNot: "relatime" },
  { options: ["norelatime"], has: "rw" },
  { options: ["strictatime", "nostrictatime"], has: "relatime" },
  { options: ["sync"], has: "sync" },
  { options: ["sync", "async"], hasNot: "sync" },
  { options: ["dirsync"], has: "dirsync" },
  { options: ["defaults"], has: "rw" },
  { options: ["lazytime"], has: "lazytime", since: "1.1" },
  { options: ["lazytime", "nolazytime"], hasNot: "lazytime", since: "1.1" },
  { options: ["iversion"], has: "rw", since: "1.1" },
  { options: ["noiversion"], has: "rw", since: "1.1" },
  { options: ["silent"], has: "rw", since: "1.1" },
  { options: ["loud"], has: "rw", since: "1.1" },
];

const words = ({ options, super_options: more }: ProbeMount): string[] => [...options.split(","), ...more.split(",")];

const shown = ({ options, has, hasNot, since }: Shown) =>
  must(
    `${options.join(", then ")}: the mount is ${[has, hasNot && `not ${hasNot}`].filter(Boolean).join(", ")}`,
    async (t) => {
      const found = words(await mounted(t, ...options));
      if (has !== undefined) includes("options", found, has);
      if (hasNot !== undefined) excludes("options", found, hasNot);
    },
    since === undefined ? {} : { since },
  );

/** A bound folder of the host with the probe and a file in it, under these options. */
async function bound(t: Trial, actions: readonly Action[], ...options: string[]): Promise<Outcome[]> {
  const source = join(t.folder, "from-host");
  mkdirSync(source);
  writeFileSync(join(source, "file"), "text");
  return t.do(actions, mounting({ destination: AT, type: "bind", source, options: ["bind", ...options] }));
}

const PROPAGATION: readonly { readonly option: string; readonly has?: RegExp; readonly none?: true }[] = [
  { option: "shared", has: /^shared:/ },
  { option: "rshared", has: /^shared:/ },
  { option: "private", none: true },
  { option: "rprivate", none: true },
  { option: "unbindable", has: /^unbindable$/ },
  { option: "runbindable", has: /^unbindable$/ },
];

const propagates = ({ option, has }: (typeof PROPAGATION)[number]) =>
  must(`${option}: the mount is ${has === undefined ? "in no peer group" : option.replace(/^r/, "")}`, async (t) => {
    const { propagation } = await mounted(t, option);
    if (has === undefined) equal("propagation", propagation, []);
    else
      ok(
        "propagation",
        propagation.some((word) => has.test(word)),
        propagation,
      );
  });

/** Options that hold for all mounts below as well, tried on a copy of the host's /sys. */
const RECURSIVE: readonly Shown[] = [
  { options: ["rro"], has: "ro" },
  { options: ["rnosuid"], has: "nosuid" },
  { options: ["rnodev"], has: "nodev" },
  { options: ["rnoexec"], has: "noexec" },
  { options: ["rnoatime"], has: "noatime" },
  { options: ["rnodiratime"], has: "nodiratime" },
  { options: ["rnosymfollow"], has: "nosymfollow" },
  { options: ["rro", "rrw"], has: "rw" },
  { options: ["rnoexec", "rexec"], hasNot: "noexec" },
  { options: ["rstrictatime"], hasNot: "relatime" },
];

const recursive = ({ options, has, hasNot }: Shown) =>
  should(
    `${options.join(", then ")}: the mounts below are ${has ?? `not ${hasNot}`} as well`,
    async (t) => {
      const mount = { destination: AT, type: "bind", source: "/sys/fs/cgroup", options: ["rbind", ...options] };
      const { mounts } = await t.see(mounting(mount));
      const found = mounts.filter(({ target }) => target === AT || target.startsWith(`${AT}/`));
      if (found.length < 2) t.skip("needs mounts below /sys/fs/cgroup");
      for (const { target, options: of } of found) {
        if (has !== undefined) includes(`options of ${target}`, of.split(","), has);
        if (hasNot !== undefined) excludes(`options of ${target}`, of.split(","), hasNot);
      }
    },
    { since: "1.1", needs: ["kernel:5.12"] },
  );

export const MOUNT_OPTIONS = section("config.md#linux-mount-options", [
  ...SHOWN.map(shown),
  ...PROPAGATION.map(propagates),
  must("ro: nothing can be made", async (t) => {
    equal("errno", (await t.try(["touch", `${AT}/new`], tmpfs("ro"))).errno, EROFS);
  }),
  must("noexec: nothing can be executed", async (t) => {
    const mount: Mount = { destination: AT, type: "bind", source: t.probePath, options: ["bind", "noexec"] };
    equal("errno", (await t.try(["exec", AT, "do", "exit", 7], mounting(mount))).errno, EACCES);
  }),
  must("exec: what lies there can be executed", async (t) => {
    const mount: Mount = { destination: AT, type: "bind", source: t.probePath, options: ["bind", "exec"] };
    equal("status", (await t.try(["exec", AT, "do", "exit", 7], mounting(mount))).status, 7);
  }),
  must("noatime: reading does not change the time of access", async (t) => {
    equal("changed", (await bound(t, [["atime", `${AT}/file`]], "noatime"))[0]?.changed, 0);
  }),
  must("strictatime: reading changes the time of access", async (t) => {
    equal("changed", (await bound(t, [["atime", `${AT}/file`]], "strictatime"))[0]?.changed, 1);
  }),
  must("bind: mounts below the source are not there", async (t) => {
    const mount = { destination: AT, type: "bind", source: "/sys", options: ["bind"] };
    const { mounts } = await t.see(mounting(mount));
    equal("mounts below", mounts.filter(({ target }) => target.startsWith(`${AT}/`)).length, 0);
  }),
  must("rbind: mounts below the source are there", async (t) => {
    const mount = { destination: AT, type: "bind", source: "/sys", options: ["rbind"] };
    const { mounts } = await t.see(mounting(mount));
    ok(
      "no mounts below",
      mounts.some(({ target }) => target.startsWith(`${AT}/`)),
    );
  }),
  must("remount: the mount that is there gets the options", async (t) => {
    const patch = mounting(
      { destination: AT, type: "tmpfs", source: "tmpfs" },
      { destination: AT, type: "tmpfs", source: "tmpfs", options: ["remount", "ro", "nosuid"] },
    );
    const found = (await t.see(patch)).mounts.filter(({ target }) => target === AT);
    equal("how many mounts", found.length, 1);
    includes("options", found[0]?.options.split(","), "ro", "nosuid");
  }),
  must("of a bind mount hold for it and not for its source", async (t) => {
    const options = ["bind", "ro", "nosuid", "nodev", "noexec"];
    const source = join(t.folder, "from-host");
    mkdirSync(source);
    const { mounts } = await t.see(mounting({ destination: AT, type: "bind", source, options }));
    includes(
      "options",
      mounts.find(({ target }) => target === AT)?.options.split(","),
      "ro",
      "nosuid",
      "nodev",
      "noexec",
    );
    writeFileSync(join(source, "new"), "");
  }),
  should(
    "nosymfollow: symbolic links are not followed",
    async (t) => includes("options", words(await mounted(t, "nosymfollow")), "nosymfollow"),
    { since: "1.1", needs: ["kernel:5.10"] },
  ),
  should(
    "symfollow: they are",
    async (t) => excludes("options", words(await mounted(t, "nosymfollow", "symfollow")), "nosymfollow"),
    { since: "1.1", needs: ["kernel:5.10"] },
  ),
  ...RECURSIVE.map(recursive),
]);
