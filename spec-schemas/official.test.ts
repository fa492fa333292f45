/**
 * The official schemas judge ours: whatever they reject, ours reject; whatever they accept, ours accept, unless the
 * specification's text or the kernel forbids it. Each kind of difference stands in a list with its reason.
 */

import { describe, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ValidateFunction } from "ajv";
import { supportedFeatures } from "../lib/cli/features.ts";
import { textOf } from "../lib/spec/checks/sound_config.ts";
import { wrongConfigs } from "../lib/spec/checks/wrong_configs.ts";
import { validateText } from "../lib/spec/load.ts";
import type { Problem } from "../lib/spec/problem.ts";
import * as quick from "../lib/spec/validators.generated.js";
import { everyMutation, mutate, seededDice } from "./mutations.ts";
import { looser, stricter } from "./official_differences.ts";

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

type OfficialSchema = Record<string, unknown>;

/** The schema that a reference means, and the file it stands in. */
function resolved(schema: OfficialSchema, file: string): { schema: OfficialSchema; file: string } {
  if (typeof schema.$ref !== "string") return { schema, file };
  const [other = "", path = ""] = schema.$ref.split("#");
  const at = other || file;
  const target = valueAt(JSON.parse(readText(join(data, at))), path) as OfficialSchema;
  return resolved(target, at);
}

/** Every field that an official schema knows, as patterns of JSON Pointers, in which `*` is any key or index. */
function fieldsOf(file: string, schema = JSON.parse(readText(join(data, file))) as OfficialSchema, at = ""): string[] {
  const found = resolved(schema, file);
  const { properties = {}, allOf = [], anyOf = [], items, additionalProperties } = found.schema;
  const inner = (part: unknown, path: string): string[] =>
    typeof part === "object" && part !== null ? fieldsOf(found.file, part as OfficialSchema, path) : [];
  return [
    ...(at === "" ? [] : [at]),
    ...Object.entries(properties as object).flatMap(([key, part]) => inner(part, `${at}/${key}`)),
    ...[...(allOf as unknown[]), ...(anyOf as unknown[])].flatMap((part) => inner(part, at)),
    ...inner(items, `${at}/*`),
    ...inner(additionalProperties, `${at}/*`),
  ];
}

function hasMember(value: unknown, keys: readonly string[]): boolean {
  const [key, ...rest] = keys;
  if (key === undefined) return true;
  if (typeof value !== "object" || value === null) return false;
  if (key === "*") return Object.values(value).some((member) => hasMember(member, rest));
  return Object.hasOwn(value, key) && hasMember((value as Record<string, unknown>)[key], rest);
}

const goodConfigs = [
  ...jsonFiles(configs).map((name) => join(configs, name)),
  ...jsonFiles(join(data, "test/config/good")).map((name) => join(data, "test/config/good", name)),
];

describe("real configs", () => {
  for (const name of jsonFiles(configs)) {
    test(`${name} has no problems`, () => expect(validateText(readText(join(configs, name))).problems).toEqual([]));
  }
});

describe("configs with one thing wrong are explained", () => {
  for (const wrong of wrongConfigs) {
    test(wrong.name, () => {
      const text = textOf(wrong);
      expect(unexplained(JSON.parse(text), validateText(text).problems)).toEqual([]);
    });
  }
});

describe("a config with every field of the specification", () => {
  const everyField: unknown = JSON.parse(readText(join(import.meta.dirname, "every_field.json")));

  test("is valid, here and by the official schema", () => {
    expect(official.config(everyField)).toBe(true);
    expect(validateText(JSON.stringify(everyField)).problems).toEqual([]);
  });

  test("has every field of the official schema", () => {
    const missing = fieldsOf("config-schema.json").filter(
      (pattern) => !hasMember(everyField, pattern.split("/").slice(1)),
    );
    // there is no flag that could be given
    expect(missing).toEqual(["/linux/personality/flags/*"]);
  });

  test("is judged alike, or for a listed reason, with any of its members changed", () => {
    for (const document of everyMutation(everyField)) {
      const text = JSON.stringify(document, undefined, 1);
      const { problems } = validateText(text);
      expect(unexplained(document, problems), text).toEqual([]);
      expect(naming.validateConfig(document), text).toBe(quick.validateConfig(document));
    }
  }, 120_000);
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
  const read = (path: string): unknown => JSON.parse(readText(join(data, "test", path)));
  const ours = supportedFeatures();
  // features-linux.md has memoryPolicy and more of intelRdt, the official schema has not
  const { memoryPolicy: _, ...others } = ours.linux ?? {};
  const linux = { ...others, intelRdt: { enabled: true } };
  const samples = [
    ["state", "the specification's", read("state/good/spec-example.json")],
    ["features", "runc's", read("features/good/runc.json")],
    ["features", "ours", { ...ours, linux }],
  ] as const;
  for (const [kind, whose, original] of samples) {
    const isValid = { state: quick.validateState, features: quick.validateFeatures }[kind];
    const judge = (document: unknown): void =>
      expect(isValid(document), JSON.stringify(document)).toBe(official[kind](document));
    test(`${kind}, ${whose}`, () => {
      const dice = seededDice(1);
      judge(original);
      for (let i = 0; i < 500; i++) judge(mutate(original, dice));
    });
  }

  test("features, ours, which have every field of the official schema", () => {
    expect(quick.validateFeatures(ours)).toBe(true);
    const missing = fieldsOf("features-schema.json").filter((it) => !hasMember(ours, it.split("/").slice(1)));
    expect(missing).toEqual([]);
  });
});
