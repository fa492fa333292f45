/** What the specification allows and tsrun does not do yet: refused, never ignored. This is the one list of it. */

import { Failure } from "../failure.ts";
import type { Config } from "./types.ts";

/** Where a config asks for something: a JSON Pointer, or undefined if it does not ask. */
type Place = string | undefined;

const given = (pointer: string, value: unknown): Place => (value === undefined ? undefined : pointer);

/** Each feature that is not done yet, and where a config asks for it. */
const unsupported: readonly { readonly feature: string; readonly asks: (config: Config) => Place | Place[] }[] = [
  { feature: "a container without a process", asks: (c) => (c.process === undefined ? "/process" : undefined) },
  { feature: "Intel RDT", asks: (c) => given("/linux/intelRdt", c.linux?.intelRdt) },
];

/** The places of a config that ask for what is not done yet, each with the feature's name. */
export function unsupportedPlaces(config: Config): { readonly pointer: string; readonly feature: string }[] {
  const found: { pointer: string; feature: string }[] = [];
  for (const { feature, asks } of unsupported) {
    const places = asks(config);
    if (typeof places === "string") found.push({ pointer: places, feature });
    else for (const pointer of places ?? []) if (pointer !== undefined) found.push({ pointer, feature });
  }
  return found;
}

/**
 * Refuse a valid config that asks for what is not done yet.
 *
 * @throws Failure `config.unsupported`, which names every such place
 */
export function refuseUnsupported(config: Config): void {
  const places = unsupportedPlaces(config);
  const [first] = places;
  if (first === undefined) return;
  const lines = places.map(({ pointer, feature }) => `${pointer}: ${feature}: not supported yet`);
  if (lines.length === 1) {
    throw new Failure(lines[0]!, { code: "config.unsupported", pointer: first.pointer });
  }
  const message = `config.json asks for ${lines.length} things that are not supported yet:\n${lines.join("\n")}`;
  throw new Failure(message, { code: "config.unsupported" });
}
