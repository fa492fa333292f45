/** A result as text for people. */

import { differences } from "../harness/compare.ts";
import type { DifferentialResult, Group } from "./differential.ts";
import { BASES, buildConfig } from "./generator.ts";

const cut = (text: string, length = 600): string => (text.length > length ? `${text.slice(0, length)}...` : text);

/** What the config's changes came to: the places that differ from its base, at most two steps deep. */
function changesText({ recipe }: Group): string {
  const [base, config] = [BASES[recipe.base]?.(), buildConfig(recipe)] as [unknown, unknown];
  const places = new Set(differences(base, config).map(({ path }) => placeOf(path)));
  return [...places]
    .map((place) => `      ${place} = ${cut(JSON.stringify(at(config, place)) ?? "nothing")}\n`)
    .join("");
}

const placeOf = (path: string): string =>
  path
    .split("/")
    .slice(0, path.startsWith("/linux/resources/") ? 4 : 3)
    .join("/");

function at(value: unknown, path: string): unknown {
  return path
    .split("/")
    .slice(1)
    .reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], value);
}

/** One kind of difference: where, what both have, and the config that shows it. */
export function groupText(group: Group): string {
  const { example, peer, kind, count, recipe } = group;
  return (
    `${kind} (${peer}, ${count} times)\n` +
    `    at      ${example.path}\n    ours    ${cut(example.ours)}\n    ${peer.padEnd(7)} ${cut(example.theirs)}\n` +
    `    config  ${recipe.base}${recipe.changes.length > 0 ? ", changed:" : ""}\n${changesText(group)}`
  );
}

/** Lines of a text and how often it came, the most frequent first. */
const counted = (texts: ReadonlyMap<string, number>): string[] =>
  [...texts].sort((a, b) => b[1] - a[1]).map(([text, count]) => `  ${String(count).padStart(5)}  ${text}\n`);

/** The differences with a reason in short, those without in full. */
export function resultText({ tried, ran, refused, refusals, groups }: DifferentialResult): string {
  const explained = groups.filter(({ reason }) => reason !== undefined);
  const open = groups.filter(({ reason }) => reason === undefined).sort((a, b) => b.count - a.count);
  const reasons = new Map<string, number>();
  for (const { peer, reason, count } of explained) {
    const text = `${peer}: ${reason}`;
    reasons.set(text, (reasons.get(text) ?? 0) + count);
  }
  const known = counted(reasons);
  return [
    ...(known.length > 0 ? ["Known differences:\n", ...known, "\n"] : []),
    ...(refusals.size > 0 ? ["Refused by the runtime under test:\n", ...counted(refusals), "\n"] : []),
    ...open.map((group) => `${groupText(group)}\n`),
    `${tried} configs: ${ran} ran, ${refused} were refused; ${open.length} kinds of difference without a known reason\n`,
  ].join("");
}
