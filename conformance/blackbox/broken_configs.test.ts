/** Configs that cannot work: one clear sentence with the place, exit status 1, and nothing left behind. */

import { describe, expect } from "bun:test";
import { rmSync, symlinkSync } from "node:fs";
import { type TestConfig, typicalConfig } from "../harness/base_configs.ts";
import type { Bundle } from "../harness/bundle.ts";
import type { Result } from "../harness/command.ts";
import type { RuntimeKind } from "../harness/runtime.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

interface Broken {
  readonly what: string;
  /** Break the config; a `string` result is written as config.json. */
  readonly config?: (config: TestConfig) => string | undefined;
  /** Break the bundle, after it was written. */
  readonly bundle?: (bundle: Bundle, t: Scenario) => void;
  /** What tsrun's message has: the place, and what was found there. */
  readonly says: readonly string[];
  /** Runtimes that accept it, or leave something behind. */
  readonly unlike?: readonly RuntimeKind[];
}

/** Set a value of whatever type somewhere in the config. */
function put(...path: (string | number)[]): (value: unknown) => (config: TestConfig) => undefined {
  return (value) => (config) => {
    const last = path.at(-1) ?? "";
    const parent = path
      .slice(0, -1)
      .reduce<Record<string | number, unknown>>(
        (at, key) => at[key] as Record<string | number, unknown>,
        config as unknown as Record<string, unknown>,
      );
    parent[last] = value;
    return undefined;
  };
}

const afterNamespaces = `/linux/namespaces/${typicalConfig().linux.namespaces.length}`;

const broken: readonly Broken[] = [
  { what: "no JSON", config: () => '{ "ociVersion": "1.0.2",\n  oops }', says: ["config.json", "2:3"] },
  { what: "an empty file", config: () => "", says: ["config.json"] },
  { what: "no object", config: () => "[]", says: ["config.json"] },
  {
    what: "no config.json",
    bundle: (bundle) => rmSync(`${bundle.path}/config.json`),
    says: ["config.json", "not found"],
  },
  { what: "a wrong type", config: put("process", "cwd")(7), says: ["/process/cwd", "string"] },
  {
    what: "a wrong type deep inside",
    config: put("process", "args")(["sh", 1]),
    says: ["/process/args/1", "string"],
    unlike: ["crun"],
  },
  { what: "no ociVersion", config: put("ociVersion")(undefined), says: ["ociVersion"], unlike: ["runc", "crun"] },
  {
    what: "a version that is not 1.x",
    config: put("ociVersion")("2.0.0"),
    says: ["/ociVersion", "2.0.0"],
    unlike: ["runc", "crun"],
  },
  { what: "no arguments", config: put("process", "args")([]), says: ["/process/args"] },
  {
    what: "a relative working directory",
    config: put("process", "cwd")("tmp"),
    says: ["/process/cwd", "absolute"],
    unlike: ["crun"],
  },
  { what: "no root", config: put("root")(undefined), says: ["root"] },
  {
    what: "a root that does not exist",
    config: put("root", "path")("no-such-root"),
    says: ["/root/path", "no-such-root: no such file or directory"], // engines look for these words
  },
  {
    what: "a root that is a file",
    config: put("root", "path")("bind-source"),
    says: ["/root/path", "bind-source"],
  },
  {
    what: "a root that is a symbolic link",
    config: put("root", "path")("link"),
    bundle: (bundle) => symlinkSync("rootfs", `${bundle.path}/link`),
    says: ["/root/path"],
    unlike: ["crun"],
  },
  {
    what: "an unknown namespace",
    config: (config) => put("linux", "namespaces", config.linux.namespaces.length)({ type: "space" })(config),
    says: [afterNamespaces, "space"],
  },
  {
    what: "a namespace twice",
    config: (config) => put("linux", "namespaces", config.linux.namespaces.length)({ type: "pid" })(config),
    says: [afterNamespaces, "pid"],
    unlike: ["crun"],
  },
  {
    what: "a namespace to join that does not exist",
    config: put("linux", "namespaces", 0)({ type: "pid", path: "/no/such/namespace" }),
    says: ["/linux/namespaces/0", "/no/such/namespace", "no such file or directory"],
  },
  {
    what: "a host name without a UTS namespace",
    config: (config) => {
      config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== "uts");
      return undefined;
    },
    says: ["/hostname"],
    unlike: ["crun"],
  },
  {
    what: "a bind mount without its source",
    config: (config) =>
      put(
        "mounts",
        config.mounts.length,
      )({ destination: "/data", type: "bind", source: "/no/such", options: ["rbind"] })(config),
    says: ["/mounts/7", "/no/such", "no such file or directory"],
  },
  {
    what: "a bind mount with an option for a file system",
    config: (config) =>
      put(
        "mounts",
        config.mounts.length,
      )({ destination: "/data", type: "bind", source: "/tmp", options: ["rbind", "size=64k"] })(config),
    says: ["/mounts/7", "size=64k"],
    unlike: ["runc", "crun"], // runc since 1.2
  },
  {
    what: "a mount of an unknown type",
    config: (config) => put("mounts", config.mounts.length)({ destination: "/m", type: "nofs", source: "x" })(config),
    says: ["/mounts/7", "nofs"],
  },
  {
    what: "a tmpfs with an option that it does not know",
    config: (config) =>
      put("mounts", config.mounts.length)({ destination: "/m", type: "tmpfs", source: "x", options: ["nonsense=1"] })(
        config,
      ),
    says: ["/mounts/7", "nonsense"],
  },
  {
    what: "a mount over a file that is no folder",
    config: (config) =>
      put("mounts", config.mounts.length)({ destination: "/etc/passwd", type: "tmpfs", source: "tmpfs" })(config),
    says: ["/mounts/7", "/etc/passwd"],
    unlike: ["crun"],
  },
  {
    what: "a folder bound over a file",
    config: (config) =>
      put(
        "mounts",
        config.mounts.length,
      )({
        destination: "/etc/passwd",
        type: "bind",
        source: "/proc",
        options: ["rbind"],
      })(config),
    says: ["/mounts/7", "not a directory"],
  },
  {
    what: "a command that is not there",
    config: put("process", "args")(["nothing"]),
    says: ["executable file not found in $PATH"],
  },
  {
    what: "a variable without a name",
    config: put("process", "env")(["oops"]),
    says: ["/process/env/0", "oops"],
    unlike: ["crun"],
  },
  {
    what: "a variable with an empty name",
    config: put("process", "env")(["PATH=/bin", "=oops"]),
    says: ["/process/env/1", "=oops"],
    unlike: ["crun"],
  },
  {
    what: "a variable with a NUL character",
    config: put("process", "env")(["PATH=/bin", "A=1\0B=2"]),
    says: ["/process/env/1", "NUL"],
    unlike: ["crun"],
  },
  {
    what: "a filter that lets the writing of its own descriptor wait",
    config: put(
      "linux",
      "seccomp",
    )({
      defaultAction: "SCMP_ACT_ALLOW",
      listenerPath: "/no/such",
      syscalls: [{ names: ["write"], action: "SCMP_ACT_NOTIFY" }],
    }),
    says: ["/linux/seccomp/syscalls/0", "write"],
  },
  {
    what: "a filter that lets every call wait",
    config: put("linux", "seccomp")({ defaultAction: "SCMP_ACT_NOTIFY", listenerPath: "/no/such" }),
    says: ["/linux/seccomp/defaultAction", "SCMP_ACT_NOTIFY"],
  },
  {
    what: "an unknown limit",
    config: put("process", "rlimits")([{ type: "RLIMIT_FOO", soft: 1, hard: 1 }]),
    says: ["/process/rlimits/0", "RLIMIT_FOO"],
    unlike: ["crun"],
  },
  {
    what: "a limit twice",
    config: put(
      "process",
      "rlimits",
    )([
      { type: "RLIMIT_CORE", soft: 1, hard: 1 },
      { type: "RLIMIT_CORE", soft: 2, hard: 2 },
    ]),
    says: ["/process/rlimits/1", "RLIMIT_CORE"],
    unlike: ["runc", "crun"],
  },
  {
    what: "a soft limit above the hard one",
    config: put("process", "rlimits")([{ type: "RLIMIT_NOFILE", soft: 20, hard: 10 }]),
    says: ["/process/rlimits/0"],
  },
  {
    what: "an oom_score_adj out of range",
    config: put("process", "oomScoreAdj")(5000),
    says: ["/process/oomScoreAdj"],
  },
  {
    what: "a device without numbers",
    config: put("linux", "devices")([{ type: "q", path: "/dev/x", major: 1, minor: 1 }]),
    says: ["/linux/devices/0"],
    unlike: ["crun"],
  },
  {
    what: "a sysctl of the whole machine",
    config: put("linux", "sysctl")({ "vm.swappiness": "1" }),
    says: ["/linux/sysctl", "vm.swappiness"],
    unlike: ["crun"],
  },
  {
    what: "a sysctl that does not exist",
    config: put("linux", "sysctl")({ "net.ipv4.no_such_thing": "1" }),
    says: ["/linux/sysctl", "no_such_thing"],
    unlike: ["crun"],
  },
  {
    what: "a cpuset of no processor",
    config: put("linux", "resources", "cpu")({ cpus: "900-901" }),
    says: ["/linux/resources/cpu", "900-901"],
    unlike: ["crun"],
  },
  {
    what: "a masked path that is relative",
    config: put("linux", "maskedPaths")(["proc/kcore"]),
    says: ["/linux/maskedPaths/0"],
    unlike: ["runc", "crun"],
  },
  {
    what: "a terminal without anyone to give it to",
    config: put("process", "terminal")(true),
    says: ["terminal"],
  },
];

/** Make the broken bundle and try to create a container of it. */
async function create(t: Scenario, { config, bundle: breakBundle }: Broken): Promise<Result> {
  let text: string | undefined;
  const bundle = await t.bundle((given) => {
    text = config?.(given);
  });
  if (text !== undefined) bundle.saveText(text);
  breakBundle?.(bundle, t);
  return t.runtime.create(t.id, bundle.path);
}

describe("broken configs", () => {
  for (const entry of broken)
    scenario(
      entry.what,
      async (t) => {
        const result = await create(t, entry);
        expect(result.timedOut).toBeFalse();
        expect(result.status).toBe(1);
        expect(result.stderr.trim()).not.toBe("");
        if (t.runtime.kind === "tsrun") {
          for (const text of entry.says) expect(result.stderr).toContain(text);
          expect(result.stderr.trimEnd().split("\n")).toHaveLength(1);
          expect(result.stderr).not.toContain("    at ");
        }
        expect(result.stdout).toBe("");
        await t.expectNothingLeft();
      },
      { needs: (entry.unlike ?? []).map((kind) => `not-runtime:${kind}` as const) },
    );
});
