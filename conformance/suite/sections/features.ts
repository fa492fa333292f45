/** features.md and features-linux.md: what the runtime says that it supports, it does. */

import type { Features } from "../../../lib/spec/types.ts";
import { minimalConfig, typicalConfig } from "../../harness/base_configs.ts";
import { succeeded } from "../../harness/command.ts";
import { equal, excludes, includes, ok } from "../assertions.ts";
import { isSince } from "../judged.ts";
import { must, section, should } from "../test.ts";
import { having, probeWords, type Trial } from "../trial.ts";

async function featuresOf(t: Trial): Promise<Features> {
  const result = await t.runtime.bare(["features"]);
  if (result.status !== 0) t.skip("the runtime has no features command");
  return JSON.parse(result.stdout) as Features;
}

/** Create and run many containers in turn, one for each of the names. */
async function eachRuns(
  t: Trial,
  names: readonly string[],
  properties: (name: string) => Record<string, unknown>,
  base = minimalConfig(),
): Promise<void> {
  const bundle = await t.bundle((config) => {
    config.process.args = probeWords(["exit", 0]);
  }, base);
  const before = JSON.stringify(bundle.config);
  for (const name of names) {
    const config = JSON.parse(before) as typeof bundle.config;
    for (const [path, value] of Object.entries(properties(name))) having(path, value)(config);
    bundle.saveText(JSON.stringify(config));
    const result = await t.runtime.run(t.id, bundle.path);
    ok(`${name}: ${result.stderr.trim()}`, result.status === 0);
  }
}

const allOf = (...values: unknown[]): boolean =>
  values.every((value) => value === undefined || value === null || Array.isArray(value));

export const FEATURES = [
  ...section("features.md#features-document", [
    must("is a JSON object", async (t) => {
      const features = await featuresOf(t);
      ok("the document", typeof features === "object" && features !== null && !Array.isArray(features));
    }),
    must("lists are lists, and switches are switches", async (t) => {
      const { hooks, mountOptions, linux = {} } = await featuresOf(t);
      ok("lists", allOf(hooks, mountOptions, linux.namespaces, linux.capabilities, linux.seccomp?.actions));
      for (const value of [linux.seccomp?.enabled, linux.apparmor?.enabled, linux.selinux?.enabled, linux.cgroup?.v1])
        includes("values of a switch", [true, false, null, undefined], value);
    }),
    should("says the same every time", async (t) =>
      equal("the second answer", await featuresOf(t), await featuresOf(t)),
    ),
  ]),
  ...section("features.md#specification-version", [
    must("ociVersionMin and ociVersionMax are given", async (t) => {
      const { ociVersionMin, ociVersionMax } = await featuresOf(t);
      ok("versions", /^\d+\.\d+\.\d+/.test(ociVersionMin) && /^\d+\.\d+\.\d+/.test(ociVersionMax), {
        ociVersionMin,
        ociVersionMax,
      });
    }),
    must("ociVersionMax is not less than ociVersionMin", async (t) => {
      const { ociVersionMin, ociVersionMax } = await featuresOf(t);
      ok("versions", isSince(ociVersionMax, ociVersionMin), { ociVersionMin, ociVersionMax });
    }),
    must("both are accepted as a config's ociVersion", async (t) => {
      const { ociVersionMin, ociVersionMax } = await featuresOf(t);
      await eachRuns(t, [ociVersionMin, ociVersionMax], (version) => ({ ociVersion: version }));
    }),
    must("nothing is told that is newer than ociVersionMax", async (t) => {
      const features = await featuresOf(t);
      const { ociVersionMax, linux = {}, ...rest } = features;
      const newer: [string, string][] = [
        ["netDevices", "1.3"],
        ["memoryPolicy", "1.3"],
        ["mountExtensions", "1.2"],
      ];
      for (const [name, since] of newer)
        if (!isSince(ociVersionMax, since)) excludes("properties of linux", Object.keys(linux), name);
      if (!isSince(ociVersionMax, "1.2"))
        excludes("properties", Object.keys(rest), "potentiallyUnsafeConfigAnnotations");
    }),
  ]),
  ...section("features.md#hooks", [
    must("each of the hooks is called", async (t) => {
      const { hooks = [] } = await featuresOf(t);
      await t.start([["exit", 0]], (config) => {
        config.hooks = Object.fromEntries(hooks.map((kind) => [kind, [t.hook(kind as "prestart")]]));
      });
      await t.runtime.waitFor(t.id, "stopped");
      succeeded(await t.runtime.delete(t.id));
      equal(
        "hooks that were called",
        t
          .hookCalls()
          .map(({ hook }) => hook)
          .sort(),
        [...hooks].sort(),
      );
    }),
    must("the hooks of the specification are among them", async (t) => {
      includes(
        "hooks",
        (await featuresOf(t)).hooks,
        "prestart",
        "createRuntime",
        "createContainer",
        "startContainer",
        "poststart",
        "poststop",
      );
    }),
  ]),
  ...section("features.md#mount-options", [
    must(
      "each of the options is recognised",
      async (t) => {
        const options = ((await featuresOf(t)).mountOptions ?? []).filter((name) => !/^r?idmap$|^remount$/.test(name));
        const mappings = [{ containerID: 0, hostID: 0, size: 10 }];
        await eachRuns(t, options, (name) => {
          const binds = /^r?bind$/.test(name);
          return {
            "mounts.1": {
              destination: "/tmp/x",
              type: binds ? "none" : "tmpfs",
              source: binds ? t.shared : "tmpfs",
              options: [name],
              ...(name.endsWith("idmap") && { uidMappings: mappings, gidMappings: mappings }),
            },
          };
        });
      },
      { timeout: 60_000 },
    ),
    must("those that the specification requires are among them", async (t) => {
      const required =
        "bind,dev,exec,noatime,nodev,nodiratime,noexec,nosuid,private,rbind,relatime,remount,ro,rprivate,rshared,rslave,rw,shared,slave,strictatime,suid,sync";
      includes("mountOptions", (await featuresOf(t)).mountOptions, ...required.split(","));
    }),
  ]),
  ...section("features-linux.md#namespaces", [
    must("each of the namespaces is recognised", async (t) => {
      const { linux = {} } = await featuresOf(t);
      const others = typicalConfig().linux.namespaces;
      const mappings = [{ containerID: 0, hostID: 100_000, size: 65_536 }];
      await eachRuns(
        t,
        linux.namespaces ?? [],
        (type) => ({
          "linux.namespaces": [...others.filter((other) => other.type !== type), { type }],
          ...(type === "user" && { "linux.uidMappings": mappings, "linux.gidMappings": mappings }),
        }),
        typicalConfig(),
      );
    }),
  ]),
  ...section("features-linux.md#capabilities", [
    must("each of the capabilities is recognised", async (t) => {
      const { linux = {} } = await featuresOf(t);
      const names = linux.capabilities ?? [];
      const result = await t.accepts(having("process.capabilities", { bounding: names, effective: [], permitted: [] }));
      const unknown = names.filter((name) => new RegExp(`unknown.*${name}|${name}.*unknown`).test(result.stderr));
      equal("capabilities that are unknown after all", unknown, []);
    }),
  ]),
  ...section("features-linux.md#seccomp", [
    must("each of the actions is recognised", async (t) => {
      const { linux = {} } = await featuresOf(t);
      const actions = (linux.seccomp?.actions ?? []).filter((name) => name !== "SCMP_ACT_NOTIFY");
      await eachRuns(t, actions, (action) => ({
        "linux.seccomp": { defaultAction: "SCMP_ACT_ALLOW", syscalls: [{ names: ["chroot"], action }] },
      }));
    }),
    must("each of the operators is recognised", async (t) => {
      const { linux = {} } = await featuresOf(t);
      await eachRuns(t, linux.seccomp?.operators ?? [], (op) => ({
        "linux.seccomp": {
          defaultAction: "SCMP_ACT_ALLOW",
          syscalls: [{ names: ["chroot"], action: "SCMP_ACT_ERRNO", args: [{ index: 0, value: 1, op }] }],
        },
      }));
    }),
    must("each of the architectures of this byte order is recognised", async (t) => {
      const { linux = {} } = await featuresOf(t);
      const little = /_(X86|X86_64|X32|ARM|AARCH64|MIPSEL|MIPSEL64|MIPSEL64N32|PPC64LE|RISCV64)$/;
      await eachRuns(
        t,
        (linux.seccomp?.archs ?? []).filter((name) => little.test(name)),
        (arch) => ({
          "linux.seccomp": { defaultAction: "SCMP_ACT_ALLOW", architectures: [arch], syscalls: [] },
        }),
      );
    }),
    must("each of the supported flags is taken", async (t) => {
      const { linux = {} } = await featuresOf(t);
      const flags = (linux.seccomp?.supportedFlags ?? []).filter((name) => !name.includes("WAIT_KILLABLE"));
      await eachRuns(t, flags, (flag) => ({
        "linux.seccomp": {
          defaultAction: "SCMP_ACT_ALLOW",
          flags: [flag],
          syscalls: [{ names: ["chroot"], action: "SCMP_ACT_ERRNO" }],
        },
      }));
    }),
    must("supportedFlags are among knownFlags", async (t) => {
      const { linux = {} } = await featuresOf(t);
      includes("knownFlags", linux.seccomp?.knownFlags ?? [], ...(linux.seccomp?.supportedFlags ?? []));
    }),
  ]),
  ...section(
    "features-linux.md#mountextensions",
    [
      must("idmap is told of where id-mapped mounts are understood", async (t) => {
        const { linux = {} } = await featuresOf(t);
        includes("values of enabled", [true, false], linux.mountExtensions?.idmap?.enabled);
      }),
    ],
    { since: "1.2" },
  ),
];
