/** config.md: a process with a terminal. */

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { succeeded } from "../../harness/command.ts";
import type { ProbeReport } from "../../harness/probe_report.ts";
import { equal, ok, refused } from "../assertions.ts";
import { must, section } from "../test.ts";
import { having, type Patch, put, type Trial } from "../trial.ts";

/** What a process sees that has a terminal; the probe on the host takes the other end. */
async function seeWithTerminal(t: Trial, patch: Patch = () => {}): Promise<ProbeReport> {
  const bundle = await t.bundle((config) => {
    config.process.args = ["/probe", "/dev/console"];
    config.process.terminal = true;
    patch(config);
  });
  const socket = join(t.folder, "console");
  const other = spawn(t.probePath, ["do", "terminal", socket], { stdio: ["ignore", "pipe", "inherit"] });
  t.defer(() => void other.kill("SIGKILL"));
  let text = "";
  other.stdout.on("data", (part: Buffer) => {
    text += part.toString();
  });
  await t.eventually("the console socket", () => existsSync(socket));
  succeeded(await t.runtime.create(t.id, bundle.path, { flags: ["--console-socket", socket] }));
  succeeded(await t.runtime.start(t.id));
  await t.eventually("the report", () => text.trimEnd().endsWith("}}"));
  return JSON.parse(text) as ProbeReport;
}

export const TERMINAL = section("config.md#process", [
  must("terminal: the standard streams are a terminal", async (t) => {
    equal("terminals", (await seeWithTerminal(t)).terminal.is_terminal, [1, 1, 1]);
  }),
  must("terminal: it is the process's controlling terminal", async (t) => {
    equal("controlling", (await seeWithTerminal(t)).terminal.controlling, 1);
  }),
  must("terminal: it is one of the container's, at /dev/pts", async (t) => {
    const target = (await seeWithTerminal(t)).descriptors["0"] ?? "";
    ok("standard input", /^\/dev\/(pts\/\d+|console)$/.test(target), target);
  }),
  must("terminal: consoleSize is its size", async (t) => {
    const { terminal } = await seeWithTerminal(t, having("process.consoleSize", { height: 31, width: 97 }));
    equal("size", { rows: terminal.rows, columns: terminal.columns }, { rows: 31, columns: 97 });
  }),
  must("terminal false: the standard streams are no terminal, and consoleSize is ignored", async (t) => {
    const { terminal } = await t.see((config) => {
      put(config, "process.terminal", false);
      put(config, "process.consoleSize", { height: 31, width: 97 });
    });
    equal("terminals", terminal.is_terminal, [0, 0, 0]);
  }),
  must("terminal false: consoleSize without a width is an error or ignored, but nothing else", async (t) => {
    await t.accepts(having("process.consoleSize", { height: 31, width: 0 }));
  }),
  must("terminal: /dev/console is the terminal", async (t) => {
    const { paths } = await seeWithTerminal(t);
    const { type, major } = paths["/dev/console"] ?? {};
    equal("/dev/console", { type, major }, { type: "character", major: 136 });
  }),
  must("terminal: a console socket where nobody listens is an error", async (t) => {
    const bundle = await t.bundle(having("process.terminal", true));
    const flags = ["--console-socket", join(t.folder, "nobody")];
    refused("create", await t.runtime.create(t.id, bundle.path, { flags }));
  }),
]);
