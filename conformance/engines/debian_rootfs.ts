/** A Debian root file system: what most images are made of, and more than busybox asks of a runtime. */

import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { runCommand, succeeded } from "../harness/command.ts";
import { repository } from "../harness/paths.ts";

const TIME_LIMIT = 400_000;

/**
 * Make it with debootstrap from where this machine's own packages come from, unless it is there from an earlier run.
 *
 * @returns the path of a tar archive of it, which `make clean` removes.
 */
export async function debianArchive(): Promise<string> {
  const folder = join(repository, "build/conformance");
  const [archive, unfinished, rootfs] = ["debian.tar", `debian.${process.pid}.tar`, `debian.${process.pid}`].map(
    (name) => join(folder, name),
  ) as [string, string, string];
  if (existsSync(archive)) return archive;
  mkdirSync(folder, { recursive: true });
  try {
    const { codename, site } = await packageSource();
    const words = ["debootstrap", "--variant=minbase", codename, rootfs, site];
    // unlike the harness's clean environment, this one may name a proxy
    succeeded(await runCommand(words, { timeout: TIME_LIMIT, env: process.env as Record<string, string> }));
    succeeded(await runCommand(["tar", "-C", rootfs, "--numeric-owner", "--exclude=./dev/*", "-cf", unfinished, "."]));
    renameSync(unfinished, archive);
  } finally {
    rmSync(rootfs, { recursive: true, force: true });
    rmSync(unfinished, { force: true });
  }
  return archive;
}

/** This machine's release of Debian, and where apt gets its packages. */
async function packageSource(): Promise<{ codename: string; site: string }> {
  const codename = /^VERSION_CODENAME=(\w+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  const format = ["--format", "$(CODENAME) $(SITE)", "Created-By: Packages", "Component: main"];
  const targets = succeeded(await runCommand(["apt-get", "indextargets", ...format])).stdout;
  const site = new RegExp(`^${codename} (\\S+)$`, "m").exec(targets)?.[1];
  if (codename === undefined || site === undefined) throw new Error(`apt names no source of ${codename}:\n${targets}`);
  return { codename, site };
}
