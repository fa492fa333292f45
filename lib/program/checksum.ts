/**
 * CRC-32, as zlib has it, of a program that is kept in a file. By the engine where it is Bun: its interpreter would take
 * a millisecond for the programs of one container.
 */
export function checksum(bytes: Uint8Array): number {
  return typeof Bun === "undefined" ? byBits(bytes) : Bun.hash.crc32(bytes);
}

/** The same bit by bit. */
export function byBits(bytes: Uint8Array): number {
  const POLYNOMIAL = 0xedb88320;
  let sum = -1;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (POLYNOMIAL & -(sum & 1));
  }
  return ~sum >>> 0;
}
