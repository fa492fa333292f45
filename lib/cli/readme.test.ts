/** The README's table of what is supported, against what `tsrun features` and the table of commands say. */

import { expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { COMMANDS } from "./commands.ts";
import { supportedFeatures } from "./features.ts";

const readme = readFileSync(join(import.meta.dirname, "../../README.md"), "utf8");
const section = readme.split("## What is supported")[1]?.split("\n## ")[0] ?? "";
const rows = new Map(
  [...section.matchAll(/^\| ([^|]+?) \| (.+) \|$/gm)].map(([, name = "", text = ""]) => [name, text] as const),
);
const row = (name: string): string => rows.get(name) ?? "";

test("commands", async () => {
  const shown = (await Promise.all(Object.entries(COMMANDS).map(async ([name, load]) => ({ name, ...(await load()) }))))
    .filter(({ hidden }) => !hidden)
    .map(({ name }) => name);
  expect(row("commands").split(", ").sort()).toEqual(shown.sort());
});

test("namespaces", () => {
  for (const type of supportedFeatures().linux?.namespaces ?? []) expect(row("namespaces")).toContain(type);
});

test("features that can be on or off", () => {
  const { linux = {} } = supportedFeatures();
  const told = {
    seccomp: [linux.seccomp?.enabled, rows.has("seccomp")],
    "notifications of seccomp": [
      linux.seccomp?.actions?.includes("SCMP_ACT_NOTIFY"),
      row("seccomp").includes("listener"),
    ],
    "Intel RDT": [linux.intelRdt?.enabled, rows.has("Intel RDT")],
    "network devices": [linux.netDevices?.enabled, rows.has("network devices")],
    "id-mapped mounts": [linux.mountExtensions?.idmap?.enabled, row("mounts").includes("id-mapped")],
    AppArmor: [linux.apparmor?.enabled, row("process").includes("AppArmor")],
    SELinux: [linux.selinux?.enabled, row("process").includes("SELinux")],
    "memory policy": [linux.memoryPolicy !== undefined, row("process").includes("memory policy")],
    "cgroup v1": [linux.cgroup?.v1, row("cgroups").includes("v1")],
    "cgroup v2": [linux.cgroup?.v2, row("cgroups").includes("v2")],
    "cgroups by systemd": [linux.cgroup?.systemd, row("cgroups").includes("systemd")],
  };
  for (const [name, [supported, said]] of Object.entries(told)) expect([name, said]).toEqual([name, supported]);
});

test("hooks of all kinds", () => {
  expect(supportedFeatures().hooks?.length).toBe(6);
  expect(row("hooks")).toContain("all six kinds");
});

test("Docker's configuration is that of docs/engines.md, which the engines' tests use", () => {
  const page = readFileSync(join(import.meta.dirname, "../../docs/engines.md"), "utf8");
  const configuration = (text: string): unknown => JSON.parse(/^```json\n(.*?)^```/ms.exec(text)?.[1] ?? "null");
  expect(configuration(readme)).toEqual(configuration(page));
});
