/**
 * The first step of building the engine: the modules become the files that `bun build --compile` takes, in build/engine.
 * Each file that is loaded costs as much as four functions that are called first; so what all commands need is one, what
 * most commands about containers need is one, and what makes processes is one. Whatever else a command needs lies in
 * files of its own, and is not loaded by others. (Bun's own splitting makes a file of each set of modules that some
 * commands share: fifty for `create`.)
 * Constants are put where they are used, also from one module into another.
 *
 *   bun bin/bundle.ts
 */

import { readFileSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { rolldown } from "rolldown";

const repository = resolve(import.meta.dirname, "..");
const folder = join(repository, "build/engine");
const entry = join(repository, "bin/tsrun.ts");
/** Commands that make processes. */
const MAKING_COMMANDS = ["create", "run", "exec"];
/** Commands that engines and people call for containers that are there. */
const CONTAINER_COMMANDS = ["start", "state", "kill", "delete", "pause", "resume", "ps", "list"];

/** The modules that these load at once, themselves included. */
function loadedWith(entries: readonly string[]): Set<string> {
  const scanner = new Bun.Transpiler({ loader: "ts" });
  const loaded = new Set<string>();
  const add = (path: string): void => {
    if (!path.endsWith(".ts") || loaded.has(path)) return;
    loaded.add(path);
    for (const { kind, path: imported } of scanner.scanImports(readFileSync(path))) {
      if (kind === "import-statement" && imported.startsWith(".")) add(resolve(dirname(path), imported));
    }
  };
  for (const path of entries) add(path);
  return loaded;
}

const command = (name: string): string => join(repository, `lib/cli/commands/${name}.ts`);
const startUp = loadedWith([entry]);
const making = loadedWith(MAKING_COMMANDS.map(command));
const aboutContainers = loadedWith(CONTAINER_COMMANDS.map(command));
// The entry waits for what it imports to be evaluated, and so must stay outside of it.
startUp.delete(entry);

rmSync(folder, { recursive: true, force: true });
const bundle = await rolldown({
  input: entry,
  platform: "node",
  external: /^(bun|node):/,
  // A module that one command loads at once and another later, if ever.
  checks: { ineffectiveDynamicImport: false },
  optimization: { inlineConst: { mode: "all", pass: 3 } },
  plugins: [
    {
      name: "text",
      load: {
        filter: { id: /\.(b64|id|sh|css|bash|zsh|fish)$/ },
        handler: (id) => ({ code: `export default ${JSON.stringify(readFileSync(id, "utf8"))}`, moduleType: "js" }),
      },
    },
  ],
});
await bundle.write({
  dir: folder,
  format: "esm",
  minify: true,
  codeSplitting: {
    groups: [
      { name: "start-up", test: (id) => startUp.has(id) },
      { name: "containers", test: (id) => making.has(id) && aboutContainers.has(id) },
      { name: "making", test: (id) => making.has(id) },
    ],
  },
});
