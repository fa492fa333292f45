/** The schema files of this directory, read whole. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What of JSON Schema (draft 7) the files here use. */
export interface Schema {
  $schema?: string;
  $id?: string;
  $ref?: string;
  title?: string;
  description?: string;
  type?: "object" | "array" | "string" | "integer" | "boolean";
  enum?: string[];
  pattern?: string;
  minimum?: number;
  maximum?: number;
  items?: Schema;
  minItems?: number;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema;
  required?: string[];
  definitions?: Record<string, Schema>;
}

export const schemaFiles = [
  "defs.json",
  "config.json",
  "config-process.json",
  "config-linux.json",
  "config-linux-resources.json",
  "config-linux-seccomp.json",
  "config-platforms.json",
  "state.json",
  "features.json",
] as const;

export type SchemaFile = (typeof schemaFiles)[number];

/** Read one schema file. */
export function readSchema(file: SchemaFile): Schema {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), "utf8")) as Schema;
}
