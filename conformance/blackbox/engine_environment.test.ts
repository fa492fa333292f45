/** The variables that steer the JavaScript engine inside of tsrun must not steer tsrun. */

import { describe, expect } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment, succeeded } from "../harness/command.ts";
import { scenario } from "../harness/scenario.ts";

const variables: Readonly<Record<string, string>> = {
  BUN_BE_BUN: "1",
  BUN_OPTIONS: "--print 1+1",
  BUN_INSPECT: "127.0.0.1:0",
  BUN_INSPECT_NOTIFY: "unix:///nowhere",
  BUN_INSPECT_CONNECT_TO: "127.0.0.1:1",
  BUN_CONFIG_VERBOSE_FETCH: "curl",
  BUN_JSC_dumpOptions: "2",
  BUN_JSC_useJIT: "0",
  BUN_JSC_verboseOSR: "1",
  BUN_DEBUG_QUIET_LOGS: "0",
  NODE_OPTIONS: "--require /no/such/module.js",
  NODE_DEBUG: "*",
  NODE_CHANNEL_FD: "3",
  DEBUG: "*",
};
const tsrunOnly = { needs: ["runtime:tsrun"] } as const;

describe("engine variables", () => {
  for (const [name, value] of Object.entries(variables))
    scenario(
      `${name}=${value} changes nothing`,
      async (t) => {
        const env = { ...cleanEnvironment, [name]: value };
        const version = succeeded(await t.runtime.bare(["--version"]));
        const steered = succeeded(await t.runtime.bare(["--version"], { env }));
        expect([steered.stdout, steered.stderr]).toEqual([version.stdout, version.stderr]);
        const bundle = await t.bundle((config) => {
          config.process.args = ["echo", "ran"];
        });
        const result = succeeded(await t.runtime.run(t.id, bundle.path, { env }));
        expect([result.stdout, result.stderr]).toEqual(["ran\n", ""]);
      },
      tsrunOnly,
    );

  scenario(
    "all at once, and files that an engine would load from the working directory",
    async (t) => {
      const bundle = await t.bundle((config) => {
        config.process.args = ["sh", "-c", "env | grep -E '^(BUN|NODE)' ; echo ran"];
      });
      const throwing = 'throw new Error("loaded")\n';
      writeFileSync(join(bundle.path, "preload.ts"), throwing);
      writeFileSync(join(bundle.path, "bunfig.toml"), 'preload = ["./preload.ts"]\n');
      writeFileSync(join(bundle.path, ".env"), "BUN_OPTIONS=--print 1\nTSRUN_FROM_ENV=1\n");
      writeFileSync(join(bundle.path, "tsconfig.json"), "{ broken");
      writeFileSync(join(bundle.path, "package.json"), "{ broken");
      const env = { ...cleanEnvironment, ...variables };
      const result = succeeded(await t.runtime.command(["run", t.id], { env, cwd: bundle.path }));
      expect([result.stdout, result.stderr]).toEqual(["ran\n", ""]);
    },
    tsrunOnly,
  );
});
