import base64 from "../../build/executor/executor.b64" with { type: "text" };

/** The executor's file, as `make build` compiled it for this architecture. Kept as text, which costs nothing until it is used. */
export function executorImage(): Uint8Array {
  return Buffer.from(base64, "base64");
}
