import { writeSync } from "../libc/files.ts";

const STDOUT = 1;
const STDERR = 2;

/**
 * Write to standard output, all of it before this returns: `process.stdout` would load the engine's streams first, and
 * complain of a reader that stops reading.
 *
 * @throws Error when it cannot be written, such as on a full disk
 */
export function print(text: string): void {
  writeWhole(STDOUT, text);
}

/** Write to standard error in the same way. If that is closed or full there is nobody left to tell. */
export function printError(text: string): void {
  try {
    writeWhole(STDERR, text);
  } catch {
    // The exit status still tells.
  }
}

/** Write all of a text to a descriptor, waiting where it would block. A pipe without a reader takes the rest unseen. */
export function writeWhole(descriptor: number, text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === "EPIPE") return; // `tsrun plan | head`: the reader has enough
      if (code !== "EAGAIN") throw error;
      Bun.sleepSync(1); // a pipe that somebody made non-blocking is full
    }
  }
}
