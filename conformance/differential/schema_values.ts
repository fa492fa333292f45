/** Random values that fit a place of the JSON Schema (spec-schemas), sensible ones where the dictionary knows some. */

import type { Dice } from "../../spec-schemas/mutations.ts";
import { readSchema, type Schema, type SchemaFile } from "../../spec-schemas/schemas.ts";
import { type Dictionary, pick } from "./dictionary.ts";

/** A schema and the file that its references start from. */
interface Place {
  readonly schema: Schema;
  readonly file: SchemaFile;
}

const files = new Map<SchemaFile, Schema>();

function wholeFile(file: SchemaFile): Schema {
  const known = files.get(file) ?? readSchema(file);
  files.set(file, known);
  return known;
}

/** Follow references until there is a schema that says something itself. */
function resolve({ schema, file }: Place): Place {
  if (schema.$ref === undefined) return { schema, file };
  const [name = "", definition] = schema.$ref.split("#/definitions/");
  const there = (name === "" ? file : name) as SchemaFile;
  const whole = wholeFile(there);
  const found = definition === undefined ? whole : whole.definitions?.[definition];
  if (found === undefined) throw new Error(`${file}: nothing is at ${schema.$ref}`);
  return resolve({ schema: found, file: there });
}

/** The place of a property path such as `/linux/resources`; `*` is an item of an array. */
function placeOf(path: string): Place {
  let place = resolve({ schema: wholeFile("config.json"), file: "config.json" });
  for (const key of path.split("/").slice(1)) {
    const { properties, items, additionalProperties } = place.schema;
    const schema = key === "*" ? (items ?? additionalProperties) : properties?.[key];
    if (schema === undefined) throw new Error(`the schema has no ${path}`);
    place = resolve({ schema, file: place.file });
  }
  return place;
}

/** The properties that the schema has at a path, as paths. */
export function propertiesOf(path: string): string[] {
  return Object.keys(placeOf(path).schema.properties ?? {}).map((key) => `${path}/${key}`);
}

/**
 * A value that fits the schema at a path.
 *
 * @param dictionary has sensible values by path; it goes before the schema
 */
export function valueAt(path: string, dictionary: Dictionary, dice: Dice): unknown {
  return value(placeOf(path), path, dictionary, dice);
}

function value(unresolved: Place, path: string, dictionary: Dictionary, dice: Dice): unknown {
  const known = dictionary[path];
  if (known) return known(dice);
  const { schema, file } = resolve(unresolved);
  if (schema.enum !== undefined) return pick(schema.enum, dice);
  switch (schema.type) {
    case "boolean":
      return dice(2) === 1;
    case "integer":
      return Math.max(schema.minimum ?? 0, 0) + pick([0, 1, 7, 100], dice);
    case "array": {
      const count = Math.max(schema.minItems ?? 0, 1 + dice(2));
      const { items } = schema;
      return items === undefined
        ? []
        : Array.from({ length: count }, () => value({ schema: items, file }, `${path}/*`, dictionary, dice));
    }
    case "object":
      return object({ schema, file }, path, dictionary, dice);
    default:
      return pick(["x", "some-text"], dice);
  }
}

function object({ schema, file }: Place, path: string, dictionary: Dictionary, dice: Dice): unknown {
  const { properties = {}, required = [], additionalProperties } = schema;
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(properties)) {
    const place = `${path}/${key}`;
    const wanted = required.includes(key) || dice(2) === 1;
    if (wanted && dictionary[place] !== null) result[key] = value({ schema: member, file }, place, dictionary, dice);
  }
  if (additionalProperties !== undefined) {
    const name = dictionary[`${path}/#`]?.(dice) ?? "x";
    result[String(name)] = value({ schema: additionalProperties, file }, `${path}/*`, dictionary, dice);
  }
  return result;
}
