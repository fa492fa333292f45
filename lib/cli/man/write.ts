/**
 * What `make` calls: write the manual pages into a directory.
 *
 *   bun lib/cli/man/write.ts DIRECTORY
 *
 * SOURCE_DATE_EPOCH is their date in seconds, for builds that are to be the same again.
 */

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { manualPages } from "./pages.ts";

const [directory] = process.argv.slice(2);
if (directory === undefined) throw new Error("usage: write.ts DIRECTORY");
const { SOURCE_DATE_EPOCH: seconds } = process.env;
const date = seconds === undefined ? new Date() : new Date(Number(seconds) * 1000);
mkdirSync(directory, { recursive: true });
for (const [name, text] of await manualPages(date)) writeFileSync(join(directory, name), text);
