import { afterAll, describe, expect, test } from "bun:test";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Options } from "../command.ts";
import { loadCommand } from "../command_line.ts";
import { GLOBAL_OPTIONS } from "../global_options.ts";
import { manualPages } from "./pages.ts";

const pages = await manualPages(new Date("2026-01-02T03:04:05Z"));
const folder = mkdtempSync(join(tmpdir(), "tsrun-man-"));
afterAll(() => rmSync(folder, { recursive: true }));
for (const [name, text] of pages) writeFileSync(join(folder, name), text);

const nameOf = (page: string): string => page.replace(/^tsrun-?/, "").replace(/\.8$/, "");

async function optionsOf(page: string): Promise<Options> {
  return nameOf(page) === "" ? GLOBAL_OPTIONS : (await loadCommand(nameOf(page))).options;
}

/** What a reader of the page sees, without the overstrikes of bold letters. */
function rendered(page: string): string {
  const { stdout } = spawnSync("mandoc", ["-T", "ascii", join(folder, page)], { encoding: "utf8" });
  const BACKSPACE = String.fromCharCode(8);
  return stdout.replace(new RegExp(`.${BACKSPACE}`, "g"), "");
}

test("there is a page for tsrun, and one for each command that help shows", () => {
  expect([...pages.keys()]).toContain("tsrun.8");
  expect([...pages.keys()]).toContain("tsrun-create.8");
  expect([...pages.keys()].some((name) => name.includes("failed"))).toBeFalse();
});

test("the date is the one that is given", () => {
  for (const text of pages.values()) expect(text).toStartWith(".Dd January 2, 2026\n");
});

const reads = (program: string): boolean => Bun.which(program) !== null;

describe.each([...pages.keys()])("%s", (page) => {
  test.skipIf(!reads("mandoc"))("has every option, short and long, with its value", async () => {
    const text = rendered(page);
    for (const [name, { short, value, hidden }] of Object.entries(await optionsOf(page))) {
      const spelled = `--${name}${value === undefined ? "" : ` ${value}`}`;
      if (hidden) expect(text).not.toContain(spelled);
      else expect(text).toContain(short === undefined ? spelled : `-${short}, ${spelled}`);
    }
  });

  test.skipIf(!reads("mandoc"))("is read by mandoc without a warning", () => {
    const { stdout, stderr } = spawnSync("mandoc", ["-T", "lint", "-W", "warning", join(folder, page)], {
      encoding: "utf8",
    });
    expect(stdout + stderr).toBe("");
  });

  test.skipIf(!reads("groff"))("is read by groff without a warning", () => {
    const { stderr } = spawnSync("groff", ["-mdoc", "-ww", "-T", "ascii", join(folder, page)], { encoding: "utf8" });
    expect(stderr).toBe("");
  });
});
