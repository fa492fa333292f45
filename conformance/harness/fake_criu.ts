/** A criu for tests of what is said to it. */

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type CriuFeatures, type Request, RequestType } from "../../lib/criu/messages.ts";
import { type CommandOptions, cleanEnvironment } from "./command.ts";
import { repository } from "./paths.ts";

/** What it answers. */
export interface FakeScript {
  readonly version: readonly number[];
  readonly features?: CriuFeatures;
  /** What it tells while it dumps or restores. */
  readonly notifications?: readonly string[];
  readonly success: boolean;
  readonly errno?: number;
  /** What it writes to its log. */
  readonly log?: string;
}

export class FakeCriu {
  readonly #folder: string;

  /** @param folder an existing one, in which a directory is made */
  constructor(folder: string, script: Partial<FakeScript> = {}) {
    this.#folder = join(folder, "fake-criu");
    mkdirSync(this.#folder);
    const program = join(repository, "conformance/harness/fake_criu_program.ts");
    const words = [process.execPath, program, this.#folder].map((word) => `'${word}'`);
    writeFileSync(join(this.#folder, "criu"), `#!/bin/sh\nexec ${words.join(" ")} "$@"\n`);
    chmodSync(join(this.#folder, "criu"), 0o755);
    writeFileSync(join(this.#folder, "script.json"), JSON.stringify({ version: [3, 17, 1], success: true, ...script }));
  }

  /** For a command that is to find it. */
  get options(): CommandOptions {
    const env = { ...cleanEnvironment, PATH: `${this.#folder}:${cleanEnvironment.PATH}` };
    return { env, timeout: 60_000 };
  }

  /** What it was asked, but for versions and features. */
  get requests(): Request[] {
    const path = join(this.#folder, "requests");
    if (!existsSync(path)) return [];
    const lines = readFileSync(path, "utf8").trim().split("\n");
    const all = lines.map((line) => JSON.parse(line) as Request);
    return all.filter(({ type }) => type !== RequestType.Version && type !== RequestType.FeatureCheck);
  }
}
