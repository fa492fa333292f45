/** A well-formed command pays for nothing that only help, mistakes and debugging need. */

import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const repository = join(import.meta.dir, "../..");
const HEAVY = ["yargs", "ajv", "debug", "node:child_process"];

/** The modules that are loaded along with `entry`: its static imports, and theirs. */
function loadedWith(entry: string): Set<string> {
  const loaded = new Set<string>();
  const transpiler = new Bun.Transpiler({ loader: "ts" });
  const visit = (path: string): void => {
    if (loaded.has(path)) return;
    loaded.add(path);
    if (!path.endsWith(".ts")) return;
    for (const { kind, path: name } of transpiler.scanImports(readFileSync(path, "utf8"))) {
      if (kind !== "import-statement") continue;
      visit(name.startsWith(".") ? join(dirname(path), name) : name);
    }
  };
  visit(entry);
  return loaded;
}

const commands = readdirSync(join(import.meta.dir, "commands"))
  .filter((name) => name.endsWith(".ts"))
  .map((name) => join(import.meta.dir, "commands", name));

for (const entry of [join(repository, "bin/tsrun.ts"), ...commands]) {
  test(`${relative(repository, entry)} loads nothing heavy`, () => {
    const loaded = loadedWith(entry);
    expect(loaded.size).toBeGreaterThan(1);
    for (const name of HEAVY) expect(loaded).not.toContain(name);
    expect([...loaded].filter((path) => path.endsWith("schema_errors.generated.cjs"))).toEqual([]);
  });
}

for (const name of ["create", "run", "exec", "start", "state", "kill", "delete", "pause", "resume", "update"]) {
  test(`${name} loads no module of Node's, each of which costs up to a millisecond`, () => {
    const loaded = [
      ...loadedWith(join(repository, "bin/tsrun.ts")),
      ...loadedWith(join(import.meta.dir, `commands/${name}.ts`)),
    ];
    expect(loaded.filter((path) => path.startsWith("node:"))).toEqual([]);
  });
}

test("neither does the cache of seccomp filters", () => {
  expect([...loadedWith(join(repository, "lib/seccomp/cache.ts"))].filter((path) => path.startsWith("node:"))).toEqual(
    [],
  );
});

test("the way to a command loads no command, and nothing of what commands are made of", () => {
  const loaded = [...loadedWith(join(repository, "bin/tsrun.ts"))].map((path) => relative(repository, path));
  expect(loaded.filter((path) => /^lib\/(cli\/commands|container|compile|spec|cgroup|executor)\//.test(path))).toEqual(
    [],
  );
});

for (const name of ["state", "start", "kill", "delete", "list"]) {
  test(`${name} loads neither the compiler nor the schemas`, () => {
    const loaded = [...loadedWith(join(import.meta.dir, `commands/${name}.ts`))].map((path) =>
      relative(repository, path),
    );
    expect(loaded.filter((path) => /^lib\/(compile|spec)\//.test(path))).toEqual(
      loaded.filter((path) => path === "lib/compile/start_socket.ts"),
    );
  });
}
