import { createHash } from "node:crypto";

/** The same as digest.ts, on Node. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
