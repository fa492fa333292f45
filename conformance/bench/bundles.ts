/** The bundles that are measured. */

import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findProgram, repository } from "../harness/paths.ts";

export type Config = {
  [entry: string]: unknown;
  root: { path: string };
  process: Record<string, unknown>;
  linux: Record<string, unknown>;
  mounts: { destination?: string; type?: string; source?: string; options?: string[] }[];
  hooks?: unknown;
};

/** As little as a container can have. */
export function smallestConfig(): Config {
  return {
    ociVersion: "1.0.2",
    root: { path: "rootfs" },
    process: { cwd: "/", args: ["/bin/true"], env: ["PATH=/bin"], user: { uid: 0, gid: 0 } },
    linux: { namespaces: [{ type: "mount" }, { type: "pid" }] },
    mounts: [{ destination: "/proc", type: "proc", source: "proc" }],
  };
}

/** Docker's default config, without what only Docker provides. */
export function dockerConfig(): Config {
  const config: Config = JSON.parse(readFileSync(join(repository, "conformance/configs/docker-default.json"), "utf8"));
  delete config.hooks;
  delete config.process.oomScoreAdj;
  config.mounts = config.mounts.filter(({ type }) => type !== "bind");
  return config;
}

export function withoutSeccomp(config: Config): Config {
  const { seccomp: _, ...linux } = config.linux;
  return { ...config, linux };
}

/** The same with so many mounts in all: folders of the bundle, read-only. */
export function withMounts(config: Config, count: number): Config {
  const more = Array.from({ length: Math.max(0, count - config.mounts.length) }, (_, i) => ({
    destination: `/mnt/${i}`,
    type: "bind",
    source: "shared",
    options: ["bind", "ro", "nosuid"],
  }));
  return { ...config, mounts: [...config.mounts, ...more] };
}

/**
 * Make a bundle of busybox.
 *
 * @param cgroup the name of its cgroup; by the container's id if left out
 */
export function makeBundle(folder: string, config: Config, args: readonly string[], cgroup?: string): string {
  for (const name of ["bin", "dev", "mnt", "proc", "sys"]) mkdirSync(join(folder, "rootfs", name), { recursive: true });
  mkdirSync(join(folder, "shared"));
  cpSync(findProgram("busybox") ?? "/bin/busybox", join(folder, "rootfs/bin/busybox"));
  for (const applet of ["true", "sleep"]) symlinkSync("busybox", join(folder, "rootfs/bin", applet));
  const own = structuredClone(config);
  own.root.path = "rootfs";
  own.process.args = args;
  own.process.terminal = false;
  delete own.linux.cgroupsPath;
  if (cgroup !== undefined) own.linux.cgroupsPath = `/${cgroup}`;
  for (const mount of own.mounts) if (mount.source === "shared") mount.source = join(folder, "shared");
  writeFileSync(join(folder, "config.json"), JSON.stringify(own));
  return folder;
}
