/** What ajv's validators report, as findings in words. */

import { pointerPart } from "./json_position.ts";
import { type Finding, unexpected } from "./problem.ts";

/** One error of a validator that ajv made; only the keywords that the schemas use. */
export interface SchemaError {
  /** JSON Pointer of the value. */
  readonly instancePath: string;
  readonly keyword: string;
  readonly params: {
    readonly type?: string;
    readonly missingProperty?: string;
    readonly allowedValues?: readonly string[];
    readonly limit?: number;
    readonly pattern?: string;
  };
}

const typeWords: Record<string, string> = {
  object: "an object",
  array: "a list",
  string: "a string",
  integer: "a whole number",
  boolean: "true or false",
};

const patternWords: Record<string, string> = {
  "^RLIMIT_[A-Z]+$": "a name such as RLIMIT_NOFILE",
  "^[0-9, -]*$": "a list of processors such as 0-3,7",
  "^[1-9][0-9]*[KMG]B$": "a page size such as 2MB or 1GB",
  "^MB:[^\\n]*$": "one line that starts with MB:",
  "^CAP_[A-Z_]+$": "a name such as CAP_CHOWN",
};

/** Bounds of 64-bit integers, which a double rounds. */
const exactBounds = new Map([
  [2 ** 64, "18446744073709551615"],
  [2 ** 63, "9223372036854775807"],
  [-(2 ** 63), "-9223372036854775808"],
]);

/** The value that a JSON Pointer names in `document`. */
function valueAt(document: unknown, pointer: string): unknown {
  let value = document;
  for (const part of pointer.split("/").slice(1)) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function expectation(error: SchemaError): string {
  const { type, allowedValues, limit, pattern } = error.params;
  switch (error.keyword) {
    case "type":
      return typeWords[type ?? ""] ?? `a value of type ${type}`;
    case "enum":
      return allowedValues?.length === 1 ? `${allowedValues[0]}` : `one of ${allowedValues?.join(", ")}`;
    case "minimum":
      return `at least ${exactBounds.get(limit ?? 0) ?? limit}`;
    case "maximum":
      return `at most ${exactBounds.get(limit ?? 0) ?? limit}`;
    case "pattern":
      return patternWords[pattern ?? ""] ?? `a string that matches ${pattern}`;
    case "minItems":
      return "at least one entry";
    default:
      throw new Error(`no words for the schema keyword ${error.keyword}`);
  }
}

/**
 * The findings of a validator's errors, each in words.
 *
 * @param document what was validated
 */
export function schemaFindings(document: unknown, errors: readonly SchemaError[]): Finding[] {
  return errors.map((error) => {
    const missing = error.params.missingProperty;
    if (error.keyword === "required" && missing !== undefined) {
      const pointer = `${error.instancePath}/${pointerPart(missing)}`;
      return { pointer, message: `the required field ${missing} is missing`, expected: missing, found: "nothing" };
    }
    return unexpected(error.instancePath, expectation(error), valueAt(document, error.instancePath));
  });
}
