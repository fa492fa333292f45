import { parseVariant } from "../../dbus/gvariant.ts";
import type { Variant } from "../../dbus/types.ts";
import { Failure } from "../../failure.ts";
import type { Annotations } from "../../spec/types.ts";
import type { Property } from "./property.ts";

const PREFIX = "org.systemd.property.";
const MICROSECONDS = 1_000_000;
const INTEGERS = "nqiuxt";

/**
 * Properties of the unit that the config's annotations name: `org.systemd.property.NAME`, with a value in GVariant's text
 * format. What unit files have in seconds, `TimeoutStopSec`, is in microseconds on D-Bus, and is converted.
 *
 * @throws Failure if a name or a value is none
 */
export function annotationProperties(annotations: Annotations | undefined): Property[] {
  return Object.entries(annotations ?? {}).flatMap(([key, text]) => {
    if (!key.startsWith(PREFIX)) return [];
    const refuse = (why: string): Failure => {
      const pointer = `/annotations/${key}`;
      return new Failure(`${pointer}: ${why}`, { code: "config.invalid", pointer });
    };
    const name = key.slice(PREFIX.length);
    if (!/^[A-Za-z]{3,}$/.test(name)) throw refuse(`${JSON.stringify(name)} is no name of a property`);
    let value: Variant;
    try {
      value = parseVariant(text);
    } catch (error) {
      throw refuse(`${text}: ${(error as Error).message}`);
    }
    const [, stem] = /^(.*[a-z])Sec$/.exec(name) ?? [];
    if (stem === undefined) return [[name, value]];
    const converted = microseconds(value);
    if (converted === undefined) throw refuse(`${text} is no number of seconds`);
    return [[`${stem}USec`, converted]];
  });
}

function microseconds({ signature, value }: Variant): Variant | undefined {
  if (signature === "d") return { signature: "t", value: BigInt(Math.trunc((value as number) * MICROSECONDS)) };
  if (!INTEGERS.includes(signature)) return undefined;
  return { signature: "t", value: BigInt(value as number | bigint) * BigInt(MICROSECONDS) };
}
