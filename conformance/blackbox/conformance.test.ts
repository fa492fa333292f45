/** The conformance suite itself: tsrun passes it, it runs without tsrun's engine, and its page can be looked at. */

import { describe, expect } from "bun:test";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runCommand, succeeded } from "../harness/command.ts";
import { repository } from "../harness/paths.ts";
import { selectedRuntime } from "../harness/runtime.ts";
import { testWhere } from "../harness/scenario.ts";
import { failures, inFolder, judged } from "../suite/tested_suite.ts";

const needs = ["root", "runtime:tsrun"] as const;
const MINUTE = 60_000;

testWhere(
  needs,
  "tsrun conforms in everything that can be judged here",
  async () => {
    const result = await judged(selectedRuntime().path);
    expect(failures(result)).toEqual([]);
    expect(result.tests.filter(({ verdict }) => verdict === "passed").length).toBeGreaterThan(500);
  },
  9 * MINUTE,
);

describe("the page", () => {
  const CHROMIUM = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ];

  testWhere(
    [...needs, "tool:chromium"],
    "is a picture of the results in a browser",
    () =>
      inFolder(async (folder) => {
        const [page, picture] = [join(folder, "page.html"), join(folder, "picture.png")];
        const words = ["--compare", selectedRuntime().path, "--filter", "runtime.md#state", "--html", page];
        succeeded(await runCommand([selectedRuntime().path, "conformance", ...words], { timeout: MINUTE }));
        const flags = [...CHROMIUM, `--user-data-dir=${join(folder, "profile")}`, "--window-size=900,700"];
        succeeded(
          await runCommand(["chromium", ...flags, `--screenshot=${picture}`, `file://${page}`], { timeout: MINUTE }),
        );
        const image = readFileSync(picture);
        expect(image.subarray(1, 4).toString()).toBe("PNG");
        expect([image.readUInt32BE(16), image.readUInt32BE(20)]).toEqual([900, 700]);
        // an empty page of that size has under 10 KB
        expect(image.length).toBeGreaterThan(25_000);
        const { stdout } = succeeded(
          await runCommand(["chromium", ...flags, "--dump-dom", `file://${page}`], { timeout: MINUTE }),
        );
        expect(stdout).toContain("<summary");
        expect(stdout).not.toContain("<script");
      }),
    3 * MINUTE,
  );
});

describe("the program of its own", () => {
  const program = join(repository, "build/conformance/tsrun-conformance.mjs");
  const withNode = [...needs, "tool:node"] as const;

  testWhere(withNode, "judges a runtime under Node.js", async () => {
    const words = ["--runtime", selectedRuntime().path, "--filter", "runtime.md#query-state", "--format", "tap"];
    const { stdout } = succeeded(await runCommand(["node", program, ...words], { timeout: MINUTE }));
    expect(stdout).toStartWith("TAP version 13\n1..4\n");
    expect(stdout.match(/^ok /gm)).toHaveLength(4);
  });

  testWhere(withNode, "tells what it can do", async () => {
    const { stdout } = succeeded(await runCommand(["node", program, "--help"]));
    for (const option of ["--runtime", "--compare", "--format", "--html"]) expect(stdout).toContain(option);
  });

  testWhere(withNode, "refuses what it does not know", async () => {
    const { status, stderr } = await runCommand(["node", program, "--runtmie", "runc"]);
    expect(status).toBe(1);
    expect(stderr).toContain("did you mean --runtime?");
  });
});

describe("the exit status", () => {
  const words = (...more: string[]): string[] => [selectedRuntime().path, "conformance", ...more];

  testWhere(needs, "is 1 for a runtime that does not conform", async () => {
    const { status } = await runCommand(words("--runtime", "/bin/true", "--filter", "runtime.md#query-state"));
    expect(status).toBe(1);
  });

  testWhere(needs, "is 1 where nothing was chosen, or there is no such runtime", async () => {
    const nothing = await runCommand(words("--filter", "no test has this in its name"));
    expect([nothing.status, nothing.stderr]).toEqual([1, expect.stringContaining("no test was chosen")]);
    const noRuntime = await runCommand(words("--runtime", "/no/such/runtime"));
    expect([noRuntime.status, noRuntime.stderr]).toEqual([1, expect.stringContaining("/no/such/runtime")]);
  });
});
