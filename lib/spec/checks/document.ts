/** Checks of what stands at the top of config.json, and of strings everywhere. */

import { pointerPart } from "../json_position.ts";
import { unexpected } from "../problem.ts";
import type { Config } from "../types.ts";
import type { Report } from "./check.ts";

/** `1.2.3`, `1.2.3-rc.1`, `1.2.3+build` (SemVer 2.0.0). */
const semanticVersion =
  /^(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)\.(?:0|[1-9]\d*)(?:-[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/;

/** @see config.md, "Specification version" */
export function checkVersion(config: Config, report: Report): void {
  const { ociVersion } = config;
  if (semanticVersion.test(ociVersion) && ociVersion.startsWith("1.")) return;
  report(unexpected("/ociVersion", "a version 1.x.y of the specification", ociVersion));
}

/** On Linux there is always a root file system. @see config.md, "Root" */
export function checkRoot(config: Config, report: Report): void {
  if (config.root === undefined) {
    report({ pointer: "/root", message: "root is required on Linux", expected: "root", found: "nothing" });
  } else if (config.root.path === "") {
    report(unexpected("/root/path", "a directory", ""));
  }
}

/** @see config.md, "Annotations" */
export function checkAnnotations(config: Config, report: Report): void {
  if (config.annotations?.[""] !== undefined) {
    report({ pointer: "/annotations/", message: "the key of an annotation must not be empty" });
  }
}

/** The parts of config.json whose strings reach the kernel, where a NUL would cut them short. */
export const kernelParts = ["root", "mounts", "process", "hostname", "domainname", "hooks", "linux"] as const;

/** No string holds a NUL character. */
export function checkNul(config: Config, report: Report): void {
  for (const part of kernelParts) reportNul(config[part], `/${part}`, report);
}

function reportNul(value: unknown, pointer: string, report: Report): void {
  if (typeof value === "string") {
    if (value.includes("\0")) report({ pointer, message: "a string must not hold a NUL character" });
  } else if (typeof value === "object" && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      const at = `${pointer}/${pointerPart(key)}`;
      if (key.includes("\0")) report({ pointer: at, message: "a key must not hold a NUL character" });
      reportNul(member, at, report);
    }
  }
}
