/** config-linux.md: paths that are hidden, and paths that are read-only. */

import { constants } from "node:os";
import { equal, ok } from "../assertions.ts";
import { deFacto, must, section } from "../test.ts";
import { type Action, having, type Outcome, type Patch, put, type Trial } from "../trial.ts";

const { EROFS } = constants.errno;

/** A tmpfs on the host's side of things is not needed: what is hidden is made by a mount of the config. */
const withFolder: Patch = (config) => {
  config.mounts.push({ destination: "/tmp/folder", type: "tmpfs", source: "tmpfs", options: ["mode=0755"] });
};

const both =
  (path: string, value: readonly string[]): Patch =>
  (config) => {
    withFolder(config);
    put(config, path, value);
  };

const tried = (t: Trial, actions: readonly Action[], key: string, paths: readonly string[]): Promise<Outcome[]> =>
  t.do(actions, both(`linux.${key}`, paths));

export const PATHS = [
  ...section("config-linux.md#masked-paths", [
    must("a file cannot be read", async (t) => {
      const { text, length } = await t.try(["read", "/proc/version"], having("linux.maskedPaths", ["/proc/version"]));
      ok("what is read", length === -1 || text === "", text);
    }),
    must("a file cannot be written", async (t) => {
      const [, read] = await t.do(
        [
          ["write", "/proc/sys/kernel/hostname", "x"],
          ["read", "/proc/sys/kernel/hostname"],
        ],
        having("linux.maskedPaths", ["/proc/sys/kernel/hostname"]),
      );
      ok("what is read", read?.length === -1 || read?.text === "", read?.text);
    }),
    must("a folder is empty", async (t) => {
      const { names = [] } = await t.try(["list", "/proc/sys"], having("linux.maskedPaths", ["/proc/sys"]));
      equal("names", names, []);
    }),
    must("nothing can be made in a masked folder", async (t) => {
      const [made] = await tried(t, [["touch", "/tmp/folder/new"]], "maskedPaths", ["/tmp/folder"]);
      ok("errno", made?.errno !== 0, made?.errno);
    }),
    must("several paths are masked", async (t) => {
      const outcomes = await t.do(
        [
          ["read", "/proc/version"],
          ["read", "/proc/cmdline"],
        ],
        having("linux.maskedPaths", ["/proc/version", "/proc/cmdline"]),
      );
      ok(
        "what is read",
        outcomes.every(({ length = 0 }) => length <= 0),
        outcomes,
      );
    }),
    must("what is not masked can be read", async (t) => {
      const { length = 0 } = await t.try(["read", "/proc/version"], having("linux.maskedPaths", []));
      ok("length", length > 0, length);
    }),
    must("a relative path is an error", (t) =>
      t.refuses("proc/version", having("linux.maskedPaths", ["proc/version"])),
    ),
    deFacto("a path that is missing is passed over", async (t) => {
      await t.accepts(having("linux.maskedPaths", ["/no/such/path", "/proc/version"]));
    }),
  ]),
  ...section("config-linux.md#readonly-paths", [
    must("a file cannot be written", async (t) => {
      const outcome = await t.try(
        ["write", "/proc/sys/kernel/domainname", "x"],
        having("linux.readonlyPaths", ["/proc/sys/kernel/domainname"]),
      );
      equal("errno", outcome.errno, EROFS);
    }),
    must("what lies in a folder cannot be written", async (t) => {
      const outcome = await t.try(
        ["write", "/proc/sys/kernel/domainname", "x"],
        having("linux.readonlyPaths", ["/proc/sys"]),
      );
      equal("errno", outcome.errno, EROFS);
    }),
    must("nothing can be made in a folder", async (t) => {
      const outcomes = await tried(
        t,
        [
          ["touch", "/tmp/folder/new"],
          ["mkdir", "/tmp/folder/new"],
        ],
        "readonlyPaths",
        ["/tmp/folder"],
      );
      equal(
        "errno",
        outcomes.map(({ errno }) => errno),
        [EROFS, EROFS],
      );
    }),
    must("it can be read", async (t) => {
      const { length = 0 } = await t.try(["read", "/proc/version"], having("linux.readonlyPaths", ["/proc/version"]));
      ok("length", length > 0, length);
    }),
    must("what is not in the list can be written", async (t) => {
      const [made] = await tried(t, [["touch", "/tmp/folder/new"]], "readonlyPaths", []);
      equal("errno", made?.errno, 0);
    }),
    must("a relative path is an error", (t) =>
      t.refuses("proc/version", having("linux.readonlyPaths", ["proc/version"])),
    ),
    deFacto("a path that is missing is passed over", async (t) => {
      await t.accepts(having("linux.readonlyPaths", ["/no/such/path"]));
    }),
  ]),
];
