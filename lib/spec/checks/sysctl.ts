/** Check of `linux.sysctl`: only what the kernel keeps per namespace, and only in a namespace of the container's own. */

import { pointerPart } from "../json_position.ts";
import { hasNamespace } from "../namespaces.ts";
import type { Config, NamespaceType } from "../types.ts";
import type { Report } from "./check.ts";

/** The parameters of System V IPC and of POSIX message queues. @see ipc_namespaces(7) */
const ipcNames = [
  "kernel.msgmax",
  "kernel.msgmnb",
  "kernel.msgmni",
  "kernel.sem",
  "kernel.shmall",
  "kernel.shmmax",
  "kernel.shmmni",
  "kernel.shm_rmid_forced",
];

/**
 * A parameter's name with dots between its parts. As in sysctl(8), where the first separator is a slash, slashes
 * separate and dots belong to the parts; in the result such dots are slashes.
 */
export function dottedSysctl(name: string): string {
  const slash = name.indexOf("/");
  const dot = name.indexOf(".");
  if (slash < 0 || (dot >= 0 && dot < slash)) return name;
  return name.replace(/[./]/g, (char) => (char === "/" ? "." : "/"));
}

/** Whether no part of a dotted name is empty or leads out of its directory. */
function isSysctlName(name: string): boolean {
  for (const part of name.split(".")) {
    if (part === "" || (part.includes("/") && (part.startsWith("/") || part.endsWith("/")))) return false;
  }
  return true;
}

/** The kind of namespace that the kernel keeps a parameter, by its dotted name, in; undefined for the whole machine's. */
export function namespaceOfSysctl(name: string): NamespaceType | undefined {
  if (ipcNames.includes(name) || name.startsWith("fs.mqueue.")) return "ipc";
  if (name.startsWith("net.")) return "network";
  if (name.startsWith("user.")) return "user";
  if (name === "kernel.domainname" || name === "kernel.hostname") return "uts";
  return undefined;
}

/** @see config-linux.md, "Sysctl"; runc's list of parameters */
export function checkSysctl(config: Config, report: Report): void {
  const sysctl = config.linux?.sysctl;
  if (sysctl === undefined) return;
  for (const key in sysctl) {
    const pointer = `/linux/sysctl/${pointerPart(key)}`;
    const name = dottedSysctl(key);
    const namespace = namespaceOfSysctl(name);
    if (!isSysctlName(name)) {
      report({ pointer, message: `${key} is not the name of a kernel parameter` });
    } else if (namespace === undefined) {
      report({ pointer, message: `${key} belongs to the whole machine, not to a namespace` });
    } else if (!hasNamespace(config, namespace)) {
      report({ pointer, message: `${key} needs ${article(namespace)} ${namespace} namespace of the container's own` });
    } else if (name === "kernel.hostname") {
      report({ pointer, message: `${key} is set by the field hostname` });
    }
  }
}

function article(namespace: NamespaceType): string {
  return namespace === "ipc" ? "an" : "a";
}
