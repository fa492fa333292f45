// Made from spec-schemas/ by `npm run generate`; do not edit.
import type { Config, Features, Process, Resources, State } from "./types.generated.ts";

/** Whether a document is a Config, by its schema. */
export function validateConfig(document: unknown): document is Config;
/** Whether a document is a Process, by its schema. */
export function validateProcess(document: unknown): document is Process;
/** Whether a document is a Resources, by its schema. */
export function validateResources(document: unknown): document is Resources;
/** Whether a document is a State, by its schema. */
export function validateState(document: unknown): document is State;
/** Whether a document is a Features, by its schema. */
export function validateFeatures(document: unknown): document is Features;
