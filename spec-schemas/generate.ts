/** Write the files that are made from the schemas: `npm run generate`. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { generateTypes } from "./generate_types.ts";
import { generateDeclarations, generateSchemaErrors, generateValidators } from "./generate_validators.ts";

const spec = join(import.meta.dirname, "../lib/spec");

/** Each generated file and what makes its text. */
export const generatedFiles = [
  { path: join(spec, "types.generated.ts"), generate: generateTypes },
  { path: join(spec, "validators.generated.js"), generate: generateValidators },
  { path: join(spec, "validators.generated.d.ts"), generate: generateDeclarations },
  { path: join(spec, "schema_errors.generated.cjs"), generate: generateSchemaErrors },
] as const;

if (import.meta.main) {
  for (const { path, generate } of generatedFiles) writeFileSync(path, await generate());
}
