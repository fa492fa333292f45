/** exec, often: nothing is left behind. */

import { describe, expect } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { unifiedDirectoryOf } from "../harness/cgroup_place.ts";
import { describeResult, runCommand, succeeded } from "../harness/command.ts";
import { eventually } from "../harness/expectations.ts";
import { cgroupV1Hierarchies } from "../harness/facilities.ts";
import { type Scenario, scenario } from "../harness/scenario.ts";

const exec = (t: Scenario, ...command: string[]) => t.runtime.command(["exec", t.id, ...command]);

describe("processes that join a container", () => {
  scenario(
    "1,000 one after another leave nothing behind",
    async (t) => {
      const first = await t.startSleeping();
      succeeded(await exec(t, "true")); // what the first one leaves is there for all others
      const before = traces(t, first);
      const loop = 'i=0; while [ $i -lt 1000 ]; do "$@" || exit 1; i=$((i + 1)); done';
      const line = ["sh", "-c", loop, "sh", ...t.runtime.argv(["exec", t.id, "true"])];
      const result = await runCommand(line, { timeout: 400_000 });
      if (result.status !== 0 || result.stdout + result.stderr !== "") throw new Error(describeResult(result));
      expect(traces(t, first)).toEqual(before);
    },
    { needs: ["fast"], timeout: 420_000 },
  );

  scenario(
    "50 at once, each with its own status and output, leave nothing behind",
    async (t) => {
      const first = await t.startSleeping();
      succeeded(await exec(t, "true"));
      const before = traces(t, first);
      const results = await Promise.all(
        Array.from({ length: 50 }, (_, i) => exec(t, "sh", "-c", `sleep 0.2; echo ${i}; exit ${i}`)),
      );
      for (const [i, { stdout, status }] of results.entries()) expect([stdout, status]).toEqual([`${i}\n`, i]);
      await eventually("their end", () => processesIn(first).length === 1);
      expect(traces(t, first)).toEqual(before);
    },
    { timeout: 120_000 },
  );
});

/** All that they could leave: in the container, beside it, and with the runtime. */
function traces(t: Scenario, first: number): object {
  const below = (folder: string): string[] =>
    existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: "utf8" }).sort() : [];
  const linesOf = (file: string, text = ""): string[] =>
    readFileSync(file, "utf8")
      .split("\n")
      .filter((line) => line.includes(text));
  return {
    processes: processesIn(first),
    cgroups: cgroupDirectories(first).map((directory) => [directory, subdirectories(directory)]),
    descriptors: readdirSync(`/proc/${first}/fd`).length,
    mounts: linesOf(`/proc/${first}/mounts`),
    hostMounts: linesOf("/proc/mounts", t.id),
    state: below(t.runtime.root),
    files: ["dev", "dev/pts", "dev/shm", "tmp", "root"].map((folder) => readdirSync(`/proc/${first}/root/${folder}`)),
  };
}

/** The cgroups that a process is in. */
function cgroupDirectories(pid: number): string[] {
  const hierarchies = cgroupV1Hierarchies();
  if (hierarchies.size === 0) return [unifiedDirectoryOf(pid)];
  return readFileSync(`/proc/${pid}/cgroup`, "utf8")
    .split("\n")
    .flatMap((line) => {
      const [, controllers = "", path = ""] = line.split(":");
      const hierarchy = hierarchies.get(controllers.split(",")[0]?.replace(/^name=/, "") ?? "");
      return hierarchy === undefined ? [] : [join(hierarchy, path)];
    });
}

function subdirectories(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
}

function processesIn(pid: number): number[] {
  const [directory = ""] = cgroupDirectories(pid);
  return readFileSync(join(directory, "cgroup.procs"), "utf8").trim().split("\n").map(Number);
}
