/**
 * Validators from the schemas, by ajv, as code that needs no ajv when it runs. There are two sets: one that only says
 * yes or no, small and quick, for every start; and one that names every error, loaded once the first has said no.
 */

import { Ajv } from "ajv";
import standaloneCode from "ajv/dist/standalone/index.js";
import { readSchema, type Schema, schemaFiles } from "./schemas.ts";

/** What the validators are called, and the schema that each checks. */
export const validators = {
  validateConfig: "config.json",
  validateProcess: "config-process.json",
  validateResources: "config-linux-resources.json",
  validateState: "state.json",
  validateFeatures: "features.json",
} as const;

/** The schema without its descriptions, which ajv would copy into its code. No property is called `description`. */
function withoutDescriptions(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema, (key, value) => (key === "description" ? undefined : value))) as Schema;
}

function compile(allErrors: boolean): string {
  const ajv = new Ajv({
    allErrors,
    messages: false,
    // Fewer calls for the quick set, less code for the large one.
    inlineRefs: !allErrors,
    strict: true,
    code: { source: true, esm: !allErrors, lines: true, optimize: 2 },
  });
  for (const file of schemaFiles) ajv.addSchema(withoutDescriptions(readSchema(file)));
  const code = standaloneCode(ajv, validators);
  if (/\brequire\(|^import /m.test(code)) throw new Error("the validators would load ajv when they run");
  return withoutUnusedSchemas(code);
}

/** ajv writes every schema into the code, also where the code does not look at it. */
function withoutUnusedSchemas(code: string): string {
  return code.replace(/const (schema\d+) = .*;\n/g, (line, name) =>
    code.match(new RegExp(`\\b${name}\\b`, "g"))?.length === 1 ? "" : line,
  );
}

/**
 * Take all book-keeping of errors out of ajv's code: every place that would note an error returns false instead. Holds for code
 * that stops at the first error, of schemas without anyOf, oneOf, not and if; whatever is left over is refused.
 */
function withoutErrors(code: string): string {
  const lean = code
    .replace(/validate\d+\.errors = \[\{.*\}\];\n(?=return false;)/g, "")
    .replace(/vErrors = vErrors === null \? .*\nerrors = vErrors\.length;/g, "return false;")
    .replace(/validate\d+\.errors = vErrors;\nreturn errors === 0;/g, "return true;")
    .replace(/let vErrors = null;\nlet errors = 0;\n/g, "")
    .replace(/const _errs\d+ = errors;\n/g, "")
    .replace(/_errs\d+ === errors|errors === (?:0|_errs\d+)/g, "true")
    .replace(/, ?\{instancePath[:=].*?rootData(=data\}=\{\})?\}?(?=\))/g, "")
    .replace(/let missing\d+;\n/g, "")
    .replace(/ && \(missing\d+ = "\w+"\)/g, "")
    .replace(
      /!\(\(\(typeof (\w+) == "number"\) && \(!\(\1 % 1\) && !isNaN\(\1\)\)\) && \(isFinite\(\1\)\)\)/g,
      "!Number.isInteger($1)",
    )
    .replace(/if\(\(typeof (\w+) == "number"\) && \(isFinite\(\1\)\)\)\{/g, "{")
    .replace(/ \|\| isNaN\(\w+\)/g, "")
    .replace(/(?:var )?valid\d+ = true;\n/g, "")
    .replace(/else \{\n\}\n/g, "")
    .replace(/if\(!valid\d+\)\{\nbreak;\n\}\n/g, "")
    .replace(/if\((?:true|valid\d+)\)\{/g, "{");
  const left = lean.match(/.*(?:rrors|instancePath|_errs|valid\\d|missing\d).*/);
  if (left !== null) throw new Error(`ajv writes code that is not known here: ${left[0]}`);
  return lean;
}

const banner = "// Made from spec-schemas/ by `npm run generate`; do not edit.\n";

/** The text of lib/spec/validators.generated.js, the quick set. */
export function generateValidators(): string {
  return banner + withoutErrors(compile(false));
}

/**
 * The text of lib/spec/schema_errors.generated.cjs, the set that names every error. A CommonJS module, since a bundler keeps one
 * whole inside a function: the functions of an ES module are all made at start-up.
 */
export function generateSchemaErrors(): string {
  return banner + compile(true);
}

/** The text of lib/spec/validators.generated.d.ts. */
export function generateDeclarations(): string {
  const lines = Object.entries(validators).map(([name, file]) => {
    return `/** Whether a document is a ${readSchema(file).title}, by its schema. */
export function ${name}(document: unknown): document is ${readSchema(file).title};\n`;
  });
  const types = Object.values(validators).map((file) => readSchema(file).title);
  return `${banner}import type { ${types.sort().join(", ")} } from "./types.generated.ts";\n\n${lines.join("")}`;
}
