/** Making bundles. */

import { copyFileSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestConfig } from "./base_configs.ts";
import { runCommand, succeeded } from "./command.ts";
import { findProgram, probeBinary } from "./paths.ts";

/** A folder with config.json and rootfs. */
export interface Bundle {
  readonly path: string;
  readonly rootfs: string;
  readonly config: TestConfig;
  /** Write config.json again, after a change of `config`. */
  save(): void;
  /** Write this text as config.json. */
  saveText(text: string): void;
}

let applets: readonly string[] | undefined;

/** The names that busybox answers to. */
async function busyboxApplets(busybox: string): Promise<readonly string[]> {
  applets ??= succeeded(await runCommand([busybox, "--list"]))
    .stdout.trim()
    .split("\n");
  return applets;
}

/**
 * Make a root file system of busybox with all its applets, the usual folders, two users, and the probe as /probe.
 *
 * @param folder is made.
 */
export async function makeRootfs(folder: string): Promise<void> {
  const busybox = findProgram("busybox");
  if (busybox === undefined) throw new Error("busybox (statically linked) is not installed");
  for (const name of ["bin", "dev", "etc", "home", "proc", "root", "sys", "tmp", "usr", "var"])
    mkdirSync(join(folder, name), { recursive: true, mode: name === "tmp" ? 0o1777 : 0o755 });
  copyFileSync(busybox, join(folder, "bin/busybox"));
  for (const applet of await busyboxApplets(busybox))
    if (applet !== "busybox") symlinkSync("busybox", join(folder, "bin", applet));
  writeFileSync(
    join(folder, "etc/passwd"),
    "root:x:0:0:root:/root:/bin/sh\nalice:x:1000:1000:Alice:/home/alice:/bin/sh\n",
  );
  writeFileSync(join(folder, "etc/group"), "root:x:0:\ntty:x:5:\nalice:x:1000:\n");
  if (existsSync(probeBinary)) copyFileSync(probeBinary, join(folder, "probe"));
}

/** Make a bundle with a fresh root file system at `path`. */
export async function makeBundle(path: string, config: TestConfig, fillRootfs = makeRootfs): Promise<Bundle> {
  const rootfs = join(path, "rootfs");
  await fillRootfs(rootfs);
  const saveText = (text: string): void => writeFileSync(join(path, "config.json"), text);
  const bundle = { path, rootfs, config, saveText, save: () => saveText(JSON.stringify(config, null, 2)) };
  writeFileSync(join(path, "bind-source"), "from outside\n");
  bundle.save();
  return bundle;
}
