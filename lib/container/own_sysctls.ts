import { Failure } from "../failure.ts";
import { statSync } from "../libc/files.ts";
import { dottedSysctl, namespaceOfSysctl } from "../spec/checks/sysctl.ts";
import { pointerPart } from "../spec/json_position.ts";
import { findNamespace } from "../spec/namespaces.ts";
import type { Config } from "../spec/types.ts";

/** Names of namespaces below /proc/PID/ns. */
const FILES: Readonly<Record<string, string>> = { network: "net", ipc: "ipc", uts: "uts", user: "user" };

/**
 * Check that kernel parameters are not for a namespace that is joined by its path and is the runtime's own: they would
 * be the host's.
 *
 * @throws Failure that names the entry
 */
export function checkSysctlsAreOwn(config: Config): void {
  for (const key of Object.keys(config.linux?.sysctl ?? {})) {
    const type = namespaceOfSysctl(dottedSysctl(key)) ?? "network";
    const path = findNamespace(config, type)?.path;
    if (!path || inodeOf(path) !== inodeOf(`/proc/self/ns/${FILES[type]}`)) continue;
    const pointer = `/linux/sysctl/${pointerPart(key)}`;
    throw new Failure(`${pointer}: ${key} would be set outside: ${path} is the runtime's own ${type} namespace`, {
      code: "config.invalid",
      pointer,
    });
  }
}

/** Undefined if it cannot be had: joining the namespace tells why. */
function inodeOf(path: string): bigint | undefined {
  try {
    return statSync(path).ino;
  } catch {
    return undefined;
  }
}
