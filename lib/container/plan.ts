import { resolve } from "node:path";
import type { CgroupDriver } from "../cgroup/driver.ts";
import type { Program } from "../program/instruction.ts";
import { loadConfig } from "../spec/load.ts";
import { compileFor, findRootfs, locate } from "./create.ts";
import { seccompFilter } from "./seccomp_filter.ts";

/**
 * The numbers by which the program knows its report channel and the socket of a terminal, where nothing is opened. As in
 * `create`, others lie between, so that the instructions that close those are the same.
 */
const REPORT = 4;
const CONSOLE = 6;

/**
 * The program that a bundle becomes, compiled as `create` does it, without anything being made.
 *
 * @throws Failure
 */
export async function planContainer(
  root: string,
  bundle: string,
  cgroupDriver: CgroupDriver = "cgroupfs",
  rootless?: boolean,
): Promise<Program> {
  const config = loadConfig(resolve(bundle));
  const flags = { noPivot: false, noNewKeyring: false, preserveFds: 0 };
  const request = { id: "plan", bundle, root, ...flags, cgroupDriver, rootless };
  const seccomp = await seccompFilter(config, async (profile) =>
    (await import("../seccomp/filter.ts")).buildFilter(profile),
  );
  const console = config.process?.terminal ? { socket: CONSOLE } : undefined;
  const cgroup = await locate(request, config);
  return compileFor(request, config, findRootfs(config, resolve(bundle)), cgroup, true, REPORT, seccomp, console)
    .program;
}
