import type { ProgramBuilder } from "../program/builder.ts";
import { MS_SLAVE } from "../program/constants.ts";
import type { Data, Register } from "../program/instruction.ts";
import type { Mount } from "../spec/types.ts";
import type { IdMap, IdMaps } from "./id_maps.ts";
import { cloneHostMount, mapIds, setMountAttributes } from "./mount_calls.ts";
import { parseMountOptions } from "./mount_options.ts";

/** Hands out detached copies of what is on the host, for bind mounts, bound devices and the root file system. */
export interface HostTrees {
  /** A detached copy of what is mounted at a path of the host, its ids mapped if that is asked for. */
  clone(path: string, reach: "one" | "tree", idMap?: IdMap): Register;
}

/** The container's first process reaches the host's files itself, in its own copy of the host's mounts. */
export function treesFromInside(p: ProgramBuilder): HostTrees {
  return {
    clone: (path, reach, idMap) => {
      const tree = cloneHostMount(p, path, reach);
      if (idMap !== undefined) mapIds(p, tree, idMap);
      return tree;
    },
  };
}

/**
 * The copies are made before the process enters its user namespace, in which it may not reach the files any more. They
 * wait in memory, since there may be more of them than registers.
 */
export class TreesFromOutside implements HostTrees {
  readonly #p: ProgramBuilder;
  /** By what was asked for, in the order in which it was. */
  readonly #slots = new Map<string, Data[]>();

  constructor(p: ProgramBuilder) {
    this.#p = p;
  }

  /** Make a copy now, for a `clone` with the same arguments later. */
  prepare(path: string, reach: "one" | "tree", idMap?: IdMap): void {
    const p = this.#p;
    const tree = cloneHostMount(p, path, reach);
    // A copy of a shared mount is its peer: without this, mounts below it would reach the host.
    setMountAttributes(p, tree, { set: 0, clear: 0, propagation: MS_SLAVE }, reach);
    if (idMap !== undefined) mapIds(p, tree, idMap);
    const slot = p.space(4, 4);
    p.store(slot, tree, 4);
    p.release(tree);
    const key = keyOf(path, reach, idMap);
    this.#slots.set(key, [...(this.#slots.get(key) ?? []), slot]);
  }

  /** The sources of all bind mounts. */
  prepareMounts(mounts: readonly Mount[], idMaps: IdMaps): void {
    for (const [i, mount] of mounts.entries()) {
      const { type, source, options = [] } = mount;
      const { bind, remount } = parseMountOptions(options);
      if (remount || (bind === "no" && type !== "bind") || source === undefined) continue;
      this.#p.at(`/mounts/${i}`, () => this.prepare(source, bind === "rbind" ? "tree" : "one", idMaps.of(mount)));
    }
  }

  clone(path: string, reach: "one" | "tree", idMap?: IdMap): Register {
    const p = this.#p;
    const slot = this.#slots.get(keyOf(path, reach, idMap))?.shift();
    if (slot === undefined) throw new RangeError(`no copy of ${path} was prepared`);
    const prepared = p.register();
    p.load(prepared, slot, 4);
    return prepared;
  }
}

function keyOf(path: string, reach: "one" | "tree", idMap: IdMap | undefined): string {
  return `${reach} ${idMap === undefined ? "" : `${idMap.reach} ${idMap.namespace.data}`} ${path}`;
}
