/** Running an engine's client in a terminal. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Result, runCommand } from "../harness/command.ts";

/**
 * Run a command in a terminal of 100 columns and 30 lines, on which nobody types.
 *
 * @returns all its output in stdout, lines ending in CR LF.
 */
export async function inTerminal(argv: readonly string[]): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "conformance-terminal-"));
  const quoted = argv.map((word) => `'${word.replaceAll("'", "'\\''")}'`);
  const inside = `stty cols 100 rows 30; exec ${quoted.join(" ")}`;
  // a FIFO that its reader has open for writing as well never ends
  const outside = 'mkfifo "$1" && exec script -qec "$2" /dev/null <>"$1"';
  try {
    return await runCommand(["sh", "-c", outside, "sh", join(folder, "input"), inside]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A shell script that prints its terminal's name and waits until it has that size. */
export const showsTerminal =
  'tty; until [ "$(stty size 2>/dev/null)" = "30 100" ]; do sleep 0.1; done; echo sized; exit 3';

/** What it prints; ctr leaves its own terminal as it is, which adds another CR. */
export const shownTerminal = /\/dev\/pts\/\d+\r+\nsized\r+\n/;
