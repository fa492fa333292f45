/** The types of the OCI documents, under the names that the rest of tsrun uses. Their source is spec-schemas/. */

export type * from "./types.generated.ts";
