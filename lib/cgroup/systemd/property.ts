import type { Value } from "../../dbus/types.ts";

/** A property of a unit: its name, and a value of a D-Bus type. @see org.freedesktop.systemd1(5) */
export type Property = readonly [name: string, variant: { readonly signature: string; readonly value: Value }];

export const property = (name: string, signature: string, value: Value): Property => [name, { signature, value }];

/** What systemd has for no limit: UINT64_MAX. */
export const INFINITY = 2n ** 64n - 1n;

/** A limit, of which the config says with -1 that there is none. */
export function limit(value: number | bigint | string): bigint {
  if (value === "max") return INFINITY;
  const number = BigInt(value);
  return number < 0n ? INFINITY : number;
}
