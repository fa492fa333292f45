/**
 * The official schemas judge ours: whatever they reject, ours reject; whatever they accept, ours accept, unless the
 * specification's text or the kernel forbids it. Each kind of difference stands in a list with its reason.
 */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { validateText } from "../lib/spec/load.ts";
import type { Problem } from "../lib/spec/problem.ts";
import * as quick from "../lib/spec/validators.generated.js";
import { mutate, seededDice } from "./mutations.ts";

/** The validators that name every error; the quick ones must say the same. */
const naming: { validateConfig(document: unknown): boolean } = require("../lib/spec/schema_errors.generated.cjs");

const data = join(import.meta.dirname, "../conformance/spec-data");
const configs = join(import.meta.dirname, "../conformance/configs");

const readText = (path: string): string => readFileSync(path, "utf8");
const jsonFiles = (directory: string): string[] => readdirSync(directory).filter((name) => name.endsWith(".json"));

/** The official schemas, with the keyword names of draft 4 that ajv no longer knows taken out. */
function officialValidator(file: string): ValidateFunction {
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const name of jsonFiles(data)) {
    const { $schema: _draft4, ...schema } = JSON.parse(readText(join(data, name)));
    ajv.addSchema(schema, name);
  }
  return ajv.getSchema(file)!;
}

const official = {
  config: officialValidator("config-schema.json"),
  state: officialValidator("state-schema.json"),
  features: officialValidator("features-schema.json"),
};

/** Whether a JSON Pointer is of a pattern, in which `*` is any key or index, `**` at the end whatever follows. */
function pointerIs(pointer: string, pattern: string): boolean {
  const expression = pattern.replace(/\*\*$/, "\0").replaceAll("*", "[^/]*").replace("\0", ".*");
  return new RegExp(`^${expression}$`).test(pointer);
}

/** What the official schemas accept and we do not: where, and why. */
const stricter: readonly { readonly at: readonly string[]; readonly says: RegExp; readonly why: string }[] = [
  {
    at: ["/ociVersion"],
    says: /version 1\.x\.y/,
    why: "config.md: SemVer 2.0.0; versions other than 1.x are not known",
  },
  { at: ["/root"], says: /required on Linux/, why: "config.md: root is required on all platforms but Windows" },
  { at: ["/root/path"], says: /expected a directory/, why: "an empty path is no directory" },
  { at: ["/process/args"], says: /command to run/, why: "config.md: at least one entry is required on POSIX" },
  { at: ["/process/cwd"], says: /absolute path/, why: "config.md: cwd must be an absolute path" },
  {
    at: ["/process/env/*", "/hooks/*/*/env/*"],
    says: /NAME=value/,
    why: "config.md: as the environ of IEEE Std 1003.1-2008",
  },
  { at: ["/process/rlimits/*/type"], says: /one of|twice/, why: "config.md: unknown and duplicate types are errors" },
  { at: ["/process/rlimits/*/soft"], says: /above the hard/, why: "setrlimit(2) refuses it" },
  { at: ["/process/oomScoreAdj"], says: /-1000 to 1000/, why: "proc(5): the kernel refuses others" },
  { at: ["/process/consoleSize/*"], says: /at most 65535/, why: "struct winsize has 16 bits" },
  {
    at: ["/hostname", "/domainname"],
    says: /uts namespace|64 bytes/,
    why: "config.md: of the container's UTS namespace",
  },
  { at: ["/mounts/*/destination"], says: /expected a path/, why: "an empty path is no place" },
  { at: ["/mounts/*/source"], says: /bind mount/, why: "a bind mount without a source shows nothing" },
  { at: ["/mounts/*/[ug]idMappings"], says: /need [ug]idMappings/, why: "config.md: both or none" },
  { at: ["/mounts/*/[ug]idMappings/*", "/linux/[ug]idMappings/*"], says: /overlap|32 bits/, why: "user_namespaces(7)" },
  { at: ["/hooks/*/*/path"], says: /absolute path/, why: "config.md: path must be absolute" },
  { at: ["/annotations/*"], says: /empty|string/, why: "config.md: keys must not be empty, values are strings" },
  {
    at: ["/linux/sysctl/*", "/linux/resources/unified/*"],
    says: /string/,
    why: "the official schema does not look at empty keys",
  },
  { at: ["/linux/namespaces/*/type"], says: /twice/, why: "config-linux.md: duplicate namespaces are an error" },
  { at: ["/linux/namespaces/*/path"], says: /absolute path/, why: "config-linux.md: path must be absolute" },
  { at: ["/linux/[ug]idMappings"], says: /user namespace/, why: "mappings without a user namespace mean nothing" },
  { at: ["/linux/timeOffsets"], says: /time namespace/, why: "offsets without a new time namespace mean nothing" },
  { at: ["/linux/*Paths"], says: /mount namespace/, why: "the host's own paths would be hidden (runc refuses it)" },
  { at: ["/linux/*Paths/*"], says: /absolute path/, why: "config-linux.md: the values must be absolute paths" },
  {
    at: ["/linux/sysctl/*"],
    says: /namespace|kernel parameter|hostname/,
    why: "config-linux.md: only the container's own",
  },
  {
    at: ["/linux/devices/*/path"],
    says: /absolute path|another device/,
    why: "config-linux.md: the full path, one device there",
  },
  {
    at: ["/linux/devices/*/m*"],
    says: /device number/,
    why: "config-linux.md: required unless a fifo; dev_t has 12 and 20 bits",
  },
  {
    at: ["/linux/netDevices**"],
    says: /a name of|network namespace|called/,
    why: "config-linux.md: names as the kernel has them",
  },
  { at: ["/linux/resources/devices/*/type"], says: /a, b, c/, why: "config-linux.md: a, b or c" },
  { at: ["/linux/resources/devices/*/access"], says: /r, w, m/, why: "config-linux.md: composed of r, w, m" },
  { at: ["/linux/resources/devices/*/m*"], says: /device number/, why: "device numbers have 32 bits" },
  { at: ["/linux/resources/memory/swap"], says: /memory/, why: "the kernel refuses swap below or without limit" },
  { at: ["/linux/resources/memory/swappiness"], says: /0 to 100/, why: "config-linux.md: 0 to 100" },
  { at: ["/linux/resources/cpu/idle"], says: /0 or 1/, why: "config-linux.md: 0 or 1" },
  { at: ["/linux/resources/cpu/cpus", "/linux/resources/cpu/mems"], says: /a list/, why: "cpuset(7): list format" },
  { at: ["/linux/resources/blockIO/**"], says: /10 to 1000/, why: "config-linux.md: 10 to 1000" },
  { at: ["/linux/resources/unified/*"], says: /a file of a cgroup/, why: "GHSA-5g49-rx9x-qfc6: keys are file names" },
  {
    at: ["/linux/seccomp/defaultErrnoRet", "/linux/seccomp/syscalls/*/errnoRet"],
    says: /errno|at most/,
    why: "config-linux.md: an error where the action takes none",
  },
  { at: ["/linux/seccomp/syscalls/*/args/*/index"], says: /0 to 5/, why: "system calls have six arguments" },
  {
    at: ["/linux/seccomp/**"],
    says: /SCMP_ACT_NOTIFY|listener/,
    why: "config-linux.md on listenerPath; runc on notify",
  },
];

/** What we accept and the official schemas do not: how their error reads, and why. */
const looser: readonly {
  readonly at: string;
  readonly keyword: string;
  readonly value?: RegExp;
  readonly why: string;
}[] = [
  {
    at: "/linux/rootfsPropagation",
    keyword: "enum",
    value: /^r(shared|slave|private|unbindable)$/,
    why: "Docker writes rslave and rshared; runc and crun take them",
  },
  {
    at: "/linux/devices/*/fileMode",
    keyword: "maximum",
    why: "runc takes any mode; engines have copied all of st_mode",
  },
];

function valueAt(document: unknown, pointer: string): unknown {
  return pointer
    .split("/")
    .slice(1)
    .reduce(
      (value, key) => (value as Record<string, unknown>)[key.replaceAll("~1", "/").replaceAll("~0", "~")],
      document,
    );
}

/** Explains away or reports the difference between both judgements of a config. */
function unexplained(document: unknown, problems: readonly Problem[]): string[] {
  if (official.config(document)) {
    return problems
      .filter(({ pointer, message }) => {
        return !stricter.some(({ at, says }) => at.some((one) => pointerIs(pointer, one)) && says.test(message));
      })
      .map(({ pointer, message }) => `only we reject ${pointer}: ${message}`);
  }
  if (problems.length > 0) return [];
  return official.config
    .errors!.filter(({ instancePath, keyword }) => {
      return !looser.some((one) => {
        const value = String(valueAt(document, instancePath));
        return pointerIs(instancePath, one.at) && keyword === one.keyword && (one.value?.test(value) ?? true);
      });
    })
    .map(({ instancePath, message }) => `only the official schema rejects ${instancePath}: ${message}`);
}

describe("documents that the specification's authors test with", () => {
  for (const verdict of ["good", "bad"] as const) {
    const directory = join(data, "test/config", verdict);
    for (const name of jsonFiles(directory)) {
      test(`config ${verdict}: ${name}`, () => {
        const text = readText(join(directory, name));
        const { problems } = validateText(text);
        if (verdict === "good") expect(unexplained(JSON.parse(text), problems)).toEqual([]);
        else expect(problems).not.toEqual([]);
      });
    }
  }
  for (const kind of ["state", "features"] as const) {
    const isValid = { state: quick.validateState, features: quick.validateFeatures }[kind];
    for (const verdict of ["good", "bad"] as const) {
      const directory = join(data, "test", kind, verdict);
      for (const name of jsonFiles(directory)) {
        test(`${kind} ${verdict}: ${name}`, () => {
          const text = readText(join(directory, name));
          if (name === "invalid-json.json") expect(() => JSON.parse(text)).toThrow();
          else expect(isValid(JSON.parse(text))).toBe(verdict === "good");
        });
      }
    }
  }
});

const goodConfigs = [
  ...jsonFiles(configs).map((name) => join(configs, name)),
  ...jsonFiles(join(data, "test/config/good")).map((name) => join(data, "test/config/good", name)),
];

describe("real configs", () => {
  for (const name of jsonFiles(configs)) {
    test(`${name} has no problems`, () => expect(validateText(readText(join(configs, name))).problems).toEqual([]));
  }
});

describe("changed configs are judged alike, or for a listed reason", () => {
  const mutationsOfEach = 300;
  for (const [seed, path] of goodConfigs.entries()) {
    test(path.slice(path.lastIndexOf("/") + 1), () => {
      const original = JSON.parse(readText(path));
      const dice = seededDice(seed + 1);
      for (let i = 0; i < mutationsOfEach; i++) {
        const document = mutate(original, dice);
        // A pretty text, so that places are not all in one line.
        const text = JSON.stringify(document, undefined, 1);
        const { problems } = validateText(text);
        expect(unexplained(document, problems), text).toEqual([]);
        expect(naming.validateConfig(document), text).toBe(quick.validateConfig(document));
      }
    });
  }
});

describe("changed state and features documents are judged alike", () => {
  const samples = {
    state: join(data, "test/state/good/spec-example.json"),
    features: join(data, "test/features/good/runc.json"),
  };
  for (const kind of ["state", "features"] as const) {
    test(kind, () => {
      const isValid = { state: quick.validateState, features: quick.validateFeatures }[kind];
      const original = JSON.parse(readText(samples[kind]));
      const dice = seededDice(1);
      for (let i = 0; i < 500; i++) {
        const document = mutate(original, dice);
        expect(isValid(document), JSON.stringify(document)).toBe(official[kind](document));
      }
    });
  }
});
