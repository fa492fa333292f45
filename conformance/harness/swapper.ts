/**
 * Exchanges two paths, each for the other, as fast as it can until it is killed: what an image's accomplice does in a
 * volume while a container is made.
 *
 *   bun conformance/harness/swapper.ts PATH PATH
 */

import { cString, systemCall } from "../../lib/libc/system_call.ts";
import { AT_FDCWD } from "../../lib/program/constants.ts";

const RENAME_EXCHANGE = 2;

const [first, second] = process.argv.slice(2).map((path) => cString(path));
process.stdout.write("swapping\n");
while (first !== undefined && second !== undefined)
  systemCall("renameat2", AT_FDCWD, first, AT_FDCWD, second, RENAME_EXCHANGE);
