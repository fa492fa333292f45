/** The examples of docs/library.md, on Bun and on Node, with the library as a package of another project. */

import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..");
const page = readFileSync(join(repository, "docs/library.md"), "utf8");

interface Example {
  readonly title: string;
  readonly code: string;
  /** `libc` or `root`, if it takes that. */
  readonly takes: string;
}

const examples: Example[] = page
  .split("\n## ")
  .slice(1)
  .flatMap((section) =>
    [...section.matchAll(/^```ts ?(\w*)\n(.*?)^```$/gms)].map(([, takes = "", code = ""]) => ({
      title: section.split("\n")[0]!,
      takes,
      code,
    })),
  );

const folder = mkdtempSync(join(tmpdir(), "tsrun-library-"));
const bundle = join(folder, "bundle");
const engines = ["bun", "node"] as const;
const fileOf = (i: number, engine: string): string => join(folder, `example-${i}.${engine === "bun" ? "ts" : "mjs"}`);

beforeAll(() => {
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(repository, join(folder, "node_modules/tsrun"));
  symlinkSync(join(repository, "node_modules/@types"), join(folder, "node_modules/@types"));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const javascript = new Bun.Transpiler({ loader: "ts" });
  for (const [i, { code }] of examples.entries()) {
    writeFileSync(fileOf(i, "bun"), code);
    writeFileSync(fileOf(i, "node"), javascript.transformSync(code));
  }
  mkdirSync(join(bundle, "rootfs/bin"), { recursive: true });
  const busybox = Bun.which("busybox");
  if (busybox !== null) cpSync(busybox, join(bundle, "rootfs/bin/sleep"));
  const config = JSON.parse(readFileSync(join(repository, "conformance/configs/docker-default.json"), "utf8"));
  delete config.hooks;
  delete config.linux.seccomp;
  delete config.linux.cgroupsPath;
  delete config.process.oomScoreAdj;
  config.root.path = "rootfs";
  config.process.args = ["/bin/sleep", "1000"];
  config.mounts = config.mounts.filter(({ type }: { type: string }) => type !== "bind");
  writeFileSync(join(bundle, "config.json"), JSON.stringify(config));
});
afterAll(() => rmSync(folder, { recursive: true }));

function run(engine: (typeof engines)[number], file: string, ...args: string[]): string {
  const program = engine === "bun" ? process.execPath : engine;
  const { status, stdout, stderr } = spawnSync(program, [file, ...args], { cwd: folder, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  return stdout;
}

/** What an example says that it prints: the comments of lines that print, or just below. */
const promised = (code: string): string[] =>
  [...code.matchAll(/(?:console\.log\(.*; |^)\/\/ (.*)$/gm)].map(([, it]) => it!);

const isRoot = process.geteuid?.() === 0;
const whyNot = (takes: string): string | undefined => {
  if (takes === "root" && !isRoot) return "needs root";
  return takes === "root" && Bun.which("busybox") === null ? "needs busybox" : undefined;
};

test("there are examples", () => {
  expect(examples.map(({ takes }) => takes)).toEqual(["", "", "", "libc", "root"]);
});

for (const engine of engines)
  describe(`on ${engine === "bun" ? "Bun" : "Node"}`, () => {
    for (const [i, { title, code, takes }] of examples.entries()) {
      const reason = whyNot(takes);
      test.skipIf(reason !== undefined)(reason === undefined ? title : `${title} [${reason}]`, () => {
        const args = takes === "" ? [] : [bundle, join(folder, "state"), `library-${engine}-${process.pid}`];
        const printed = run(engine, fileOf(i, engine), ...args);
        expect(printed).not.toBe("");
        for (const line of promised(code)) expect(printed.split("\n")).toContain(line);
        if (takes === "root")
          expect(readdirSync(join(folder, "state")).filter((name) => name.includes("library"))).toEqual([]);
      });
    }
  });

test("both print the same", () => {
  for (const [i, { takes }] of examples.entries())
    if (takes === "") expect(run("node", fileOf(i, "node"))).toBe(run("bun", fileOf(i, "bun")));
});

test("the types are those of the examples", () => {
  const tsc = join(repository, "node_modules/.bin/tsc");
  const files = examples.map((_, i) => fileOf(i, "bun"));
  const options = ["--noEmit", "--strict", "--target", "es2023", "--module", "nodenext", "--types", "node"];
  const { status, stdout } = spawnSync(tsc, [...options, ...files], { cwd: folder, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
  const wrong = join(folder, "wrong.ts");
  writeFileSync(
    wrong,
    'import { validateText } from "tsrun";\nexport const n: number = validateText("{}").config!.ociVersion;\n',
  );
  expect(spawnSync(tsc, [...options, wrong], { cwd: folder, encoding: "utf8" }).stdout).toContain(
    "Type 'string' is not assignable to type 'number'",
  );
}, 60_000);

test("without koffi all that is pure works on Node, and the rest says what is missing", () => {
  const alone = join(folder, "alone");
  cpSync(join(repository, "build/library"), join(alone, "node_modules/tsrun"), { recursive: true });
  writeFileSync(join(alone, "node_modules/tsrun/package.json"), '{ "type": "module", "exports": "./index.js" }');
  for (const [i, { takes }] of examples.entries()) {
    const file = join(alone, `example-${i}.mjs`);
    cpSync(fileOf(i, "node"), file);
    const { status, stderr } = spawnSync("node", [file, bundle], { cwd: alone, encoding: "utf8" });
    expect(status).toBe(takes === "" ? 0 : 1);
    if (takes !== "") expect(stderr).toContain("koffi");
  }
});
