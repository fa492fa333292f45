/** The systemd that makes the containers' cgroups: the system's for root, that of the user for anybody else. */

import { type Result, runCommand, succeeded } from "./command.ts";
import { isOrdinaryUser } from "./ordinary_user.ts";

/** Run systemctl. */
export function systemctl(...args: readonly string[]): Promise<Result> {
  return runCommand(["systemctl", ...(isOrdinaryUser ? ["--user"] : []), ...args]);
}

/** A property of a unit, as systemctl shows it. */
export async function unitProperty(unit: string, property: string): Promise<string> {
  return succeeded(await systemctl("show", "--value", "--property", property, unit)).stdout.trim();
}

/** The names of the units, of whatever state, that match a pattern. */
export async function unitsNamed(pattern: string): Promise<string[]> {
  const listed = await systemctl("list-units", "--all", "--plain", "--no-legend", pattern);
  return succeeded(listed)
    .stdout.split("\n")
    .filter(Boolean)
    .map((line) => line.split(" ")[0] ?? "");
}
