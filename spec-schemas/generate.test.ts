import { describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { generatedFiles } from "./generate.ts";
import { readSchema, type Schema, schemaFiles } from "./schemas.ts";

describe("generated files are what the schemas say now", () => {
  for (const { path, generate } of generatedFiles) {
    test(basename(path), async () => {
      // Compared as a whole first: a difference of 200 KB is not worth printing.
      const current = readFileSync(path, "utf8") === (await generate());
      expect(current, "run `npm run generate`").toBe(true);
    });
  }
});

test("the code that runs loads nothing of ajv", () => {
  for (const { path } of generatedFiles.filter(({ path }) => /\.c?js$/.test(path))) {
    expect(readFileSync(path, "utf8")).not.toMatch(/\brequire\(|\bimport\b/);
  }
});

/** Call `visit` for a schema and all schemas in it. */
function walk(schema: Schema, visit: (schema: Schema, at: string) => void, at: string): void {
  visit(schema, at);
  const parts = { ...schema.properties, ...schema.definitions };
  for (const [key, part] of Object.entries(parts)) walk(part, visit, `${at}/${key}`);
  if (schema.items !== undefined) walk(schema.items, visit, `${at}/items`);
  if (schema.additionalProperties !== undefined) walk(schema.additionalProperties, visit, `${at}/*`);
}

test("no schema uses a keyword that the quick validators cannot leave out of their code", () => {
  const known = new Set(
    ["$schema", "$id", "$ref", "title", "description", "type", "enum", "pattern", "minimum", "maximum"].concat([
      "items",
      "minItems",
      "properties",
      "additionalProperties",
      "required",
      "definitions",
    ]),
  );
  for (const file of schemaFiles) {
    walk(
      readSchema(file),
      (schema, at) =>
        expect(
          Object.keys(schema).filter((key) => !known.has(key)),
          at,
        ).toEqual([]),
      file,
    );
  }
});
