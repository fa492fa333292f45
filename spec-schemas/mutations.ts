/** Changed copies of JSON documents, always the same for the same seed. */

/** A source of numbers that only look random (mulberry32): at each call one from 0 to `below` - 1. */
export type Dice = (below: number) => number;

export function seededDice(seed: number): Dice {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

const strangers: readonly Json[] = [
  null,
  true,
  false,
  0,
  1,
  -1,
  7,
  1.5,
  512,
  65535,
  65536,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  2 ** 53,
  2 ** 63,
  2 ** 64,
  1e30,
  -(2 ** 63),
  "",
  "x",
  "/",
  "/x",
  "a/b",
  "..",
  "RLIMIT_NOFILE",
  "SCMP_ACT_NOTIFY",
  "shared",
  "rslave",
  "net.ipv4.ip_forward",
  "0-3,7",
  "2MB",
  "MB:0=10",
  [],
  ["x"],
  [1],
  {},
  { x: 1 },
  { "": "x" },
  { type: "pid" },
];

/** All places of a document that hold something: the holder and the key. */
function places(value: Json): { holder: Json[] | { [key: string]: Json }; key: string }[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => [{ holder: value, key }, ...places(member)]);
}

/**
 * A copy of `document` with one to three changes: members taken out, replaced by something else, doubled, exchanged.
 *
 * @param dice decides what changes
 */
export function mutate(document: unknown, dice: Dice): unknown {
  const copy = structuredClone(document) as Json;
  for (let changes = 1 + dice(3); changes > 0; changes--) {
    const all = places(copy);
    if (all.length === 0) break;
    change(all[dice(all.length)]!, all[dice(all.length)]!, dice);
  }
  return copy;
}

/** Copies of `document` with one change each: every member taken out, and replaced by everything that might be a surprise. */
export function* everyMutation(document: unknown): Generator<unknown> {
  const count = places(document as Json).length;
  for (let i = 0; i < count; i++)
    for (const stranger of [undefined, ...strangers]) {
      const copy = structuredClone(document) as Json;
      const { holder, key } = places(copy)[i]!;
      if (stranger !== undefined) (holder as { [key: string]: Json })[key] = structuredClone(stranger);
      else if (Array.isArray(holder)) holder.splice(Number(key), 1);
      else delete holder[key];
      yield copy;
    }
}

function change(at: ReturnType<typeof places>[number], other: ReturnType<typeof places>[number], dice: Dice): void {
  const holder = at.holder as { [key: string]: Json };
  const source = other.holder as { [key: string]: Json };
  switch (dice(5)) {
    case 0:
      if (Array.isArray(at.holder)) at.holder.splice(Number(at.key), 1);
      else delete holder[at.key];
      break;
    case 1:
    case 2:
      holder[at.key] = structuredClone(strangers[dice(strangers.length)]!);
      break;
    case 3:
      if (Array.isArray(at.holder)) at.holder.push(structuredClone(holder[at.key]!));
      else holder[`${at.key}x`] = structuredClone(strangers[dice(strangers.length)]!);
      break;
    case 4:
      holder[at.key] = structuredClone(source[other.key]!);
      break;
  }
}
