/** SHA-256 in hexadecimal, by the engine's own: loading node:crypto takes longer than most commands. */
export function sha256(text: string): string {
  return new Bun.CryptoHasher("sha256").update(text).digest("hex");
}
