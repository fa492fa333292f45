/** From a file or a text to a document that holds what the specification says, or to everything that is wrong with it. */

import { Failure } from "../failure.ts";
import { closeSync, existsSync, fstatSync, openSync, readSync } from "../libc/files.ts";
import { dirname, resolve } from "../libc/paths.ts";
import { O_NONBLOCK, O_RDONLY } from "../program/constants.ts";
import type { Check } from "./checks/check.ts";
import { checkNul, kernelParts } from "./checks/document.ts";
import { configChecks, processChecks, resourceChecks } from "./checks/table.ts";
import { mayHaveWideIntegers, parseWithWideIntegers } from "./exact_integers.ts";
import { JsonPlaces, JsonSyntaxError, placeAt } from "./json_position.ts";
import { type Finding, type Problem, problemsFailure } from "./problem.ts";
import { type SchemaError, schemaFindings } from "./schema_problems.ts";
import type { Config, Mount, Process, Resources } from "./types.ts";
import { validateConfig, validateProcess, validateResources } from "./validators.generated.js";

/** How one kind of document is judged. */
interface Kind<T> {
  readonly isValid: (document: unknown) => document is T;
  /** The validator that names every error. */
  readonly validator: "validateConfig" | "validateProcess" | "validateResources";
  /** Where the document stands in a config, for the checks. */
  readonly prefix: string;
  readonly asConfig: (document: T) => Config;
  readonly checks: readonly Check[];
  /** What the validator judges, if that is not the document itself, and where in it the document stands. */
  readonly enclosed?: { readonly by: (document: unknown) => unknown; readonly at: string };
}

const configKind: Kind<Config> = {
  isValid: validateConfig,
  validator: "validateConfig",
  prefix: "",
  asConfig: (config) => config,
  checks: configChecks,
};

const processKind: Kind<Process> = {
  isValid: validateProcess,
  validator: "validateProcess",
  prefix: "/process",
  asConfig: (process) => ({ ociVersion: "", process }),
  checks: processChecks,
};

const resourcesKind: Kind<Resources> = {
  isValid: validateResources,
  validator: "validateResources",
  prefix: "/linux/resources",
  asConfig: (resources) => ({ ociVersion: "", linux: { resources } }),
  checks: resourceChecks,
};

const withMounts = (parts: object) => ({ ociVersion: "1.0.0", root: { path: "/" }, ...parts }) as Config;

/** A list of mounts, in messages that of a config. */
const mountListKind: Kind<Mount[]> = {
  isValid: (document): document is Mount[] => validateConfig(withMounts({ mounts: document })),
  validator: "validateConfig",
  prefix: "",
  asConfig: (mounts) => withMounts({ mounts }),
  checks: configChecks,
  enclosed: { by: (mounts) => withMounts({ mounts }), at: "/mounts" },
};

/** An object with such a list. */
const mountsKind: Kind<{ mounts?: Mount[] }> = {
  isValid: (document): document is { mounts?: Mount[] } => validateConfig(withMounts(document as object)),
  validator: "validateConfig",
  prefix: "",
  asConfig: withMounts,
  checks: configChecks,
  enclosed: { by: (document) => withMounts(document as object), at: "" },
};

/** The judgement of a text: `document` is there if there are no problems. */
export interface Validation<T> {
  readonly document?: T;
  /** In the order of their places. */
  readonly problems: readonly Problem[];
}

/** More than any engine writes; a larger file is a mistake, which should not take the machine's memory. */
const maxFileSize = 64 * 1024 * 1024;

/**
 * Read and judge a bundle's config.json, once.
 *
 * @param bundle the bundle's directory
 * @param file config.json's path, if it is another; a relative one starts at the bundle
 * @throws Failure `config.invalid`, which names every problem with its JSON Pointer, line and column
 */
export function loadConfig(bundle: string, file = "config.json"): Config {
  const text = readDocument(resolve(bundle, file), file);
  return documentOf(validate(text, configKind), file);
}

/**
 * Judge the text of a config.json.
 *
 * @returns the config, or all problems
 */
export function validateText(text: string): { readonly config?: Config; readonly problems: readonly Problem[] } {
  const { document, problems } = validate(text, configKind);
  return document === undefined ? { problems } : { config: document, problems };
}

/**
 * Judge the text of a process, as `exec --process` gets it.
 *
 * @param name what the document is called in the failure
 * @throws Failure `config.invalid`
 */
export function parseProcess(text: string, name: string): Process {
  return documentOf(validate(text, processKind), name);
}

/**
 * Judge the text of resources, as `update --resources` gets it.
 *
 * @param name what the document is called in the failure
 * @throws Failure `config.invalid`
 */
export function parseResources(text: string, name: string): Resources {
  return documentOf(validate(text, resourcesKind), name);
}

/**
 * Judge the text of a list of mounts, as `mounts add` gets it: an array, or an object with one as `mounts`.
 *
 * @param name what the document is called in the failure
 * @throws Failure `config.invalid`
 */
export function parseMounts(text: string, name: string): Mount[] {
  if (!text.trimStart().startsWith("{")) return documentOf(validate(text, mountListKind), name);
  const { mounts } = documentOf(validate(text, mountsKind), name);
  if (mounts !== undefined) return mounts;
  const message = "the required field mounts is missing";
  throw problemsFailure([{ pointer: "/mounts", message, line: 1, column: 1 }], name);
}

function documentOf<T>({ document, problems }: Validation<T>, name: string): T {
  if (document === undefined) throw problemsFailure(problems, name);
  return document;
}

/**
 * The text of a JSON file.
 *
 * @param name what the file is called in the failure
 * @throws Failure if it is missing, cannot be read, is no regular file, is larger than 64 MiB, or is not UTF-8
 */
export function readDocument(path: string, name: string): string {
  const fd = openDocument(path, name);
  try {
    const status = fstatSync(fd);
    const invalid = (why: string): Failure => new Failure(`${name} ${why}`, { code: "config.invalid" });
    if (!status.isFile()) throw invalid("is not a file");
    if (status.size > maxFileSize) throw invalid(`has ${status.size} bytes, more than the ${maxFileSize} allowed`);
    const bytes = Buffer.allocUnsafe(status.size);
    let length = 0;
    for (let count = -1; count !== 0 && length < bytes.length; length += count) {
      count = readSync(fd, bytes, length, bytes.length - length);
    }
    const content = bytes.subarray(0, length);
    const text = content.toString("utf8");
    // The decoder puts U+FFFD in the place of bytes that are not UTF-8; written again, they are others.
    if (text.includes("\uFFFD") && !Buffer.from(text).equals(content)) {
      const { line, column } = placeAt(text, text.indexOf("\uFFFD"));
      throw invalid(`is not UTF-8 text: the first wrong byte is in line ${line}, column ${column}`);
    }
    return text;
  } finally {
    closeSync(fd);
  }
}

function openDocument(path: string, name: string): number {
  try {
    // Not to wait for a writer if it is a fifo.
    return openSync(path, O_RDONLY | O_NONBLOCK);
  } catch (error) {
    const { code, errno } = error as NodeJS.ErrnoException;
    const message = code === "ENOENT" ? `JSON specification file ${name} not found` : `${name} cannot be opened`;
    const call = `open(${JSON.stringify(path)})`;
    const directory = dirname(path);
    throw new Failure(message, {
      code: "config.invalid",
      call,
      errno: Math.abs(errno ?? 0),
      cause: error,
      ...(!existsSync(directory) && { hint: `there is no directory ${directory}` }),
    });
  }
}

function validate<T>(text: string, kind: Kind<T>): Validation<T> {
  const wide = mayHaveWideIntegers(text);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { problems: [syntaxProblem(text, error)] };
  }
  if (!kind.isValid(document)) return { problems: allProblems(text, document, kind) };
  const exact = wide ? (parseWithWideIntegers(text) as T) : document;
  const config = kind.asConfig(exact);
  const findings: Finding[] = [];
  const report = (finding: Finding): void => void findings.push(finding);
  for (const { check } of kind.checks) check(config, report);
  if (text.includes("\\u0000")) checkNul(config, report);
  if (findings.length === 0) return { document: exact, problems: [] };
  return { problems: place(text, withoutPrefix(findings, kind.prefix), kind.enclosed?.at) };
}

/** What the schema finds, and what the checks find where it found nothing. */
function allProblems<T>(text: string, document: unknown, kind: Kind<T>): Problem[] {
  const judged = kind.enclosed === undefined ? document : kind.enclosed.by(document);
  const findings = schemaFindings(judged, schemaErrors(judged, kind));
  const faults = findings.map(({ pointer }) => kind.prefix + pointer);
  const config = kind.asConfig(document as T);
  const found: Finding[] = [];
  const report = (finding: Finding): void => void found.push(finding);
  for (const { reads, check } of kind.checks) {
    if (!reads.some((read) => faults.some((fault) => touches(read, fault)))) check(config, report);
  }
  const nulParts = kernelParts.map((part) => `/${part}`);
  if (text.includes("\\u0000") && !nulParts.some((read) => faults.some((fault) => touches(read, fault)))) {
    checkNul(config, report);
  }
  return place(text, [...findings, ...withoutPrefix(found, kind.prefix)], kind.enclosed?.at);
}

/** Whether one of two JSON Pointers names the other's value or a part of it. */
function touches(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);
}

/** A validator that ajv made: it leaves its errors beside itself. */
interface NamingValidator {
  (document: unknown): boolean;
  readonly errors?: readonly SchemaError[] | null;
}

function schemaErrors<T>(document: unknown, kind: Kind<T>): readonly SchemaError[] {
  // Large, and only wanted when something is wrong.
  const validators: Record<string, NamingValidator> = require("./schema_errors.generated.cjs");
  const validator = validators[kind.validator];
  validator?.(document);
  if (!validator?.errors?.length) throw new Error(`${kind.validator} finds no error where the quick one does`);
  return validator.errors;
}

function withoutPrefix(findings: readonly Finding[], prefix: string): Finding[] {
  return findings.map((finding) => ({ ...finding, pointer: finding.pointer.slice(prefix.length) }));
}

function syntaxProblem(text: string, error: SyntaxError): Problem {
  try {
    new JsonPlaces(text);
  } catch (found) {
    if (found instanceof JsonSyntaxError) return problemOfSyntax(found);
    throw found;
  }
  return { pointer: "", line: 1, column: 1, message: error.message };
}

function problemOfSyntax({ place: { line, column }, message, expected, found }: JsonSyntaxError): Problem {
  return { pointer: "", line, column, message: `not valid JSON: ${message}`, expected, found };
}

/**
 * Findings with their places: of the value where it is at fault, else of the key.
 *
 * @param above what their JSON Pointers have before those of the text
 */
function place(text: string, findings: readonly Finding[], above = ""): Problem[] {
  try {
    const places = new JsonPlaces(text);
    const problems = findings.map((finding) => {
      const pointer = finding.pointer.slice(above.length);
      const { line, column } = finding.found === undefined ? places.key(pointer) : places.value(pointer);
      return { ...finding, line, column };
    });
    return problems.sort((a, b) => a.line - b.line || a.column - b.column);
  } catch (error) {
    // JSON.parse has no limit of nesting.
    if (error instanceof JsonSyntaxError) return [problemOfSyntax(error)];
    throw error;
  }
}
