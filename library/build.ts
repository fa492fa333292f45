/**
 * What `make library` calls: the library as plain JavaScript for Node, with its types, in build/library.
 *
 *   bun library/build.ts
 */

import { mkdirSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..");
const folder = join(repository, "build/library");
const libc = join(repository, "lib/libc");

/** What knows the engine, and what takes its place on Node. */
const replacements: Readonly<Record<string, string>> = {
  "bun:ffi": join(libc, "ffi_node.ts"),
  "./digest.ts": join(libc, "digest_node.ts"),
  "../libc/digest.ts": join(libc, "digest_node.ts"),
};

rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
const { success, logs } = await Bun.build({
  entrypoints: [join(repository, "lib/index.ts")],
  outdir: folder,
  target: "node",
  format: "esm",
  splitting: true,
  external: ["koffi"],
  plugins: [
    {
      name: "node",
      setup: (build) => {
        build.onResolve({ filter: /^bun:ffi$|\/digest\.ts$/ }, ({ path }) => {
          const replacement = replacements[path];
          return replacement === undefined ? undefined : { path: replacement };
        });
      },
    },
  ],
});
for (const log of logs) console.error(log);
const types = Bun.spawnSync([join(repository, "node_modules/.bin/tsc"), "-p", join(import.meta.dirname)], {
  stdio: ["ignore", "inherit", "inherit"],
});
process.exitCode = success && types.exitCode === 0 ? 0 : 1;
