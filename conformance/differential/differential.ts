/** The same configs under several runtimes: find all differences, group them, show the smallest config of each group. */

import { chmodSync } from "node:fs";
import { differences } from "../harness/compare.ts";
import type { RuntimeChoice } from "../harness/runtime.ts";
import { Scenario } from "../harness/scenario_context.ts";
import { BASES, buildConfig, type Recipe, recipeOf } from "./generator.ts";
import { reasonFor } from "./known.ts";
import { observe, rootfsWith } from "./observe.ts";

export interface DifferentialOptions {
  /** The one under test, and those it is compared with. */
  readonly subject: RuntimeChoice;
  readonly peers: readonly RuntimeChoice[];
  readonly seed: number;
  /** How many configs are generated, besides the bases themselves. */
  readonly count: number;
  /** The probe's file. */
  readonly probe: string;
  /** How many configs are tried at once. */
  readonly jobs: number;
  /** Whether to look for the smallest config of every group. */
  readonly shrink: boolean;
  readonly onProgress?: (done: number, all: number, groups: number) => void;
  readonly signal?: AbortSignal;
}

/** One value that differs from a peer's. */
export interface Deviation {
  readonly peer: string;
  /** A place without numbers of mounts and the like: what differences are grouped by. */
  readonly kind: string;
  readonly path: string;
  /** Under the runtime under test. */
  readonly ours: string;
  readonly theirs: string;
}

/** Deviations of one kind. */
export interface Group {
  readonly peer: string;
  readonly kind: string;
  readonly example: Deviation;
  /** The smallest config known that shows it. */
  readonly recipe: Recipe;
  readonly count: number;
  /** Why it is as it should be; undefined if nobody knows. */
  readonly reason: string | undefined;
}

export interface DifferentialResult {
  readonly tried: number;
  /** How many ran to their end under the runtime under test. */
  readonly ran: number;
  readonly refused: number;
  /** What the runtime under test said of those it refused, as kinds, and how often. */
  readonly refusals: ReadonlyMap<string, number>;
  readonly groups: readonly Group[];
}

interface Tried {
  readonly deviations: readonly (Deviation & { readonly reason: string | undefined })[];
  readonly outcome: string;
  readonly message: string;
}

/** What is the same about differences of one kind: the place without names, and of words and options which ones differ. */
function kindOf(path: string, ours: string, theirs: string, message: string): string {
  if (path === "/outcome") return `${path} ${ours} ${theirs} ${kindOfMessage(message)}`;
  const place = path
    .replace(/^\/seen\/mounts\/.*(\/\w+)$/, "/seen/mounts/TARGET$1")
    .replace(/^\/seen\/paths\/.*(\/\w+)$/, "/seen/paths/PATH$1")
    .replace(/\/\d+(?=\/|$)/g, "/N");
  return /options$/.test(place) ? `${place} ${changedWords(ours, theirs)}` : place;
}

/** A message without the names and numbers in it. */
const kindOfMessage = (message: string): string =>
  message
    .replace(/^time=.*? msg=/s, "")
    .replace(/config.json:[\d:]*|\\?"[^"]*"|\d+|\n/g, "")
    .slice(0, 110);

/** `-nosuid +ro`: what of ours is missing in theirs, and the other way round. */
function changedWords(ours: string, theirs: string): string {
  const [left, right] = [ours, theirs].map((text) => text.replace(/^"|"$/g, "").split(","));
  const missing = left?.filter((word) => !right?.includes(word)).map((word) => `-${word}`);
  const added = right?.filter((word) => !left?.includes(word)).map((word) => `+${word}`);
  return [...(missing ?? []), ...(added ?? [])].join(" ");
}

/** Run one config under all runtimes. */
async function tryRecipe(recipe: Recipe, options: DifferentialOptions): Promise<Tried> {
  const config = buildConfig(recipe);
  const t = new Scenario(options.subject, rootfsWith(options.probe));
  chmodSync(t.folder, 0o711); // users of user namespaces pass through it
  try {
    const { message: ourMessage = "", ...ours } = await observe(t, t.runtime, config);
    const deviations: Tried["deviations"][number][] = [];
    for (const choice of options.peers) {
      const { message = "", ...theirs } = await observe(t, t.peer(choice.path), config);
      // after a refusal there is nothing else to compare
      const found = differences(
        { outcome: ours.outcome, status: ours.status, left: ours.left },
        { outcome: theirs.outcome, status: theirs.status, left: theirs.left },
      );
      for (const { path, left, right } of found.length > 0 ? found.slice(0, 1) : differences(ours, theirs)) {
        const words = path === "/outcome" ? [ourMessage, message].filter(Boolean).join(" | ") : "";
        const deviation = {
          peer: choice.kind,
          kind: kindOf(path, left, right, words),
          path,
          ours: left,
          theirs: right,
        };
        const reason = reasonFor(deviation, config, words);
        deviations.push({ ...deviation, ...(words !== "" && { theirs: `${right} (${words.trim()})` }), reason });
      }
    }
    return { deviations, outcome: ours.outcome, message: ourMessage };
  } finally {
    await t.end(true);
  }
}

/** Try all configs. Deterministic but for what the kernel does. */
export async function differential(options: DifferentialOptions): Promise<DifferentialResult> {
  const recipes: Recipe[] = [
    ...Object.keys(BASES).map((base) => ({ base, changes: [] })),
    ...Array.from({ length: options.count }, (_, index) => recipeOf(options.seed, index)),
  ];
  const groups = new Map<string, Group>();
  const outcomes: string[] = [];
  const refusals = new Map<string, number>();
  const queue = [...recipes];
  const work = async (): Promise<void> => {
    for (let recipe = queue.shift(); recipe !== undefined && !options.signal?.aborted; recipe = queue.shift()) {
      const { deviations, outcome, message } = await tryRecipe(recipe, options);
      outcomes.push(outcome);
      const words = kindOfMessage(message);
      if (message !== "") refusals.set(words, (refusals.get(words) ?? 0) + 1);
      for (const { reason, ...deviation } of deviations) addTo(groups, deviation, reason, recipe);
      options.onProgress?.(
        outcomes.length,
        recipes.length,
        [...groups.values()].filter((group) => !group.reason).length,
      );
    }
  };
  await Promise.all(Array.from({ length: options.jobs }, work));
  const found = [...groups.values()];
  for (const [i, group] of found.entries())
    if (options.shrink && group.reason === undefined && !options.signal?.aborted)
      found[i] = { ...group, ...(await shrink(group, options)) };
  const ran = outcomes.filter((outcome) => outcome === "ran").length;
  const refused = outcomes.filter((outcome) => outcome.endsWith("refused")).length;
  return { tried: outcomes.length, ran, refused, refusals, groups: found };
}

function addTo(groups: Map<string, Group>, example: Deviation, reason: string | undefined, recipe: Recipe): void {
  const key = [example.peer, example.kind, reason ?? ""].join("\n");
  const known = groups.get(key);
  const smaller = known === undefined || recipe.changes.length < known.recipe.changes.length;
  const { peer, kind } = example;
  const chosen = smaller ? { example, recipe } : { example: known.example, recipe: known.recipe };
  groups.set(key, { peer, kind, reason, count: (known?.count ?? 0) + 1, ...chosen });
}

/** Leave out changes as long as the difference stays, then try simpler bases. */
async function shrink(group: Group, options: DifferentialOptions): Promise<Pick<Group, "recipe" | "example">> {
  const only = { ...options, peers: options.peers.filter(({ kind }) => kind === group.peer) };
  let best: Pick<Group, "recipe" | "example"> = group;
  const shows = async (recipe: Recipe): Promise<boolean> => {
    const { deviations } = await tryRecipe(recipe, only);
    const example = deviations.find(({ kind, reason }) => kind === group.kind && reason === undefined);
    if (example !== undefined) best = { recipe, example };
    return example !== undefined;
  };
  for (let i = best.recipe.changes.length - 1; i >= 0; i--)
    await shows({ base: best.recipe.base, changes: best.recipe.changes.filter((_, at) => at !== i) });
  for (const base of ["minimal", "typical"])
    if (base !== best.recipe.base && (await shows({ ...best.recipe, base }))) break;
  return best;
}
