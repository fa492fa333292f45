/** The assertions about leftovers must be able to fail. */

import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cgroupV1Hierarchies } from "./facilities.ts";
import { findLeftovers, isAlive, isClean, removeLeftovers, settledLeftovers } from "./leftovers.ts";
import { testWhere, uniqueId } from "./scenario.ts";

test("nothing is found of a name that nobody has", () => {
  expect(isClean(findLeftovers(uniqueId()))).toBeTrue();
});

test("a process is found by its command line, and ended by force", async () => {
  const token = uniqueId();
  const child = spawn("sh", ["-c", "sleep 1005; :", token], { stdio: "ignore" });
  // its child may not have become sleep yet
  expect(findLeftovers(token).processes.map(({ pid }) => pid)).toContain(child.pid ?? 0);
  await removeLeftovers(token);
  expect(isClean(await settledLeftovers(token))).toBeTrue();
  expect(isAlive(child.pid ?? 0)).toBeFalse();
});

testWhere(["root", "controller:pids"], "a mount and a cgroup are found, and removed", async () => {
  const token = uniqueId();
  const folder = mkdtempSync(join(tmpdir(), token));
  const cgroup = join(cgroupV1Hierarchies().get("pids") ?? "", token);
  try {
    await Bun.$`mount -t tmpfs tmpfs ${folder}`.quiet();
    mkdirSync(cgroup);
    expect(findLeftovers(token)).toMatchObject({ mounts: [folder], cgroups: [cgroup] });
    await removeLeftovers(token);
    expect(isClean(findLeftovers(token))).toBeTrue();
  } finally {
    if (existsSync(cgroup)) rmdirSync(cgroup);
    rmSync(folder, { recursive: true, force: true });
  }
});

testWhere(["root", "controller:pids"], "a process in other namespaces is found by its cgroup", async () => {
  const token = uniqueId();
  const cgroup = join(cgroupV1Hierarchies().get("pids") ?? "", token);
  mkdirSync(cgroup);
  const script = 'echo $$ >"$0"/cgroup.procs; exec unshare --mount --pid --fork sh -c "exec sleep 1006"';
  spawn("env", ["-i", "PATH=/usr/bin:/bin:/usr/sbin", "sh", "-c", script, cgroup], { stdio: "ignore" });
  const commands = (): string[] => findLeftovers(token).processes.map(({ command }) => command);
  for (let i = 0; i < 100 && !commands().includes("sleep 1006"); i++) await Bun.sleep(20);
  expect(commands()).toContain("sleep 1006");
  await removeLeftovers(token);
  expect(isClean(await settledLeftovers(token))).toBeTrue();
});
