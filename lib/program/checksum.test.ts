import { expect, test } from "bun:test";
import { byBits, checksum } from "./checksum.ts";

test("is CRC-32, with Bun and without", () => {
  // The check value of the catalogue of parametrised CRC algorithms.
  const samples: [string, number][] = [
    ["123456789", 0xcbf43926],
    ["", 0],
  ];
  for (const [text, expected] of samples) {
    const bytes = new TextEncoder().encode(text);
    expect([checksum(bytes), byBits(bytes)]).toEqual([expected, expected]);
  }
});
