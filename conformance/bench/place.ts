/** Who is measured, and where: a folder of its own, in whose name everything is found again and removed. */

import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { findLeftovers, isClean, removeLeftovers, settledLeftovers } from "../harness/leftovers.ts";
import { findProgram, repository } from "../harness/paths.ts";
import { Interruption } from "./interruption.ts";

export interface Contestant {
  readonly name: string;
  readonly path: string;
  /** With the state root. */
  readonly command: readonly string[];
  readonly root: string;
}

export class Place {
  readonly folder = mkdtempSync(join(tmpdir(), "tsrun-bench-"));
  /** Part of every name. */
  readonly token = basename(this.folder).toLowerCase();
  readonly contestants: readonly Contestant[];
  readonly #interruption = new Interruption();

  constructor() {
    const programs = {
      tsrun: join(repository, "build/bin/tsrun"),
      runc: findProgram("runc"),
      crun: findProgram("crun"),
    };
    this.contestants = Object.entries(programs).flatMap(([name, path]) =>
      path === undefined ? [] : [contestant(name, path, join(this.folder, `root-${name}`))],
    );
  }

  /** Between two commands: @throws Interrupted if someone wants an end */
  checkpoint(): Promise<void> {
    return this.#interruption.checkpoint();
  }

  /** The same contestant with a state root that nothing was kept in yet, to be given back by {@link forget}. */
  fresh({ name, path }: Contestant, label: string): Contestant {
    return contestant(name, path, join(this.folder, `${label}-${name}`));
  }

  /** Remove a state root and its containers. */
  forget({ command, root }: Contestant): void {
    if (!existsSync(root)) return;
    for (const id of readdirSync(root).filter((name) => name.includes(this.token))) {
      Bun.spawnSync([...command, "delete", "--force", id], { stdio: ["ignore", "ignore", "ignore"], timeout: 20_000 });
    }
    rmSync(root, { recursive: true, force: true });
  }

  /** Remove everything. @returns what could not be removed, as text; nothing if all is gone */
  async leave(): Promise<string | undefined> {
    for (const one of this.contestants) this.forget(one);
    if (!isClean(await settledLeftovers(this.token))) await removeLeftovers(this.token);
    rmSync(this.folder, { recursive: true, force: true });
    const left = findLeftovers(this.token);
    return isClean(left) ? undefined : JSON.stringify(left);
  }
}

function contestant(name: string, path: string, root: string): Contestant {
  mkdirSync(root, { recursive: true, mode: 0o700 });
  return { name, path, root, command: [path, "--root", root] };
}
