import { chmodSync, writeFileSync } from "node:fs";
import base64 from "../../build/conformance/probe.b64" with { type: "text" };

/** Write the probe, as `make build` compiled it, to a new file. */
export function writeProbe(path: string): void {
  writeFileSync(path, Buffer.from(base64, "base64"));
  chmodSync(path, 0o755);
}
