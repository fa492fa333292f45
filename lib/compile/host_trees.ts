import type { ProgramBuilder } from "../program/builder.ts";
import { MS_SLAVE } from "../program/constants.ts";
import type { Data, Operand, Register } from "../program/instruction.ts";
import type { Mount } from "../spec/types.ts";
import type { IdMap, IdMaps } from "./id_maps.ts";
import { cloneHostMount, mapIds, setPropagation } from "./mount_calls.ts";
import { parseMountOptions } from "./mount_options.ts";

/** What is to be copied. */
export interface TreeSource {
  /** For whom: a JSON Pointer, or a name such as `default/dev/null`. */
  readonly origin: string;
  /** A path of the host. */
  readonly path: string;
  /** The mount at the path alone, or with those below it. */
  readonly reach: "one" | "tree";
  readonly idMap?: IdMap | undefined;
}

/** Hands out detached copies of what is on the host, for bind mounts, bound devices and the root file system. */
export interface HostTrees {
  clone(source: TreeSource): Register;
}

/** The container's first process reaches the host's files itself, in its own copy of the host's mounts. */
export function treesFromInside(p: ProgramBuilder): HostTrees {
  return { clone: (source) => clone(p, source) };
}

/** A copy of a shared mount is its peer. */
function clone(p: ProgramBuilder, { path, reach, idMap }: TreeSource): Register {
  const tree = cloneHostMount(p, path, reach);
  if (idMap !== undefined) mapIds(p, tree, idMap);
  return tree;
}

/**
 * Copies that are made before they are needed, because they cannot be made later. They wait in memory, since there may
 * be more of them than registers.
 */
export class PreparedTrees implements HostTrees {
  readonly #p: ProgramBuilder;
  readonly #others: HostTrees | undefined;
  /** By origin. */
  readonly #slots = new Map<string, Data>();

  /** @param others where copies come from that were not prepared */
  constructor(p: ProgramBuilder, others?: HostTrees) {
    this.#p = p;
    this.#others = others;
  }

  /**
   * Make a copy now, for a `clone` of the same origin later.
   *
   * @param tie whether what is mounted below the copy reaches the original
   */
  prepare(source: TreeSource, tie: "slave" | "peer" = "slave"): void {
    const p = this.#p;
    p.at(source.origin, () => {
      const tree = clone(p, source);
      if (tie === "slave") setPropagation(p, tree, MS_SLAVE, source.reach);
      this.keep(source.origin, tree);
      p.release(tree);
    });
  }

  /** Keep a copy's descriptor, for a `clone` of this origin later. */
  keep(origin: string, tree: Operand): void {
    const slot = this.#p.space(4, 4);
    this.#p.store(slot, tree, 4);
    this.#slots.set(origin, slot);
  }

  clone(source: TreeSource): Register {
    const p = this.#p;
    const slot = this.#slots.get(source.origin);
    if (slot === undefined) {
      if (this.#others === undefined) throw new RangeError(`no copy of ${source.path} was prepared`);
      return this.#others.clone(source);
    }
    const prepared = p.register();
    p.load(prepared, slot, 4);
    return prepared;
  }
}

/** What a bind mount shows; undefined for other entries of `mounts`. @param index of the entry */
export function boundSource(mount: Mount, index: number, idMaps: IdMaps): TreeSource | undefined {
  const { bind, remount } = parseMountOptions(mount.options ?? []);
  if (remount || (bind === "no" && mount.type !== "bind")) return undefined;
  const reach = bind === "rbind" ? "tree" : "one";
  return { origin: `/mounts/${index}`, path: mount.source ?? "", reach, idMap: idMaps.of(mount) };
}
