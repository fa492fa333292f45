/** Checks of what stands at the top of config.json, and of strings everywhere. */

import { pointerPart } from "../json_position.ts";
import { unexpected } from "../problem.ts";
import type { Config } from "../types.ts";
import type { Report } from "./check.ts";

/** Whether `text` is all digits, without leading zeros. */
function isNumeric(text: string): boolean {
  if (text === "" || (text.length > 1 && text.startsWith("0"))) return false;
  for (let i = 0; i < text.length; i++) if (text[i]! < "0" || text[i]! > "9") return false;
  return true;
}

/** Whether `text` is `1.2.3`, `1.2.3-rc.1`, `1.2.3+build` or both (SemVer 2.0.0). */
function isSemanticVersion(text: string): boolean {
  const plus = text.indexOf("+");
  if (plus >= 0 && !isIdentifiers(text.slice(plus + 1))) return false;
  const version = plus < 0 ? text : text.slice(0, plus);
  const dash = version.indexOf("-");
  if (dash >= 0 && !isIdentifiers(version.slice(dash + 1))) return false;
  const numbers = (dash < 0 ? version : version.slice(0, dash)).split(".");
  return numbers.length === 3 && isNumeric(numbers[0]!) && isNumeric(numbers[1]!) && isNumeric(numbers[2]!);
}

/** Whether `text` is made of letters, digits and hyphens, in parts with dots between them. */
function isIdentifiers(text: string): boolean {
  if (text === "dev") return true;
  return /^[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*$/.test(text);
}

/** @see config.md, "Specification version" */
export function checkVersion(config: Config, report: Report): void {
  const { ociVersion } = config;
  if (ociVersion.startsWith("1.") && isSemanticVersion(ociVersion)) return;
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
