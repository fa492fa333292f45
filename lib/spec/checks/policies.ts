/** Checks of `linux.intelRdt`, `linux.memoryPolicy` and `linux.personality`. */

import { unexpected } from "../problem.ts";
import type { Config } from "../types.ts";
import type { Report } from "./check.ts";

/**
 * closID is the name of one directory of resctrl, or `/` for the root class; a schema is of one resource, in one line.
 *
 * @see config-linux.md, "IntelRdt"
 */
export function checkIntelRdt(config: Config, report: Report): void {
  const { intelRdt } = config.linux ?? {};
  if (intelRdt === undefined) return;
  const { closID = "", schemata = [] } = intelRdt;
  if (closID === "." || closID === ".." || (closID !== "/" && closID.includes("/"))) {
    report(unexpected("/linux/intelRdt/closID", "the name of a directory, or /", closID));
  }
  for (const [i, schema] of schemata.entries()) {
    if (schema.includes("\n")) report(unexpected(`/linux/intelRdt/schemata/${i}`, "one line", schema));
  }
}

/** What set_mempolicy(2) takes. @see config-linux.md, "Memory Policy" */
export function checkMemoryPolicy(config: Config, report: Report): void {
  const policy = config.linux?.memoryPolicy;
  if (policy === undefined) return;
  const { mode, nodes = "", flags = [] } = policy;
  const pointer = "/linux/memoryPolicy";
  if (mode === undefined) {
    report({ pointer: `${pointer}/mode`, message: "the required field mode is missing" });
    return;
  }
  if (nodes !== "" && !/^\s*\d+(?:-\d+)?(?:\s*,\s*\d+(?:-\d+)?)*\s*$/.test(nodes)) {
    report(unexpected(`${pointer}/nodes`, "a list such as 0-3,7", nodes));
  }
  const takesNone = mode === "MPOL_DEFAULT" || mode === "MPOL_LOCAL";
  if (takesNone && nodes !== "") report({ pointer: `${pointer}/nodes`, message: `${mode} takes no nodes` });
  if (!takesNone && mode !== "MPOL_PREFERRED" && nodes === "") {
    report({ pointer: `${pointer}/nodes`, message: `${mode} needs nodes` });
  }
  if (flags.includes("MPOL_F_STATIC_NODES") && flags.includes("MPOL_F_RELATIVE_NODES")) {
    const message = "MPOL_F_STATIC_NODES and MPOL_F_RELATIVE_NODES exclude each other";
    report({ pointer: `${pointer}/flags`, message });
  }
}

/** @see config-linux.md, "Personality": no flag is supported yet */
export function checkPersonality(config: Config, report: Report): void {
  const { personality } = config.linux ?? {};
  if (personality === undefined) return;
  if (personality.domain === undefined) {
    report({ pointer: "/linux/personality/domain", message: "the required field domain is missing" });
  }
  for (const [i, flag] of (personality.flags ?? []).entries()) {
    report({
      pointer: `/linux/personality/flags/${i}`,
      message: `there is no personality flag ${JSON.stringify(flag)}`,
    });
  }
}
