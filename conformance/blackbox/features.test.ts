/** `features`: the document is whole, and what it tells of is there. */

import { describe, expect } from "bun:test";
import { readdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, join } from "node:path";
import { Ajv } from "ajv";
import type { Features, SeccompSyscall } from "../../lib/spec/types.ts";
import { minimalConfig } from "../harness/base_configs.ts";
import { succeeded } from "../harness/command.ts";
import { isOrdinaryUser } from "../harness/ordinary_user.ts";
import { repository } from "../harness/paths.ts";
import type { Runtime } from "../harness/runtime.ts";
import { scenario } from "../harness/scenario.ts";

const schemas = join(repository, "conformance/spec-data");
const LITTLE_ENDIAN = /_(X86|X86_64|X32|ARM|AARCH64|MIPSEL|MIPSEL64|MIPSEL64N32|PPC64LE|RISCV64|LOONGARCH64|SH)$/;
const notCrun = { needs: ["not-runtime:crun"] } as const; // Debian's crun has no such command

async function featuresOf(runtime: Runtime): Promise<Features> {
  return JSON.parse(succeeded(await runtime.bare(["features"])).stdout) as Features;
}

/** The lists of names in a document, by where they are. */
function listsOf(value: unknown, at = ""): [string, string[]][] {
  if (Array.isArray(value)) return [[at, value as string[]]];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => listsOf(inner, `${at}/${key}`));
}

describe("the document", () => {
  scenario(
    "is what the official schema describes",
    async (t) => {
      const ajv = new Ajv({ strict: false, allErrors: true });
      for (const name of readdirSync(schemas).filter((file) => file.endsWith(".json"))) {
        const { $schema: _draft4, ...schema } = JSON.parse(readFileSync(join(schemas, name), "utf8"));
        ajv.addSchema(schema, name);
      }
      const validate = ajv.getSchema("features-schema.json")!;
      validate(await featuresOf(t.runtime));
      expect(validate.errors).toBeNull();
    },
    notCrun,
  );

  scenario(
    "has every part",
    async (t) => {
      const { linux = {}, ...rest } = await featuresOf(t.runtime);
      expect(Object.keys(rest).sort()).toEqual([
        "annotations",
        "hooks",
        "mountOptions",
        "ociVersionMax",
        "ociVersionMin",
        "potentiallyUnsafeConfigAnnotations",
      ]);
      expect(Object.keys(linux).sort()).toEqual([
        "apparmor",
        "capabilities",
        "cgroup",
        "intelRdt",
        "memoryPolicy",
        "mountExtensions",
        "namespaces",
        "netDevices",
        "seccomp",
        "selinux",
      ]);
      expect(linux.intelRdt).toEqual({ enabled: true, schemata: true, monitoring: true });
      expect(linux.mountExtensions).toEqual({ idmap: { enabled: true } });
      expect(linux.netDevices).toEqual({ enabled: true });
    },
    { needs: ["runtime:tsrun"] },
  );

  scenario(
    "tells of everything that runc's tells of",
    async (t) => {
      const ours = new Map(listsOf(await featuresOf(t.runtime)));
      const theirs = await featuresOf(t.peer("runc"));
      for (const [at, names] of listsOf(theirs)) {
        // What runc takes from annotations, tsrun need not take.
        if (at === "/potentiallyUnsafeConfigAnnotations") continue;
        // These two are for the file systems that have them, as all options that are not the specification's.
        const known = [...(ours.get(at) ?? []), ...(at === "/mountOptions" ? ["acl", "noacl"] : [])];
        expect({ at, missing: names.filter((name) => !known.includes(name)) }).toEqual({ at, missing: [] });
      }
    },
    { needs: ["runtime:tsrun", "runc"] },
  );

  scenario(
    "names the libseccomp that is installed",
    async (t) => {
      const { annotations } = await featuresOf(t.runtime);
      const version = annotations?.["io.github.seccomp.libseccomp.version"];
      expect(version).toMatch(/^2\.\d+\.\d+$/);
      const library = ["/usr/lib/x86_64-linux-gnu/libseccomp.so.2", "/usr/lib/aarch64-linux-gnu/libseccomp.so.2"]
        .map((path) => readable(path))
        .find((path) => path !== undefined);
      if (library !== undefined) expect(basename(library)).toBe(`libseccomp.so.${version}`);
    },
    notCrun,
  );

  scenario(
    "says whether there are checkpoints",
    async (t) => {
      const { annotations } = await featuresOf(t.runtime);
      const { stdout } = await t.runtime.bare(["--help"]);
      expect(annotations?.["org.opencontainers.runc.checkpoint.enabled"]).toBe(
        String(/^\s+checkpoint\b/m.test(stdout)),
      );
    },
    notCrun,
  );
});

function readable(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

describe("what it tells of", () => {
  scenario(
    "is there: all namespaces at once",
    async (t) => {
      const { linux } = await featuresOf(t.runtime);
      const bundle = await t.bundle((config) => {
        const types = linux?.namespaces?.filter((type) => type !== (isOrdinaryUser ? "time" : "user")) ?? [];
        config.linux.namespaces = types.map((type) => ({ type }));
        config.process.args = ["ls", "/proc/self/ns"];
      }, minimalConfig());
      const { stdout } = succeeded(await t.runtime.run(t.id, bundle.path));
      expect(stdout).toContain("cgroup\n");
    },
    notCrun,
  );

  scenario(
    "is there: every little-endian architecture, action, operator and flag of seccomp in one filter",
    async (t) => {
      const { linux: { seccomp: { actions = [], operators = [], archs = [], supportedFlags = [] } = {} } = {} } =
        await featuresOf(t.runtime);
      const calls: SeccompSyscall[] = [
        // On a call that nothing makes.
        ...actions
          .filter((action) => action !== "SCMP_ACT_NOTIFY" && action !== "SCMP_ACT_ALLOW")
          .map((action, value) => ({
            names: ["acct"],
            action,
            args: [{ index: 0, value: 2 ** 40 + value, op: "SCMP_CMP_EQ" as const }],
          })),
        ...operators.map((op, value) => ({
          names: ["quotactl"],
          action: "SCMP_ACT_ERRNO" as const,
          args: [{ index: 1, value: 2 ** 20 + value, valueTwo: 1, op }],
        })),
      ];
      const bundle = await t.bundle((config) => {
        config.linux.seccomp = {
          defaultAction: "SCMP_ACT_ALLOW",
          // A filter cannot be for both byte orders.
          architectures: archs.filter((name) => LITTLE_ENDIAN.test(name)),
          // That one is for filters that ask a listener.
          flags: supportedFlags.filter((flag) => flag !== "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"),
          syscalls: calls,
        };
        config.process.args = ["grep", "^Seccomp:", "/proc/self/status"];
      });
      expect(succeeded(await t.runtime.run(t.id, bundle.path)).stdout).toBe("Seccomp:\t2\n");
    },
    { needs: ["not-runtime:crun"] },
  );
});
