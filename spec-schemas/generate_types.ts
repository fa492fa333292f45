/** TypeScript types from the schemas, by json-schema-to-typescript. */

import type { JSONSchema4 } from "json-schema";
import { compile } from "json-schema-to-typescript";
import { readSchema, type Schema, type SchemaFile, schemaFiles } from "./schemas.ts";

/** Definitions that only bound a value: in types, the plain TypeScript type stands in their place. */
const plainTypes: Record<string, string> = {
  Uint8: "number",
  Uint16: "number",
  Uint32: "number",
  Int32: "number",
  DeviceNumber: "number",
  WideCount: "number",
  Path: "string",
  Strings: "string[]",
  Uint32s: "number[]",
};

/** Definitions whose TypeScript type is not what their JSON type says. */
const ownTypes: Record<string, string> = {
  Int64: "number | bigint",
  Uint64: "number | bigint",
};

/** A schema with the extension of json-schema-to-typescript that names a type. */
type TypedSchema = Schema & { tsType?: string };

/** The TypeScript type that a `$ref` stands for: the name of the definition, or the title of the file. */
function typeOfRef(ref: string): string {
  const [file = "", definition] = ref.split("#/definitions/");
  if (definition === undefined) {
    const title = readSchema(file as SchemaFile).title;
    if (title === undefined) throw new Error(`${file} has no title to name its type`);
    return title;
  }
  return plainTypes[definition] ?? definition;
}

/** A copy of `schema` in which each `$ref` is the name of a type, so that its description stays with the property. */
function withNamedRefs(schema: Schema): TypedSchema {
  const { $ref, definitions: _definitions, $schema: _draft, $id: _id, title: _title, ...rest } = schema;
  if ($ref !== undefined) return { ...rest, tsType: typeOfRef($ref) };
  const copy: TypedSchema = { ...rest };
  if (schema.items !== undefined) copy.items = withNamedRefs(schema.items);
  if (schema.additionalProperties !== undefined) copy.additionalProperties = withNamedRefs(schema.additionalProperties);
  if (schema.properties !== undefined) {
    copy.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([key, property]) => [key, withNamedRefs(property)]),
    );
  }
  return copy;
}

/** All named types of all files, in the files' order. */
function collectDefinitions(): Record<string, TypedSchema> {
  const types: Record<string, TypedSchema> = {};
  const add = (name: string, schema: Schema): void => {
    if (name in types) throw new Error(`two schemas are called ${name}`);
    const tsType = ownTypes[name];
    types[name] = tsType === undefined ? withNamedRefs(schema) : { description: schema.description ?? name, tsType };
  };
  for (const file of schemaFiles) {
    const schema = readSchema(file);
    if (schema.title !== undefined) add(schema.title, schema);
    for (const [name, definition] of Object.entries(schema.definitions ?? {})) {
      if (!(name in plainTypes)) add(name, definition);
    }
  }
  return types;
}

/** The text of lib/spec/types.generated.ts. */
export async function generateTypes(): Promise<string> {
  const root = { title: "Documents", type: "object", definitions: collectDefinitions() };
  const text = await compile(root as JSONSchema4, "Documents", {
    additionalProperties: false,
    bannerComment: "/** Types of the OCI documents. Made from spec-schemas/ by `npm run generate`; do not edit. */",
    ignoreMinAndMaxItems: true,
    unreachableDefinitions: true,
    style: { printWidth: 120 },
  });
  return readable(text);
}

/** Without the generator's remarks on where a type comes from, comments of one line on one line, a blank line between types. */
function readable(text: string): string {
  return text
    .replace(/export interface Documents \{\}\n/, "")
    .replace(
      /(?: \*\n)? \* This interface was referenced by `Documents`'s JSON-Schema\n \* via the `definition` "\w+"\.\n/g,
      "",
    )
    .replace(/\n *(?: \*\n)? *\* @minItems \d+(?=\n)/g, "")
    .replace(/ *\/\*\*\n *\*\/\n/g, "")
    .replace(/\/\*\*\n *\* (.*)\n *\*\//g, "/** $1 */")
    .replace(/\[k: string\]/g, "[key: string]")
    .replace(/;\n(?=export|\/\*\*)/g, ";\n\n")
    .replace(/\n\}\n(?=\S)/g, "\n}\n\n")
    .replace(/\n{3,}/g, "\n\n");
}
